import { NumericError } from '../engine/core/errors.js';

/** Eigenvalues from the largest down, and the eigenvectors, of length 1, as rows. */
export interface Eigen {
  readonly values: Float64Array;
  /** [n, n]. */
  readonly vectors: Float64Array;
}

/** Steps for one eigenvalue; two or three are usual. */
const MOST_STEPS = 60;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix: Householder's reflections make it tridiagonal, the
 * QL method with implicit shifts diagonal. Golub, Van Loan, Matrix computations, chapter 8.
 *
 * @param matrix [n, n], of finite numbers; its lower triangle is read.
 */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const rows = new Float64Array(n * n);
  for (let i = 0; i < n; i++) rows[i * n + i] = 1;
  const { diagonal, beside } = tridiagonal(matrix.slice(), n, rows);
  diagonalize(diagonal, beside, n, rows);
  const order = Array.from(diagonal.keys()).sort((a, b) => diagonal[b]! - diagonal[a]! || a - b);
  const vectors = new Float64Array(n * n);
  for (const [at, i] of order.entries()) {
    vectors.set(rows.subarray(i * n, (i + 1) * n), at * n);
  }
  return { values: Float64Array.from(order, (i) => diagonal[i]!), vectors };
}

/**
 * T with A = Q T Qᵀ, made in place of A; `rows` becomes Qᵀ times what it was.
 *
 * @returns The diagonal of T and what is beside it, a 0 last.
 */
function tridiagonal(
  a: Float64Array,
  n: number,
  rows: Float64Array,
): { diagonal: Float64Array; beside: Float64Array } {
  const beside = new Float64Array(n);
  const v = new Float64Array(n);
  const w = new Float64Array(n);
  for (let k = 0; k < n - 1; k++) {
    let square = 0;
    for (let i = k + 1; i < n; i++) {
      v[i] = a[i * n + k]!;
      square += v[i]! ** 2;
    }
    const first = v[k + 1]!;
    const size = Math.sqrt(square);
    // The sign that cancels nothing.
    beside[k] = first > 0 ? -size : size;
    // vᵀv / 2 for v = x - αe.
    const half = square - first * beside[k]!;
    if (half === 0) continue;
    v[k + 1] = first - beside[k]!;
    reflectBoth(a, v, w, k + 1, n, half);
    reflectRows(rows, v, w, k + 1, n, half);
  }
  return { diagonal: Float64Array.from({ length: n }, (_, i) => a[i * n + i]!), beside };
}

/** A ← H A H for H = I - vvᵀ / half, in the part from `start`: A - vwᵀ - wvᵀ. */
function reflectBoth(
  a: Float64Array,
  v: Float64Array,
  w: Float64Array,
  start: number,
  n: number,
  half: number,
): void {
  w.fill(0, start);
  for (let i = start; i < n; i++) {
    let sum = a[i * n + i]! * v[i]!;
    for (let j = start; j < i; j++) {
      sum += a[i * n + j]! * v[j]!;
      w[j]! += a[i * n + j]! * v[i]!;
    }
    w[i]! += sum;
  }
  let product = 0;
  for (let i = start; i < n; i++) product += w[i]! * v[i]!;
  const share = product / (2 * half);
  for (let i = start; i < n; i++) w[i] = (w[i]! - share * v[i]!) / half;
  for (let i = start; i < n; i++) {
    for (let j = start; j <= i; j++) a[i * n + j]! -= v[i]! * w[j]! + w[i]! * v[j]!;
  }
}

/** R ← H R. */
function reflectRows(
  rows: Float64Array,
  v: Float64Array,
  w: Float64Array,
  start: number,
  n: number,
  half: number,
): void {
  w.fill(0);
  for (let i = start; i < n; i++) {
    for (let j = 0; j < n; j++) w[j]! += v[i]! * rows[i * n + j]!;
  }
  for (let i = start; i < n; i++) {
    const share = v[i]! / half;
    for (let j = 0; j < n; j++) rows[i * n + j]! -= share * w[j]!;
  }
}

/** T becomes diagonal, d; what turns it so turns the rows. */
function diagonalize(d: Float64Array, e: Float64Array, n: number, rows: Float64Array): void {
  for (let first = 0; first < n; first++) {
    for (let step = 0; ; step++) {
      let last = first;
      while (last < n - 1 && !isNegligible(e[last]!, d[last]!, d[last + 1]!)) last++;
      if (last === first) break;
      if (step === MOST_STEPS) {
        throw new NumericError('symmetricEigen: no convergence; give a matrix of finite numbers.');
      }
      sweep(d, e, first, last, n, rows);
    }
  }
}

function isNegligible(beside: number, one: number, next: number): boolean {
  return Math.abs(beside) <= Number.EPSILON * (Math.abs(one) + Math.abs(next));
}

/** One QL step with Wilkinson's shift on the block `first` … `last`, by plane rotations from below. */
function sweep(
  d: Float64Array,
  e: Float64Array,
  first: number,
  last: number,
  n: number,
  rows: Float64Array,
): void {
  const ratio = (d[first + 1]! - d[first]!) / (2 * e[first]!);
  const root = Math.hypot(ratio, 1);
  let g = d[last]! - d[first]! + e[first]! / (ratio + (ratio < 0 ? -root : root));
  let [sin, cos, shift] = [1, 1, 0];
  for (let i = last - 1; i >= first; i--) {
    const f = sin * e[i]!;
    const b = cos * e[i]!;
    const length = Math.hypot(f, g);
    e[i + 1] = length;
    if (length === 0) {
      // The block falls apart here; the next step takes what is left.
      d[i + 1]! -= shift;
      e[last] = 0;
      return;
    }
    [sin, cos] = [f / length, g / length];
    g = d[i + 1]! - shift;
    const turned = (d[i]! - g) * sin + 2 * cos * b;
    shift = sin * turned;
    d[i + 1] = g + shift;
    g = cos * turned - b;
    rotate(rows, i * n, (i + 1) * n, n, sin, cos);
  }
  d[first]! -= shift;
  e[first] = g;
  e[last] = 0;
}

function rotate(
  rows: Float64Array,
  one: number,
  next: number,
  n: number,
  sin: number,
  cos: number,
): void {
  for (let k = 0; k < n; k++) {
    const [a, b] = [rows[one + k]!, rows[next + k]!];
    rows[next + k] = sin * a + cos * b;
    rows[one + k] = cos * a - sin * b;
  }
}
