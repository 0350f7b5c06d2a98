import type { LabelledTexts } from '../../data/index.js';
import { MultinomialNB, splitWords, Vocabulary } from '../../text/index.js';

/** What a person compares a model of texts with. */
export const TEXT_BASELINE = 'naive Bayes with words and pairs of words';

/** The share of test texts that naive Bayes gets right, when it learns from the training texts. */
export function textBaseline(train: LabelledTexts, test: LabelledTexts): number {
  const lists = train.texts.map(wordsAndPairs);
  const vocabulary = Vocabulary.fromTokens(lists);
  const features = (list: readonly string[]): number[] =>
    list.filter((token) => vocabulary.has(token)).map((token) => vocabulary.id(token));
  const model = new MultinomialNB().fit(lists.map(features), train.labels, vocabulary.size);
  const found = model.predict(test.texts.map((text) => features(wordsAndPairs(text))));
  const right = found.reduce((n, label, i) => n + (label === test.labels[i] ? 1 : 0), 0);
  return right / test.texts.length;
}

function wordsAndPairs(text: string): string[] {
  const words = splitWords(text);
  return [...words, ...words.slice(1).map((word, i) => `${words[i]} ${word}`)];
}
