import { ArgumentError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import type { GraphNode } from '../engine/graph/node.js';
import { build } from '../engine/ops/index.js';
import { seedNode } from './backward.js';
import { enableGrad, isGradEnabled } from './grad-mode.js';
import {
  cutFrom,
  dependOn,
  gradientNodes,
  identity,
  isTracked,
  ownedNodes,
  ownerOf,
  withProbes,
} from './history.js';
import { Tensor } from './tensor.js';
import { mapTree, tensorsOf } from './tree.js';

/** Options of `grad` of tensors. */
export interface GradOptions {
  /** What the derivative is multiplied with, of the output's shape. Default 1, for single numbers. */
  readonly seed?: Tensor | readonly Tensor[];
  /** Inputs that have no influence get zeros instead of an error. Default false. */
  readonly allowUnused?: boolean;
}

/** Options of `grad` of a function, and of `valueAndGrad`. */
export interface GradTransformOptions<N extends number = number> {
  /** Which argument to differentiate by, counted from 0. Default 0. */
  readonly argnum?: N;
}

type AnyFunction = (...args: never[]) => unknown;
/** Functions that end in a single number. */
type ScalarFunction<A extends unknown[]> = (...args: A) => Tensor;

/**
 * Gradients. Of a function: `grad(f)` takes the arguments of f and returns the derivative of its
 * result, a single number, by the argument `argnum` (default 0), which may be a tensor or an array
 * or plain object of tensors. Of tensors: `grad(outputs, inputs)` returns Σ ⟨seed, ∂output / ∂input⟩
 * for each input, and leaves `.grad` alone. Results can be differentiated again.
 *
 * @throws ShapeError if the function's result is not a single number and no seed is given;
 *   ArgumentError if an input of the second form does not require a gradient or has no influence.
 *
 * @example
 * const cube = (x: Tensor) => x.pow(3).sum();
 * grad(cube)(tensor(2)).item(); // 12
 * grad((x: Tensor) => grad(cube)(x).sum())(tensor(2)).item(); // 12 again: 6x
 */
export function grad<A extends unknown[], N extends number = 0>(
  f: ScalarFunction<A>,
  options?: GradTransformOptions<N>,
): (...args: A) => A[N];
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: readonly Tensor[],
  options?: GradOptions,
): Tensor[];
export function grad(
  first: AnyFunction | Tensor | readonly Tensor[],
  second: readonly Tensor[] | GradTransformOptions = {},
  options: GradOptions = {},
): unknown {
  if (typeof first !== 'function') {
    const outputs = first instanceof Tensor ? [first] : first;
    return gradOfTensors(outputs, second as readonly Tensor[], options);
  }
  const both = valueAndGrad(first as ScalarFunction<unknown[]>, second as GradTransformOptions) as (
    ...args: unknown[]
  ) => [Tensor, unknown];
  return (...args: unknown[]) => both(...args)[1];
}

/**
 * As `grad(f)`, of a function that returns [value, gradient].
 *
 * @example
 * const [loss, dw] = valueAndGrad((w: Tensor) => x.matmul(w).sub(y).pow(2).mean())(w);
 */
export function valueAndGrad<A extends unknown[], N extends number = 0>(
  f: ScalarFunction<A>,
  options: GradTransformOptions<N> = {},
): (...args: A) => [Tensor, A[N]] {
  const argnum: number = options.argnum ?? 0;
  return (...args: A): [Tensor, A[N]] => {
    if (argnum < 0 || argnum >= args.length) {
      throw new ArgumentError(
        `grad: argnum is ${argnum}, and the function was called with ${args.length} arguments.`,
      );
    }
    const inputs = tensorsOf('grad', args[argnum], `argument ${argnum}`);
    const nodes = inputs.map((t) => identity(t.node()));
    const [value, parts] = enableGrad(() =>
      withProbes(nodes, () => differentiate(f, args, argnum, nodes)),
    );
    const [result, ...gradients] = outgoing([value.node(), ...parts]);
    let next = 0;
    const tree = mapTree('grad', args[argnum], `argument ${argnum}`, () => gradients[next++]);
    return [result!, tree as A[N]];
  };
}

/** f's value, and the nodes of its gradients by the argument, whose tensors become `nodes`. */
function differentiate<A extends unknown[]>(
  f: ScalarFunction<A>,
  args: A,
  argnum: number,
  nodes: readonly GraphNode[],
): [Tensor, GraphNode[]] {
  let next = 0;
  const probes = mapTree('grad', args[argnum], `argument ${argnum}`, () => {
    const node = nodes[next++]!;
    const { shape, dtype } = node;
    return new Tensor({ shape, dtype, node, requiresGrad: true, isLeaf: false });
  });
  const value = f(...(args.map((a, i) => (i === argnum ? probes : a)) as A));
  if (!(value instanceof Tensor)) {
    throw new ArgumentError('grad: the function has to return a tensor, a single number.');
  }
  if (!value.requiresGrad) return [value, nodes.map((node) => build.like(node, 0))];
  const seed = seedNode('grad', value, undefined);
  const parts = gradientNodes([value.node()], [seed], nodes);
  return [value, parts.map((part, i) => part ?? build.like(nodes[i]!, 0))];
}

/** Results of a differentiation as tensors, tracked where what is outside wants gradients of them. */
function outgoing(nodes: readonly GraphNode[]): Tensor[] {
  const tracked = isTracked(nodes);
  const on = tracked && isGradEnabled();
  return nodes.map((inner) => {
    const node = tracked && !on ? cutFrom(inner) : inner;
    return new Tensor({
      shape: node.shape,
      dtype: node.dtype,
      node,
      requiresGrad: on,
      isLeaf: !on,
    });
  });
}

function gradOfTensors(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  { seed, allowUnused = false }: GradOptions,
): Tensor[] {
  const given = seed instanceof Tensor ? [seed] : seed;
  const seeds = outputs.map((output, i) => seedNode('grad', output, given?.[i]));
  for (const input of inputs) {
    if (!input.requiresGrad)
      throw unsuitable(input, 'does not require a gradient; set requiresGrad');
  }
  const roots = outputs.map((t) => t.node());
  const nodesOf = inputNodes(roots, inputs);
  const wrt = nodesOf.flat();
  const parts = new Map(gradientNodes(roots, seeds, wrt).map((part, i) => [wrt[i]!, part]));
  return outgoing(
    nodesOf.map((nodes, i) => {
      const found = nodes.flatMap((node) => parts.get(node) ?? []);
      if (found.length > 0) return found.reduce((sum, part) => build.add(sum, part));
      // What is used by functions of zero gradient alone, such as round(), has zeros.
      if (allowUnused || nodes.some((node) => dependOn(roots, node))) {
        return build.like(inputs[i]!, 0);
      }
      throw unsuitable(inputs[i]!, 'has no influence on the outputs; pass allowUnused for zeros');
    }),
  );
}

/** The nodes that stand for each input: of a parameter one for each value it has had. */
function inputNodes(roots: readonly GraphNode[], inputs: readonly Tensor[]): GraphNode[][] {
  const owned = ownedNodes(roots);
  return inputs.map((input) => {
    const own = owned.filter((node) => ownerOf(node) === input);
    return own.length > 0 ? own : [input.node()];
  });
}

function unsuitable(input: Tensor, why: string): ArgumentError {
  return new ArgumentError(`grad: an input of shape ${formatShape(input.shape)} ${why}.`);
}
