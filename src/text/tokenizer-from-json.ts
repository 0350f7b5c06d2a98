import { ArgumentError, FormatError } from '../engine/core/errors.js';
import { CharacterTokenizer } from './character-tokenizer.js';
import type { Tokenizer } from './tokenizer.js';

type Fields = Readonly<Record<string, unknown>>;

/** How each kind is made from its JSON; what does not fit throws an ArgumentError or a FormatError. */
const KINDS: Readonly<Record<string, (json: Fields) => Tokenizer>> = {
  character: ({ characters, unknown }) =>
    new CharacterTokenizer(
      strings('characters', characters),
      unknown === undefined ? {} : { unknown: string('unknown', unknown) },
    ),
};

/**
 * The tokenizer that `toJSON` has described, from a model file for instance.
 *
 * @param json What `JSON.parse` gives.
 * @throws FormatError where it describes none.
 *
 * @example
 * const saved = JSON.stringify(CharacterTokenizer.fromText('hello'));
 * tokenizerFromJson(JSON.parse(saved)).encode('hole'); // 1, 3, 2, 0
 */
export function tokenizerFromJson(json: unknown): Tokenizer {
  if (typeof json !== 'object' || json === null) {
    throw new FormatError('tokenizerFromJson: not an object; give what toJSON() gave.');
  }
  const { kind } = json as Fields;
  if (typeof kind !== 'string' || !Object.hasOwn(KINDS, kind)) {
    throw new FormatError(
      `tokenizerFromJson: kind is ${JSON.stringify(kind)?.slice(0, 60)}; known: ` +
        `${Object.keys(KINDS).join(', ')}.`,
    );
  }
  try {
    return KINDS[kind]!(json as Fields);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new FormatError(`tokenizerFromJson: ${error.message}`, { cause: error });
  }
}

function string(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new FormatError(`tokenizerFromJson: '${name}' is no text; give what toJSON() gave.`);
}

function strings(name: string, value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((v) => typeof v === 'string')) return value;
  throw new FormatError(
    `tokenizerFromJson: '${name}' is no list of texts; give what toJSON() gave.`,
  );
}
