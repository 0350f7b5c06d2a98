import type { Shape } from '../../core/shape.js';
import type { Affine, Atom, KernelExpr, Term } from './types.js';

function make(offset: number, terms: readonly Term[]): Affine {
  let min = offset;
  let max = offset;
  let dims = 0;
  for (const t of terms) {
    min += Math.min(t.coef * t.min, t.coef * t.max);
    max += Math.max(t.coef * t.min, t.coef * t.max);
    dims |= dimsOfAtom(t.atom);
  }
  return { offset, terms, min, max, dims };
}

function dimsOfAtom(atom: Atom): number {
  if (atom.kind === 'dim') return 1 << atom.dim;
  return atom.kind === 'data' ? atom.expr.dims : atom.of.dims;
}

export function fixed(offset: number): Affine {
  return make(offset, []);
}

/** The index of loop dimension `dim`, running over 0 … extent - 1. */
export function dimension(dim: number, extent: number): Affine {
  if (extent === 1) return fixed(0);
  const atom: Atom = { kind: 'dim', dim };
  return make(0, [{ atom, key: `d${dim}`, coef: 1, min: 0, max: Math.max(0, extent - 1) }]);
}

/** An index read from data; the kernel guards it to 0 … extent - 1. */
export function fromData(expr: KernelExpr, key: string, extent: number): Affine {
  const atom: Atom = { kind: 'data', expr };
  return make(0, [{ atom, key, coef: 1, min: 0, max: Math.max(0, extent - 1) }]);
}

export function add(a: Affine, b: Affine): Affine {
  if (a.terms.length === 0) return make(a.offset + b.offset, b.terms);
  if (b.terms.length === 0) return make(a.offset + b.offset, a.terms);
  const merged = new Map<string, Term>();
  for (const t of a.terms) merged.set(t.key, t);
  for (const t of b.terms) {
    const same = merged.get(t.key);
    merged.set(t.key, same ? { ...t, coef: t.coef + same.coef } : t);
  }
  const terms = [...merged.values()].filter((t) => t.coef !== 0);
  terms.sort((x, y) => (x.key < y.key ? -1 : x.key > y.key ? 1 : 0));
  return make(a.offset + b.offset, terms);
}

export function shift(a: Affine, by: number): Affine {
  return by === 0 ? a : make(a.offset + by, a.terms);
}

export function scale(a: Affine, by: number): Affine {
  if (by === 1) return a;
  if (by === 0) return fixed(0);
  return make(
    a.offset * by,
    a.terms.map((t) => ({ ...t, coef: t.coef * by })),
  );
}

/** Quotient and remainder by a positive constant; exact where ranges and coefficients allow. */
export function divMod(a: Affine, by: number): { quotient: Affine; remainder: Affine } {
  if (by === 1) return { quotient: a, remainder: fixed(0) };
  const whole = a.terms.filter((t) => t.coef % by === 0);
  const rest = a.terms.filter((t) => t.coef % by !== 0);
  const offsetWhole = Math.floor(a.offset / by);
  const quotient = make(
    offsetWhole,
    whole.map((t) => ({ ...t, coef: t.coef / by })),
  );
  const rests = make(a.offset - offsetWhole * by, rest);
  if (rests.min >= 0 && rests.max < by) return { quotient, remainder: rests };
  // Kernels divide towards zero, which is downwards only where nothing is negative.
  const lift = Math.max(0, Math.ceil(-rests.min / by));
  const remainder = shift(rests, lift * by);
  const key = keyOf(remainder);
  const low = Math.floor(remainder.min / by);
  const high = Math.floor(remainder.max / by);
  const div: Term = {
    atom: { kind: 'div', of: remainder, by },
    key: `(${key})/${by}`,
    coef: 1,
    min: low,
    max: high,
  };
  const mod: Term = {
    atom: { kind: 'mod', of: remainder, by },
    key: `(${key})%${by}`,
    coef: 1,
    min: 0,
    max: by - 1,
  };
  return { quotient: add(quotient, make(-lift, [div])), remainder: make(0, [mod]) };
}

/** Row-major position of `index` in an array of `shape`. */
export function linearize(index: readonly Affine[], shape: Shape): Affine {
  let linear = fixed(0);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    linear = add(linear, scale(index[i]!, stride));
    stride *= shape[i]!;
  }
  return whole(linear);
}

/** Puts quotients and remainders together again: c · by · (a / by) + c · (a % by) is c · a. */
function whole(a: Affine): Affine {
  for (const t of a.terms) {
    if (t.atom.kind !== 'mod') continue;
    const { of, by } = t.atom;
    const key = `(${keyOf(of)})/${by}`;
    const quotient = a.terms.find((q) => q.key === key && q.coef === t.coef * by);
    if (!quotient) continue;
    const rest = make(
      a.offset,
      a.terms.filter((other) => other !== t && other !== quotient),
    );
    return whole(add(rest, scale(of, t.coef)));
  }
  return a;
}

/** The index in an array of `shape` of the element at row-major position `linear`. */
export function delinearize(linear: Affine, shape: Shape): Affine[] {
  const index = new Array<Affine>(shape.length);
  let left = linear;
  for (let i = shape.length - 1; i > 0; i--) {
    const { quotient, remainder } = divMod(left, Math.max(1, shape[i]!));
    index[i] = remainder;
    left = quotient;
  }
  if (shape.length > 0) index[0] = shape[0] === 1 ? fixed(0) : left;
  return index;
}

/** Equal keys mean equal indices. */
export function keyOf(a: Affine): string {
  return a.terms.map((t) => `${t.coef}*${t.key}+`).join('') + String(a.offset);
}

/** The coefficient of loop dimension `dim`. */
export function coefficient(a: Affine, dim: number): number {
  for (const t of a.terms) if (t.atom.kind === 'dim' && t.atom.dim === dim) return t.coef;
  return 0;
}

/** True if the index is offset + Σ coefficient · dimension, without derived atoms. */
export function isPure(a: Affine): boolean {
  return a.terms.every((t) => t.atom.kind === 'dim');
}

/** `a` and the indices nested in its atoms (not those inside data expressions). */
export function* nested(a: Affine): Generator<Affine> {
  yield a;
  for (const t of a.terms) {
    if (t.atom.kind === 'div' || t.atom.kind === 'mod') yield* nested(t.atom.of);
  }
}
