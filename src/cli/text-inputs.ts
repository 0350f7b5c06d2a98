import { readLines } from '../data/index.js';
import { readFile } from '../io/node.js';
import { FormatError } from '../engine/core/errors.js';
import { UsageError } from './usage-error.js';

/** Texts to classify, with the name that stands for where they come from. */
export interface TextInput {
  readonly name: string;
  readonly texts: readonly string[];
}

/**
 * The lines of a file as texts, UTF-8.
 *
 * @throws FileError where it cannot be read; FormatError where it is not UTF-8, or there is no text.
 */
export async function readTextFile(file: string): Promise<TextInput> {
  return textInput(file, readLines(await readFile(file), { source: file }));
}

/** The lines of a stream as texts. Throws a FormatError as `readTextFile` does. */
export async function readTextStream(
  stream: AsyncIterable<Uint8Array>,
  name: string,
): Promise<TextInput> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return textInput(name, readLines(Buffer.concat(parts), { source: name }));
}

/** A text that was given as a flag. Throws a UsageError where it is empty. */
export function givenText(text: string): TextInput {
  if (text.trim() !== '') return { name: JSON.stringify(text), texts: [text] };
  throw new UsageError('--text is empty; give a text with at least one word.');
}

function textInput(name: string, texts: readonly string[]): TextInput {
  const empty = texts.findIndex((text) => text.trim() === '');
  if (texts.length > 0 && empty < 0) return { name, texts };
  throw new FormatError(
    `${name}: ${texts.length === 0 ? 'there is no text' : `line ${empty + 1} is empty`}; give one text ` +
      'a line, each with at least one word.',
  );
}
