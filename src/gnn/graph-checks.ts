import { ArgumentError, DTypeError } from '../engine/core/errors.js';
import type { Tensor } from '../tensor/index.js';

/** Throws for a value that is NaN, as far as values are known, and says where. */
export function checkFeatures(name: string, t: Tensor | undefined): void {
  if (!t?.isConcrete || (t.dtype !== 'f32' && t.dtype !== 'f64')) return;
  const at = t.dataSync().findIndex((value) => Number.isNaN(value));
  if (at < 0) return;
  const width = t.size / t.shape[0]!;
  const [row, column] = [Math.floor(at / width), at % width];
  const place = t.rank === 1 ? `${name}[${row}]` : `${name}[${row}, ${column}]`;
  throw new ArgumentError(
    `Graph: ${place} is NaN; replace what is missing, for instance by the mean of its column.`,
  );
}

interface Masks {
  readonly trainMask?: Tensor;
  readonly valMask?: Tensor;
  readonly testMask?: Tensor;
}

/** Throws for splits that are empty or overlap, as far as they are known. */
export function checkMasks(masks: Masks): void {
  const taken = new Map<number, string>();
  for (const name of ['trainMask', 'valMask', 'testMask'] as const) {
    const mask = masks[name];
    if (!mask) continue;
    if (mask.dtype !== 'bool' || mask.rank !== 1) {
      throw new DTypeError(
        `Graph: ${name} is ${mask.dtype} [${mask.shape.join(', ')}]; give bool [V].`,
      );
    }
    if (!mask.isConcrete) continue;
    const members = [...mask.dataSync().entries()].filter(([, on]) => on).map(([v]) => v);
    if (members.length === 0) {
      throw new ArgumentError(`Graph: ${name} has no node; leave it out or give it one.`);
    }
    for (const v of members) {
      const other = taken.get(v);
      if (other) {
        throw new ArgumentError(
          `Graph: node ${v} is in ${other} and in ${name}; give each node to one split.`,
        );
      }
      taken.set(v, name);
    }
  }
}
