import { isFloat } from '../engine/core/dtype.js';
import { ArgumentError, DTypeError, ShapeError } from '../engine/core/errors.js';
import { formatShape, sameShape, sizeOf } from '../engine/core/shape.js';
import type { GraphNode } from '../engine/graph/node.js';
import { param } from '../engine/graph/body.js';
import { build } from '../engine/ops/index.js';
import { isGradEnabled } from './grad-mode.js';
import { cutFrom } from './history.js';
import { concat } from './join.js';
import { requireComputed } from './require-range.js';
import { closeBody, stackedStates, trackedResults } from './scan-body.js';
import { StepScope, recordStep } from './step-scope.js';
import { Tensor } from './tensor.js';
import type { ValueCheck } from './trace.js';
import type { Static } from './tree.js';
import { mapTree } from './tree.js';

/** Options of `scan`. */
export interface ScanOptions {
  /** Steps run from the last to the first; xs and outputs keep their order. Default false. */
  readonly reverse?: boolean;
  /** Number of steps T. Needed where there are no xs; else their leading extent, the default. */
  readonly length?: number;
  /**
   * Gradients store the carries every k steps only, and compute the rest again. Default: what is
   * dear to compute is stored at every step.
   */
  readonly checkpoint?: number;
}

/**
 * A loop over the leading axis of `xs`, as one operation: (c[t+1], y[t]) = f(c[t], x[t]) with
 * c[0] = `init`; returns the last carry and the outputs y stacked [T, …]. `f` is called once, to
 * record a step, and the program has one step, so its size does not depend on T.
 *
 * Carry, xs and outputs are tensors, or arrays and plain objects of tensors; `xs` may be null if a
 * length is given. A carry keeps its form, shapes and dtypes. Tensors and parameters from outside
 * may be used; what depends on neither carry nor x is computed once. Random numbers differ from step
 * to step. Gradients flow through carries, xs and whatever is used from outside, to any order. With
 * T = 0 the carry is `init` and the outputs are empty.
 *
 * @throws ShapeError or DTypeError if a carry changes or xs differ in length; ArgumentError if f
 *   returns anything but [carry, output], if its form changes, or if state is assigned inside.
 *
 * @example
 * const steps = tensor([1, 2, 3, 4]);
 * const [sum, sums] = scan((c: Tensor, x: Tensor) => [c.add(x), c.add(x)], tensor(0), steps);
 * sum.item(); // 10
 * sums; // [1, 3, 6, 10]
 */
export function scan<C, X, Y>(
  f: (carry: C, x: X) => readonly [C, Y],
  init: C,
  xs: X,
  options: ScanOptions = {},
): [C, Y] {
  const { reverse = false, checkpoint: k } = options;
  const length = lengthOf(xs, options.length);
  const all = { op: 'scan', reverse, length, save: 'values' } as const;
  if (k === undefined) return runScan(f, init, xs, all);
  if (!Number.isSafeInteger(k) || k < 1) {
    throw new ArgumentError(`scan: checkpoint is ${k}; give a number of steps ≥ 1.`);
  }
  // A chunk of one step is a step of which nothing but the carry is kept.
  if (k === 1) return runScan(f, init, xs, { ...all, save: 'carry' });
  return runInChunks(f, init, xs, all, k);
}

/**
 * `f` as a function whose inner values are not stored for the gradient but computed again when that
 * is: memory for time. Arguments and results are tensors, or arrays and plain objects of tensors;
 * tensors from outside may be used as well. Values and gradients are those of `f`.
 *
 * @throws ArgumentError if state is assigned inside.
 *
 * @example
 * const block = checkpoint((x: Tensor) => x.exp().sin().mul(x));
 * grad((x: Tensor) => block(x).sum())(tensor([1, 2]));
 */
export function checkpoint<A extends unknown[], R>(f: (...args: A) => R): (...args: A) => R {
  return (...args: A): R => {
    const once = { op: 'checkpoint', reverse: false, length: 1, save: 'carry' } as const;
    const stacked = mapTree('checkpoint', args, 'arguments', (t) => t.unsqueeze(0)) as A;
    const [, result] = runScan((c: null, x: A) => [c, f(...x)], null, stacked, once);
    return mapTree('checkpoint', result, 'the result', (t) => t.squeeze(0)) as R;
  };
}

interface Loop {
  readonly op: string;
  readonly reverse: boolean;
  readonly length: number;
  readonly save: 'values' | 'carry';
}

