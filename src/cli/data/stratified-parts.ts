import { stratifiedSplit } from '../../data/index.js';

/**
 * Divides samples at random, each class in the same proportion, as `stratifiedSplit`; a class with a
 * single sample is trained on.
 *
 * @param count Samples of the part `test`, fewer than there are.
 * @returns samples of each part, ascending.
 */
export function stratifiedParts(
  labels: readonly string[],
  count: number,
  seed: number,
): { train: Int32Array; test: Int32Array } {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const several = [...labels.keys()].filter((i) => counts.get(labels[i]!)! > 1);
  const rest = [...labels.keys()].filter((i) => counts.get(labels[i]!)! === 1);
  const validation = Math.min(count, several.length - 1);
  if (validation < 1) return { train: Int32Array.from(labels.keys()), test: new Int32Array() };
  const parts = stratifiedSplit(
    several.map((i) => labels[i]!),
    { validation, seed },
  );
  const of = (indices: Int32Array): number[] => Array.from(indices, (i) => several[i]!);
  return {
    train: Int32Array.from([...of(parts.train), ...rest]).sort(),
    test: Int32Array.from(of(parts.validation)),
  };
}
