import { ArgumentError } from '../../engine/core/errors.js';
import { CharacterTokenizer, TextPreprocessor, WordTokenizer } from '../../text/index.js';
import type { Tokenizer } from '../../text/index.js';
import type { FamilyOptions, Task } from './family.js';
import type { OptionSpec } from './option.js';

/** What all families that take texts can be told of how texts become symbols. */
export const TEXT_SETTINGS: Readonly<Record<string, OptionSpec>> = {
  tokens: {
    kind: 'choice',
    values: ['words', 'whitespace', 'characters'],
    default: 'words',
    summary: 'what a symbol is: a word, what stands between white space, a character',
  },
  minFrequency: {
    kind: 'integer',
    least: 1,
    default: 1,
    summary: 'words that the training part has less often are unknown ones',
  },
  maxLength: { kind: 'integer', least: 1, default: 100, summary: 'symbols of a text at most' },
};

interface TextInputOptions {
  readonly tokens: string;
  readonly minFrequency: number;
  readonly maxLength: number;
}

/**
 * Learns from the texts of a training part how texts become symbols, as the options of a family say.
 *
 * @param options Those of `TEXT_SETTINGS`, complete.
 */
export function fitTexts(texts: readonly string[], options: FamilyOptions): TextPreprocessor {
  const { tokens, minFrequency, maxLength } = options as unknown as TextInputOptions;
  return TextPreprocessor.fit(texts, tokenizerFor(texts, tokens, minFrequency), { maxLength });
}

function tokenizerFor(texts: readonly string[], tokens: string, minFrequency: number): Tokenizer {
  if (tokens === 'characters') {
    return CharacterTokenizer.fromText(texts.join(''), { unknown: '\ufffd' });
  }
  const rule = tokens === 'whitespace' ? 'whitespace' : 'words';
  return WordTokenizer.fromTexts(texts, { rule, minFrequency });
}

/** How many symbols the texts of a task have; an ArgumentError where it has none. */
export function textInput(family: string, { inputShape, symbols }: Task): number {
  if (symbols !== undefined && inputShape.length === 1) return symbols;
  throw new ArgumentError(
    `${family}: samples have shape [${inputShape.join(', ')}], and it takes texts; use another family, ` +
      'such as mlp.',
  );
}
