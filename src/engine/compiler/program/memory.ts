/** A value that needs memory from step `from` to step `to` of a program, both included. */
export interface Lifetime {
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
}

export interface MemoryPlan {
  /** Byte offset of each value, a multiple of 64. */
  readonly offsets: readonly number[];
  readonly bytes: number;
}

export const ALIGNMENT = 64;

export function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

/**
 * Gives values that are never alive together the same memory: largest first, each at the lowest
 * offset that is free during its life.
 */
export function planMemory(lives: readonly Lifetime[]): MemoryPlan {
  const bySize = lives.map((_, i) => i);
  bySize.sort((a, b) => lives[b]!.bytes - lives[a]!.bytes || a - b);
  const offsets = new Array<number>(lives.length).fill(0);
  const placed: number[] = []; // in order of offset
  let total = 0;
  for (const i of bySize) {
    const life = lives[i]!;
    let offset = 0;
    for (const j of placed) {
      const other = lives[j]!;
      if (other.to < life.from || other.from > life.to) continue;
      if (offset + align(life.bytes) <= offsets[j]!) break;
      offset = Math.max(offset, offsets[j]! + align(other.bytes));
    }
    offsets[i] = offset;
    total = Math.max(total, offset + align(life.bytes));
    const at = placed.findIndex((j) => offsets[j]! > offset);
    placed.splice(at < 0 ? placed.length : at, 0, i);
  }
  return { offsets, bytes: total };
}
