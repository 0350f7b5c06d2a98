/** Text as numbers: tokenizers. */
export {
  CharacterTokenizer,
  type CharacterTokenizerJson,
  type CharacterTokenizerOptions,
} from './character-tokenizer.js';
export { tokenizerFromJson } from './tokenizer-from-json.js';
export type { Tokenizer, TokenizerJson } from './tokenizer.js';