/** A scan over chunks of k steps, each a scan; the steps that are left are the last ones. */
function runInChunks<C, X, Y>(
  f: (carry: C, x: X) => readonly [C, Y],
  init: C,
  xs: X,
  { op, reverse, length }: Loop,
  k: number,
): [C, Y] {
  const chunks = Math.floor(length / k);
  const whole = chunks * k;
  const map = (tree: unknown, of: (t: Tensor) => Tensor): unknown => mapTree(op, tree, 'xs', of);
  const inner = (carry: C, x: X, steps: number): [C, Y] =>
    runScan(f, carry, x, { op, reverse, length: steps, save: 'values' });
  const main = (carry: C): [C, Y] => {
    const head = map(xs, (t) => t.slice(0, 0, whole).reshape([chunks, k, ...t.shape.slice(1)]));
    const outer = { op, reverse, length: chunks, save: 'carry' } as const;
    const [last, ys] = runScan((c: C, x: X) => inner(c, x, k), carry, head as X, outer);
    return [last, map(ys, (t) => t.reshape([whole, ...t.shape.slice(2)])) as Y];
  };
  const rest = (carry: C): [C, Y] =>
    inner(carry, map(xs, (t) => t.slice(0, whole, length)) as X, length - whole);
  if (whole === length) return main(init);
  if (whole === 0) return rest(init);
  const [middle, first] = reverse ? rest(init) : main(init);
  const [last, second] = reverse ? main(middle) : rest(middle);
  const [head, tail] = reverse ? [second, first] : [first, second];
  const tails = flatten(op, tail, 'the output').tensors;
  let next = 0;
  return [last, map(head, (t) => concat([t, tails[next++]!], 0)) as Y];
}

/** A tree without its tensors, as text, and those. */
interface Flat {
  readonly tensors: readonly Tensor[];
  readonly paths: readonly string[];
  /** Paths of all leaves, with the values of those that are no tensors. */
  readonly form: readonly string[];
}

function flatten(op: string, tree: unknown, path: string): Flat {
  const tensors: Tensor[] = [];
  const paths: string[] = [];
  const form: string[] = [];
  const note = (at: string, what: string): void => void form.push(`${at} ${what}`);
  mapTree(
    op,
    tree,
    path,
    (t, at) => {
      tensors.push(t);
      paths.push(at);
      note(at, 'a tensor');
    },
    (value: Static, at) => note(at, `${typeof value} ${String(value)}`),
  );
  return { tensors, paths, form };
}

function lengthOf(xs: unknown, given: number | undefined): number {
  const { tensors, paths } = flatten('scan', xs, 'xs');
  tensors.forEach(({ shape }, i) => {
    if (shape.length > 0) return;
    throw new ShapeError(`scan: ${paths[i]} is a scalar; xs need a leading axis of steps.`);
  });
  const first = tensors[0]?.shape[0];
  if (first === undefined && given === undefined) {
    throw new ArgumentError('scan: there are no xs to count the steps by; give a length.');
  }
  const odd = tensors.findIndex(({ shape }) => shape[0] !== first);
  if (odd >= 0) {
    throw new ShapeError(
      `scan: ${paths[0]} has ${first} steps (shape ${formatShape(tensors[0]!.shape)}), ` +
        `${paths[odd]} has ${tensors[odd]!.shape[0]} (shape ${formatShape(tensors[odd]!.shape)}); ` +
        'make their leading extents equal.',
    );
  }
  if (given !== undefined && (!Number.isSafeInteger(given) || given < 0)) {
    throw new ArgumentError(`scan: length is ${given}; use an integer ≥ 0.`);
  }
  if (first !== undefined && given !== undefined && first !== given) {
    throw new ShapeError(
      `scan: length is ${given}, and ${paths[0]} has ${first} steps; leave out the length.`,
    );
  }
  return (first ?? given)!;
}

