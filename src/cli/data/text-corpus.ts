import path from 'node:path';
import { decodeText } from '../../data/index.js';
import { findDataFolder, type LoadOptions } from '../../data/node.js';
import { FormatError } from '../../engine/core/errors.js';
import { readFile } from '../../io/node.js';
import { CharacterTokenizer, type Tokenizer } from '../../text/index.js';

/** A text to learn to go on with. */
export interface TextCorpus {
  readonly kind: 'corpus';
  readonly name: string;
  /** Where it came from, for a person to read. */
  readonly source: string;
  /** Knows every character of the text. */
  readonly tokenizer: Tokenizer;
  /** Symbols to train and to validate on: the first nine tenths. */
  readonly train: Int32Array;
  /** The last tenth. */
  readonly test: Int32Array;
}

/** Share of the text, at its end, that is tested on. */
const TEST_FRACTION = 0.1;
/** Texts with a name, as files of their folders. */
const NAMED: ReadonlyMap<string, string> = new Map([['tinyshakespeare', 'input.txt']]);

/** Names of texts that `--data` takes. */
export const CORPUS_NAMES: readonly string[] = [...NAMED.keys()];

/** Whether a name or path is that of a text. */
export function isCorpusName(data: string): boolean {
  return NAMED.has(data) || /\.txt$/i.test(data);
}

/**
 * Reads a text by name or path.
 *
 * @throws FileError or FormatError where it is not there, is empty, or is not UTF-8.
 */
export async function loadTextCorpus(name: string, where: LoadOptions): Promise<TextCorpus> {
  const named = NAMED.get(name);
  const file =
    named === undefined ? name : path.join(await findDataFolder(name, name, [named], where), named);
  const text = decodeText(await readFile(file), { source: file });
  if (text === '') throw new FormatError(`${file}: the text is empty; give one to learn from.`);
  return corpusOf({ name, source: file }, text);
}

/** A text with its parts, in order. */
export function corpusOf(
  { name, source }: Pick<TextCorpus, 'name' | 'source'>,
  text: string,
): TextCorpus {
  const tokenizer = CharacterTokenizer.fromText(text);
  const ids = tokenizer.encode(text);
  const cut = Math.floor(ids.length * (1 - TEST_FRACTION));
  return {
    kind: 'corpus',
    name,
    source: `${source}, ${tokenizer.vocabularySize} different characters`,
    tokenizer,
    train: ids.subarray(0, cut),
    test: ids.subarray(cut),
  };
}
