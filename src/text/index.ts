/** Text as numbers: tokenizers, vocabularies, padding. */
export {
  BytePairTokenizer,
  type BytePairJson,
  type BytePairOptions,
} from './byte-pair-tokenizer.js';
export {
  CharacterTokenizer,
  type CharacterTokenizerJson,
  type CharacterTokenizerOptions,
} from './character-tokenizer.js';
export type { Merge } from './learn-merges.js';
export {
  BernoulliNB,
  MultinomialNB,
  type FeatureList,
  type NaiveBayesOptions,
} from './naive-bayes.js';
export { padSequences, type PaddedSequences, type PadOptions } from './pad-sequences.js';
export { TextPreprocessor, type TextPreprocessorJson } from './text-preprocessor.js';
export { tokenizerFromJson } from './tokenizer-from-json.js';
export type { Tokenizer, TokenizerJson } from './tokenizer.js';
export { Vocabulary, type VocabularyJson, type VocabularyOptions } from './vocabulary.js';
export {
  splitWords,
  WordTokenizer,
  type SplitWordsOptions,
  type WordRule,
  type WordTokenizerJson,
  type WordTokenizerOptions,
} from './word-tokenizer.js';
