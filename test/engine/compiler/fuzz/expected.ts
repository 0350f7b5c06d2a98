import type { TypedArray } from '../../../../src/engine/core/dtype.js';
import { isFloat, roundTo } from '../../../../src/engine/core/dtype.js';
import { interpret } from '../../../../src/engine/backends/interpreter/interpret.js';
import { sizeOf } from '../../../../src/engine/core/shape.js';
import { INEXACT } from '../../../../src/engine/compiler/simplify.js';
import type { GraphNode } from '../../../../src/engine/graph/node.js';
import type { RefArray } from '../../../../src/engine/ops/index.js';
import type { FuzzGraph } from './graph.js';
import { isSum } from './graph.js';

/** A result by the reference, and how far from it a device may be, element by element. */
export interface Expected {
  readonly value: RefArray;
  /** NaN: rounding decides what comes out, so anything may. Undefined: not by a bit. */
  readonly tolerance: Float64Array | undefined;
}

/** Functions that every device rounds in its own way; of them, mod is exact all the same. */
const APPROXIMATE = new Set<string>([...INEXACT].filter((op) => op !== 'mod'));

/** Rounded alike everywhere, so that only an operand that differs makes the last bit differ. */
const ROUNDED = new Set<string>(['add', 'sub', 'mul', 'div', 'sqrt', 'reciprocal', 'cast']);

const EPS = { f32: 2 ** -24, f64: 2 ** -53 } as const;
/** How far approximations and sums are moved, in units of 2⁻²⁴: more than devices differ. */
const SHIFT = 16;
/** How far what is merely rounded again is moved: to the next number. */
const STEP = 2;
/** Devices may move results as much as this many times the largest of the shifts. */
const SAFETY = 8;
/** Runs in pairs, the second of each the first with its shifts turned around, and one that snaps. */
const PAIRS = 4;
/** Results that shifts move further than this, relative to them, tell nothing. */
const UNSTABLE = { f32: 0.02, f64: 1e-6 } as const;

function rounds(node: GraphNode): boolean {
  return isFloat(node.dtype) && (APPROXIMATE.has(node.op) || isSum(node));
}

/** Small multiples of 1/16: sums of them, and of products of two, are exact in any order. */
function onGrid(v: number): boolean {
  return Math.abs(v) <= 256 && Number.isInteger(v * 16);
}

/**
 * What a graph gives by the reference. How far devices may differ is measured, by no knowledge of
 * the operations: the reference runs again, with each sum and approximated function moved a little,
 * up in one run and down in the other; and in one run to a number of few digits, as a limit that
 * is nearly reached may be reached, and what tells 1 from almost 1 is not to be trusted. What depends
 * on none of them has to be met to the bit.
 */
export function expectedOf(graph: FuzzGraph): Expected[] {
  const { outputs } = graph;
  const rounded = new Set<GraphNode>();
  const grid = new Set<GraphNode>();
  const bind = (leaf: GraphNode): RefArray => graph.values.get(leaf)!;
  const values = interpret(outputs, bind, {
    onNode(node, value) {
      if (value.data.every(onGrid)) grid.add(node);
      const exact = grid.has(node) && node.inputs.every((x) => grid.has(x));
      const own = rounds(node) && (APPROXIMATE.has(node.op) || !exact);
      if (own || node.inputs.some((x) => rounded.has(x))) rounded.add(node);
    },
  });
  if (!outputs.some((n) => rounded.has(n))) {
    return values.map((value) => ({ value, tolerance: undefined }));
  }
  const runs = Array.from({ length: 2 * PAIRS + 1 }, (_, i) => shifted(graph, rounded, i));
  return values.map((value, i) => ({
    value,
    tolerance: rounded.has(outputs[i]!)
      ? toleranceOf(
          value,
          runs.map((run) => run[i]!),
        )
      : undefined,
  }));
}

function shifted(graph: FuzzGraph, rounded: ReadonlySet<GraphNode>, run: number): RefArray[] {
  const largest = new Map<GraphNode, number>();
  const sign = run % 2 === 0 ? 1 : -1;
  let state = Math.imul((run >> 1) + 1, 0x9e3779b1);
  return interpret(graph.outputs, (leaf) => graph.values.get(leaf)!, {
    onNode(node, { data, dtype }) {
      const shift = rounds(node) ? SHIFT * lengthOf(node) : ROUNDED.has(node.op) ? STEP : 0;
      if (shift > 0 && isFloat(dtype) && rounded.has(node)) {
        const most = shift * EPS[dtype as 'f32' | 'f64'];
        const terms = isSum(node) ? magnitudeOf(node, largest) : 0;
        for (let i = 0; i < data.length; i++) {
          state = (Math.imul(state, 1664525) + 1013904223) | 0;
          // Never nearly nothing, and hardly ever twice the same: equal shifts cancel out.
          const part = state < 0 ? state / 2 ** 31 - 0.25 : state / 2 ** 31 + 0.25;
          const step = most * Math.max(Math.abs(data[i]!), terms);
          const next = run < 2 * PAIRS ? data[i]! + sign * part * step : snap(data[i]!, step);
          if (Number.isFinite(next)) data[i] = roundTo(dtype, next);
        }
      }
      let most = 0;
      for (const v of data) if (Math.abs(v) < Infinity) most = Math.max(most, Math.abs(v));
      largest.set(node, most);
    },
  });
}

/** How much more a sum is rounded than one value: a long one errs with its length. */
function lengthOf(node: GraphNode): number {
  if (!isSum(node)) return 1;
  const terms = node.inputs.map((x) => sizeOf(x.shape) / Math.max(1, sizeOf(node.shape)));
  return Math.max(1, Math.max(...terms, ...node.inputs.flatMap((x) => x.shape)) / 64);
}

/** The multiple nearest to `v` of the power of two at or above `step`. */
function snap(v: number, step: number): number {
  const unit = 2 ** Math.ceil(Math.log2(step));
  return Math.round(v / unit) * unit;
}

/** The size of the terms of a sum: the product of its float operands. */
function magnitudeOf(node: GraphNode, largest: ReadonlyMap<GraphNode, number>): number {
  return node.inputs.reduce((m, x) => (isFloat(x.dtype) ? m * largest.get(x)! : m), 1);
}

function toleranceOf({ data, dtype }: RefArray, runs: readonly RefArray[]): Float64Array {
  return data.map((v, i) => {
    if (!Number.isFinite(v)) return runs.every((run) => Object.is(run.data[i], v)) ? 0 : NaN;
    let moved = 0;
    for (const run of runs) moved = Math.max(moved, Math.abs(run.data[i]! - v));
    if (dtype !== 'f32' && dtype !== 'f64') return moved === 0 ? 0 : NaN;
    if (!(moved <= UNSTABLE[dtype] * Math.max(1, Math.abs(v)))) return NaN;
    return SAFETY * moved + 4 * EPS[dtype] * Math.abs(v);
  });
}

/** Where a device's result is not what is expected; undefined if it is. */
export function differenceFrom(expected: Expected, got: TypedArray): string | undefined {
  const { value, tolerance } = expected;
  for (let i = 0; i < value.data.length; i++) {
    const [want, have] = [value.data[i]!, got[i]!];
    // -0 counts as 0: the largest of both is either.
    if (have === want || Object.is(have, want)) continue;
    const bound = tolerance?.[i] ?? 0;
    if (Number.isNaN(bound) || Math.abs(have - want) <= bound) continue;
    return `at ${i}: ${have} instead of ${want}${bound > 0 ? ` ± ${bound.toPrecision(2)}` : ''}`;
  }
  return undefined;
}
