/** Looks for the origin of numbers that are not finite, by running a program node by node. */
import type { DType, TypedArray } from '../engine/core/dtype.js';
import type { Shape } from '../engine/core/shape.js';
import { formatShape } from '../engine/core/shape.js';
import type { GraphNode } from '../engine/graph/node.js';
import { isOp } from '../engine/graph/node.js';
import { bindLeaf } from '../engine/backends/interpreter/device.js';
import { interpret } from '../engine/backends/interpreter/interpret.js';
import { InputSource, Variable } from '../engine/runtime/storage.js';

/** Values in short. */
export interface ValueSummary {
  readonly shape: Shape;
  readonly dtype: DType;
  /** Number of elements that are NaN. */
  readonly nans: number;
  /** Number of elements that are ∞ or -∞. */
  readonly infinities: number;
  /** The least and the greatest of the finite elements; ∞ and -∞ if there are none. */
  readonly min: number;
  readonly max: number;
}

/** The first operation of a program that made something other than finite numbers. */
export interface NonFinite extends ValueSummary {
  /** The primitive's name; 'leaf' where the values came from outside. */
  readonly op: string;
  /** What it was computed from: finite, unless it is a constant. */
  readonly inputs: readonly ValueSummary[];
  /** The state whose values these are, if the values came from there. */
  readonly variable?: Variable;
  /** All of it in a clause for a person to read. */
  readonly description: string;
}

/**
 * The first operation on the way to `result`, in the order of evaluation, that gives NaN or ±∞ though
 * all it is computed from is finite; undefined if `result` is finite. Constants may be infinite: a
 * mask is no mistake.
 */
export function findNonFinite(
  result: GraphNode,
  inputs: readonly TypedArray[],
): NonFinite | undefined {
  const values = new Map<GraphNode, ValueSummary>();
  interpret([result], (leaf) => bindLeaf(leaf, inputs), {
    onNode: (node, { shape, dtype, data }) => values.set(node, summarize(shape, dtype, data)),
  });
  const isBad = (node: GraphNode): boolean =>
    !isOp(node, 'constant') && !isFinite(values.get(node)!);
  if (!isBad(result)) return undefined;
  const involved = new Set([result]);
  for (const node of involved)
    operandsOf(node)
      .filter(isBad)
      .forEach((x) => involved.add(x));
  for (const [node, value] of values) {
    if (involved.has(node) && !operandsOf(node).some(isBad)) {
      return report(
        node,
        value,
        operandsOf(node).map((input) => values.get(input)!),
      );
    }
  }
  return undefined;
}

/** What a value is computed from: of a result of a scan, what that takes. */
function operandsOf(node: GraphNode): readonly GraphNode[] {
  return isOp(node, 'scanResult') ? node.inputs[0]!.inputs : node.inputs;
}

function summarize(shape: Shape, dtype: DType, data: ArrayLike<number>): ValueSummary {
  let [nans, infinities, min, max] = [0, 0, Infinity, -Infinity];
  for (let i = 0; i < data.length; i++) {
    const x = data[i]!;
    if (Number.isNaN(x)) nans++;
    else if (!Number.isFinite(x)) infinities++;
    else {
      if (x < min) min = x;
      if (x > max) max = x;
    }
  }
  return { shape, dtype, nans, infinities, min, max };
}

function isFinite({ nans, infinities }: ValueSummary): boolean {
  return nans + infinities === 0;
}

function report(node: GraphNode, value: ValueSummary, inputs: readonly ValueSummary[]): NonFinite {
  const op = isOp(node, 'scanResult') ? 'scan' : node.op;
  const made = { ...value, op, inputs };
  if (!isOp(node, 'leaf')) {
    const from = inputs.map(describeFinite).join(' and ');
    return { ...made, description: `${op} of ${from} gave ${describeBad(value)}` };
  }
  const { source } = node.attrs;
  if (source instanceof InputSource) {
    return { ...made, description: `argument ${source.position} holds ${describeBad(value)}` };
  }
  if (!(source instanceof Variable)) {
    return { ...made, description: `a tensor from outside holds ${describeBad(value)}` };
  }
  const description = `state held ${describeBad(value)} before the step`;
  return { ...made, variable: source, description };
}

function describeFinite({ shape, dtype, min, max }: ValueSummary): string {
  const short = (x: number): string => String(Number(x.toPrecision(3)));
  const range = min <= max ? ` from ${short(min)} to ${short(max)}` : '';
  return `${dtype} ${formatShape(shape)}${range}`;
}

function describeBad({ shape, dtype, nans, infinities }: ValueSummary): string {
  const size = shape.reduce((n, d) => n * d, 1);
  const kinds = [nans > 0 ? `NaN in ${nans}` : '', infinities > 0 ? `±∞ in ${infinities}` : ''];
  return `${kinds.filter(Boolean).join(' and ')} of ${size} elements, ${dtype} ${formatShape(shape)}`;
}