function runScan<C, X, Y>(
  f: (carry: C, x: X) => readonly [C, Y],
  init: C,
  xs: X,
  loop: Loop,
): [C, Y] {
  const { op, reverse, length, save } = loop;
  const carry = flatten(op, init, 'the carry');
  const stacked = flatten(op, xs, 'xs');
  const inputs = [...carry.tensors, ...stacked.tensors];
  const nodes = inputs.map((t) => t.node());
  const scope = new StepScope(op);
  const since = build.constant(0, [], 'i32').id;
  const carries = carry.tensors.map((t) => param(build, t));
  const slices = stacked.tensors.map(({ shape, dtype }) =>
    param(build, { shape: shape.slice(1), dtype }),
  );
  const step = recordStep(scope, () => {
    const result: unknown = f(fill(op, init, carries) as C, fill(op, xs, slices) as X);
    const [next, output] = pairOf(op, result);
    const after = flatten(op, next, 'the carry');
    checkCarry(op, carry, after);
    const out = flatten(op, output, 'the output');
    return { output, results: [...after.tensors, ...out.tensors].map((t) => t.node()) };
  });
  const results = [...step.results, ...scope.computed.map(({ node }) => node)];
  const all = nodes.slice(carries.length);
  const productsAhead = save === 'values';
  const closed = closeBody({
    carries,
    xs: slices,
    stacked: all,
    results,
    scope,
    since,
    productsAhead,
  });
  const states = closed.draws.map(([source, count]) => {
    const { state, offset } = source.claim(count * length);
    return stackedStates(state, offset, { length, count, reverse });
  });
  const made = build.scan([...nodes, ...states, ...closed.products, ...closed.constants], {
    body: closed.body,
    length,
    carries: carries.length,
    xs: slices.length + states.length + closed.products.length,
    reverse,
    save,
  });
  const tracked = trackedResults(
    closed,
    inputs.map((t) => t.requiresGrad),
    carries.length,
  );
  scope.computed.forEach((wanted, i) => {
    requireAtEach(wanted, made[step.results.length + i]!);
  });
  const tensors = made.map((node, i) => resultOf(node, tracked[i]!));
  let next = 0;
  const take = (tree: unknown): unknown => mapTree(op, tree, 'the result', () => tensors[next++]);
  return [take(init) as C, take(step.output) as Y];
}

/** Checks what has been computed at each step, given all of it. */
function requireAtEach({ check, limits }: ValueCheck, node: GraphNode): void {
  const size = sizeOf(node.shape.slice(1));
  requireComputed({
    node,
    limits,
    check: (values, within) => {
      for (let at = 0; at < values.length; at += size)
        check(values.subarray(at, at + size), within);
    },
  });
}

/** The tree with a tensor of the step in place of each tensor. */
function fill(op: string, tree: unknown, nodes: readonly GraphNode[]): unknown {
  let next = 0;
  return mapTree(op, tree, 'arguments', () => {
    const node = nodes[next++]!;
    const { shape, dtype } = node;
    const requiresGrad = isFloat(dtype) && isGradEnabled();
    return new Tensor({ shape, dtype, node, requiresGrad, isLeaf: !requiresGrad });
  });
}

function resultOf(made: GraphNode, tracked: boolean): Tensor {
  const requiresGrad = tracked && isGradEnabled();
  const node = tracked && !requiresGrad ? cutFrom(made) : made;
  const { shape, dtype } = node;
  return new Tensor({ shape, dtype, node, requiresGrad, isLeaf: !requiresGrad });
}

function pairOf(op: string, result: unknown): [unknown, unknown] {
  if (Array.isArray(result) && result.length === 2) return result as [unknown, unknown];
  const what =
    result instanceof Promise
      ? 'a promise'
      : Array.isArray(result)
        ? `an array of ${result.length}`
        : result instanceof Tensor
          ? 'a tensor'
          : typeof result;
  throw new ArgumentError(`${op}: the function returned ${what}; return [carry, output].`);
}

/** Throws unless the carry is after a step what it was before. */
function checkCarry(op: string, before: Flat, after: Flat): void {
  const odd = before.form.findIndex((part, i) => part !== after.form[i]);
  if (odd >= 0 || after.form.length > before.form.length) {
    const at = odd >= 0 ? odd : before.form.length;
    throw new ArgumentError(
      `${op}: the carry changes its form: before a step it has ${before.form[at] ?? 'no more'}, ` +
        `after it ${after.form[at] ?? 'no more'}; return a carry like the first one.`,
    );
  }
  before.tensors.forEach((x, i) => {
    const y = after.tensors[i]!;
    const path = before.paths[i]!;
    if (!sameShape(x.shape, y.shape)) {
      throw new ShapeError(
        `${op}: ${path} has shape ${formatShape(x.shape)} before a step and ` +
          `${formatShape(y.shape)} after it; a carry keeps its shape.`,
      );
    }
    if (x.dtype === y.dtype) return;
    throw new DTypeError(
      `${op}: ${path} is ${x.dtype} before a step and ${y.dtype} after it; use to('${x.dtype}').`,
    );
  });
}
