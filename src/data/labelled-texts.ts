import { ArgumentError } from '../engine/core/errors.js';

/** Texts with the name of a class each. */
export interface LabelledTexts {
  /** As the command line names it. */
  readonly name: string;
  /** Where the texts came from, for a person to read. */
  readonly source: string;
  /** Names of the classes, in the order of their labels. */
  readonly classes: readonly string[];
  readonly texts: readonly string[];
  /** [N], positions among the classes. */
  readonly labels: Int32Array;
}

/**
 * Texts of classes by name, the classes in the order of their names' code units.
 *
 * @throws ArgumentError unless there is a class for each text.
 */
export function labelledTexts(
  name: string,
  source: string,
  texts: readonly string[],
  names: readonly string[],
): LabelledTexts {
  if (texts.length !== names.length) {
    throw new ArgumentError(
      `labelledTexts: ${texts.length} texts and ${names.length} names of classes; give one for each.`,
    );
  }
  const classes = [...new Set(names)].sort((a, b) => (a < b ? -1 : 1));
  const numbers = new Map(classes.map((each, i) => [each, i]));
  return {
    name,
    source,
    classes,
    texts,
    labels: Int32Array.from(names, (each) => numbers.get(each)!),
  };
}

/** Some of the texts, with all classes. */
export function selectTexts(set: LabelledTexts, indices: Int32Array): LabelledTexts {
  return {
    ...set,
    texts: Array.from(indices, (i) => set.texts[i]!),
    labels: indices.map((i) => set.labels[i]!),
  };
}
