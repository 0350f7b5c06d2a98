import { ArgumentError, FormatError } from '../engine/core/errors.js';

/** How the bytes of a text are read. */
export interface TextOptions {
  /** Names the file in error messages. */
  source?: string;
  /** A name that TextDecoder knows; default `utf-8`. */
  encoding?: string;
}

/**
 * Bytes as text; a byte order mark at the start goes.
 *
 * @throws FormatError where the bytes are not of the encoding, ArgumentError where there is none such.
 */
export function decodeText(bytes: Uint8Array, options: TextOptions = {}): string {
  const { source = 'text', encoding = 'utf-8' } = options;
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(encoding, { fatal: true });
  } catch {
    throw new ArgumentError(
      `decodeText: there is no encoding '${encoding}'; use utf-8 or windows-1252, for example.`,
    );
  }
  try {
    return decoder.decode(bytes);
  } catch (error) {
    throw new FormatError(
      `${source}: ${bytes.length > 2 ** 29 ? 'too long for a string, or ' : ''}not ${encoding} ` +
        'text; give its encoding, windows-1252 for example.',
      { cause: error },
    );
  }
}

/**
 * The lines of a text, without their ends; LF or CRLF ends a line and no other character does, so
 * that a line of an old encoding stays whole. What follows the last line end counts if it is not
 * empty.
 *
 * @example
 * readLines('one\ntwo\n'); // ['one', 'two']
 */
export function readLines(input: string | Uint8Array, options: TextOptions = {}): string[] {
  const text = typeof input === 'string' ? input : decodeText(input, options);
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}
