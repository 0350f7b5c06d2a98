import { ArgumentError, FormatError } from '../engine/core/errors.js';
import { BytePairTokenizer, mergesFrom } from './byte-pair-tokenizer.js';
import { CharacterTokenizer } from './character-tokenizer.js';
import type { Tokenizer } from './tokenizer.js';
import { Vocabulary } from './vocabulary.js';
import { WordTokenizer, type WordRule } from './word-tokenizer.js';

type Fields = Readonly<Record<string, unknown>>;

/** How each kind is made from its JSON; what does not fit throws an ArgumentError or a FormatError. */
const KINDS: Readonly<Record<string, (json: Fields) => Tokenizer>> = {
  character: ({ characters, unknown }) =>
    new CharacterTokenizer(
      strings('characters', characters),
      unknown === undefined ? {} : { unknown: string('unknown', unknown) },
    ),
  'byte-pair': ({ merges }) => new BytePairTokenizer(mergesFrom(merges)),
  word: ({ rule, lowercase, vocabulary }) => {
    if (typeof lowercase !== 'boolean') fail('lowercase', 'true or false');
    const { tokens, unknown } = fields('vocabulary', vocabulary);
    const known = new Vocabulary(
      strings('vocabulary.tokens', tokens),
      unknown === undefined ? undefined : string('vocabulary.unknown', unknown),
    );
    return new WordTokenizer(known, { rule: string('rule', rule) as WordRule, lowercase });
  },
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

function fail(name: string, expected: string): never {
  throw new FormatError(`tokenizerFromJson: '${name}' is no ${expected}; give what toJSON() gave.`);
}

function string(name: string, value: unknown): string {
  return typeof value === 'string' ? value : fail(name, 'text');
}

function strings(name: string, value: unknown): readonly string[] {
  const isList = Array.isArray(value) && value.every((v) => typeof v === 'string');
  return isList ? (value as readonly string[]) : fail(name, 'list of texts');
}

function fields(name: string, value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : fail(name, 'object');
}
