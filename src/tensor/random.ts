import type { DType } from '../engine/core/dtype.js';
import { ArgumentError } from '../engine/core/errors.js';
import { addToCounter, randomWords } from '../engine/core/philox.js';
import type { Shape } from '../engine/core/shape.js';
import { checkShape } from '../engine/core/shape.js';
import type { GraphNode } from '../engine/graph/node.js';
import { build } from '../engine/ops/index.js';
import { Variable } from '../engine/runtime/storage.js';
import { fromData } from './create.js';
import type { Draws } from './step-scope.js';
import { activeScope, refuseInScope } from './step-scope.js';
import { Tensor } from './tensor.js';
import { activeTrace } from './trace.js';

/**
 * A source of random numbers that are a function of seed and counter (Philox 4×32-10): the same seed
 * gives the same numbers on every device and in any number of threads. Every call that draws moves
 * the counter on by one; compiled functions do so at each run.
 */
export class Generator {
  /** key, key, counter low, counter high: i32 [4]. */
  readonly state = new Variable([4], 'i32');

  /** `seed` is any safe integer. Default 0. */
  constructor(seed = 0) {
    this.manualSeed(seed);
  }

  /** Starts anew from `seed`, any safe integer. */
  manualSeed(seed: number): this {
    refuseInTrace('manualSeed');
    if (!Number.isSafeInteger(seed)) {
      throw new ArgumentError(`manualSeed: ${seed} is no safe integer.`);
    }
    this.state.set(Int32Array.of(seed | 0, Math.floor(seed / 4294967296) | 0, 0, 0));
    return this;
  }

  /** Where it stands, to be kept in a checkpoint: four words. */
  getState(): Int32Array {
    return Int32Array.from(this.state.storage.hostValues());
  }

  /** Goes on from where `getState` was called. */
  setState(state: ArrayLike<number>): void {
    refuseInTrace('setState');
    if (state.length !== 4) {
      throw new ArgumentError(`setState: a state has 4 words, not ${state.length}.`);
    }
    this.state.set(Int32Array.from(state));
  }

  /** Random words computed now, for use outside tensors. */
  words(count: number): Int32Array {
    refuseInTrace('words');
    const words = randomWords(this.getState(), 0, count);
    this.advance();
    return words;
  }

  /** @internal A node of random 32-bit words. */
  bits(shape: Shape): GraphNode {
    const { state, offset } = this.claim(1);
    return build.randomBits(state, shape, offset);
  }

  /**
   * @internal Reserves draws for where the caller stands: in a compiled function, a step of a scan, or
   * neither.
   */
  claim(count: number): Draws {
    const scope = activeScope();
    if (scope) return scope.draw(this, count);
    const trace = activeTrace();
    if (trace) return trace.draw(this.state, count);
    const state = build.leaf(this.state.snapshot(), [4], 'i32');
    this.advance(count);
    return { state, offset: 0 };
  }

  private advance(count = 1): void {
    const state = this.getState();
    const [low, high] = addToCounter(state[2]!, state[3]!, count);
    this.state.set(Int32Array.of(state[0]!, state[1]!, low, high));
  }
}

/** The generator used where none is given. It starts with seed 0. */
export const defaultGenerator = new Generator();

/** Starts the default generator anew from `seed`, any safe integer. */
export function manualSeed(seed: number): Generator {
  return defaultGenerator.manualSeed(seed);
}

/** Options of what draws tensors: `rand`, `normal` and the like. */
export interface RandomOptions {
  /** f32 (the default) or f64; for randint also i32, its default. */
  readonly dtype?: DType;
  /** Default: the one that `manualSeed` sets. */
  readonly generator?: Generator;
  /** `backward()` shall compute its gradient. Default false. */
  readonly requiresGrad?: boolean;
}

/** Uniform on [0, 1): multiples of 2^-24, in f64 of 2^-53. */
export function rand(shape: Shape, options: RandomOptions = {}): Tensor {
  checkShape('rand', shape);
  return made(unitNode(shape, options), options);
}

/** Uniform on [low, high). */
export function uniform(
  low: number,
  high: number,
  shape: Shape,
  options: RandomOptions = {},
): Tensor {
  checkShape('uniform', shape);
  return made(affine(unitNode(shape, options), high - low, low), options);
}

/** Normal with mean 0 and variance 1, by Box and Muller: √(-2 ln u₁) cos(2π u₂), u₁ in (0, 1]. */
export function randn(shape: Shape, options: RandomOptions = {}): Tensor {
  checkShape('randn', shape);
  return made(normalNode(shape, options), options);
}

/** Normal with the given mean and standard deviation. */
export function normal(
  mean: number,
  std: number,
  shape: Shape,
  options: RandomOptions = {},
): Tensor {
  checkShape('normal', shape);
  return made(affine(normalNode(shape, options), std, mean), options);
}

/** Integers low … high - 1, equally likely up to (high - low) / 2^31; i32 unless a dtype is given. */
export function randint(
  low: number,
  high: number,
  shape: Shape,
  options: RandomOptions = {},
): Tensor {
  checkShape('randint', shape);
  const range = high - low;
  if (!Number.isInteger(low) || !Number.isInteger(range) || range < 1 || range >= 2 ** 31) {
    throw new ArgumentError(
      `randint: ${low} … ${high} is no range of integers; use low < high, less than 2^31 apart.`,
    );
  }
  const bits = (options.generator ?? defaultGenerator).bits(shape);
  const positive = build.binary('shiftRight', bits, build.like(bits, 1));
  const value = affine(build.binary('mod', positive, build.like(positive, range)), 1, low);
  return made(build.cast(value, options.dtype ?? 'i32'), options);
}

/**
 * 1 with probability p, otherwise 0. p is a number, with a shape, or a tensor of probabilities,
 * whose shape and dtype the result has.
 */
export function bernoulli(p: number, shape: Shape, options?: RandomOptions): Tensor;
export function bernoulli(p: Tensor, options?: RandomOptions): Tensor;
export function bernoulli(
  p: number | Tensor,
  second: Shape | RandomOptions = {},
  third: RandomOptions = {},
): Tensor {
  const shape = typeof p === 'number' ? (second as Shape) : p.shape;
  const options = typeof p === 'number' ? third : (second as RandomOptions);
  const dtype = options.dtype ?? (typeof p === 'number' ? 'f32' : p.dtype);
  checkShape('bernoulli', shape);
  const u = made(unitNode(shape, { ...options, dtype: dtype === 'f64' ? 'f64' : 'f32' }), {});
  return u.lt(typeof p === 'number' ? p : p.detach()).to(dtype);
}

/** The numbers 0 … n - 1 in random order, i32 [n]. Made on the host: not inside compiled functions. */
export function randperm(n: number, options: RandomOptions = {}): Tensor {
  checkShape('randperm', [n]);
  const indices = Array.from({ length: n }, (_, i) => i);
  const order = Int32Array.from(shuffle(indices, options.generator));
  const made = fromData(order, [n]);
  return options.dtype === undefined ? made : made.to(options.dtype);
}

/** A copy of `items` in random order. Made on the host: not inside compiled functions. */
export function shuffle<V>(items: ArrayLike<V>, generator = defaultGenerator): V[] {
  const list = Array.from(items);
  const words = generator.words(list.length);
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(((words[i]! >>> 0) / 4294967296) * (i + 1));
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
  return list;
}

function refuseInTrace(op: string): void {
  refuseInScope(op, 'a generator can only draw tensors');
  const trace = activeTrace();
  if (!trace) return;
  throw new ArgumentError(
    `${op}: inside the compiled function '${trace.name}' this would happen only once, when it is ` +
      'traced; call it outside.',
  );
}

function made(node: GraphNode, { requiresGrad = false }: RandomOptions): Tensor {
  return new Tensor({ shape: node.shape, dtype: node.dtype, node, requiresGrad, isLeaf: true });
}

/** x · scale + shift. */
function affine(x: GraphNode, scale: number, shift: number): GraphNode {
  const scaled = scale === 1 ? x : build.mul(x, build.like(x, scale));
  return shift === 0 ? scaled : build.add(scaled, build.like(scaled, shift));
}

/** The upper bits of random words, shifted down. */
function upperBits(bits: GraphNode, by: number, dtype: DType): GraphNode {
  return build.cast(build.binary('shiftRight', bits, build.like(bits, by)), dtype);
}

/** Uniform on [0, 1): 24 bits of a word for f32; 27 and 26 bits of two words for f64. */
function unitNode(shape: Shape, { dtype = 'f32', generator }: RandomOptions): GraphNode {
  const source = generator ?? defaultGenerator;
  if (dtype === 'f32') return affine(upperBits(source.bits(shape), 8, dtype), 2 ** -24, 0);
  if (dtype !== 'f64') {
    throw new ArgumentError(
      `rand: real random numbers are f32 or f64, not ${dtype}; use randint().`,
    );
  }
  const [high, low] = halves(source.bits([2, ...shape]), shape);
  const upper = affine(upperBits(high, 5, dtype), 2 ** 26, 0);
  return affine(build.add(upper, upperBits(low, 6, dtype)), 2 ** -53, 0);
}

function normalNode(shape: Shape, { dtype = 'f32', generator }: RandomOptions): GraphNode {
  const both = unitNode([2, ...shape], generator ? { dtype, generator } : { dtype });
  const [first, u2] = halves(both, shape);
  const u1 = affine(first, 1, dtype === 'f32' ? 2 ** -24 : 2 ** -53);
  const radius = build.unary('sqrt', affine(build.unary('log', u1), -2, 0));
  return build.mul(radius, build.unary('cos', affine(u2, 2 * Math.PI, 0)));
}

/** The two parts of x [2, ...shape]. */
function halves(x: GraphNode, shape: Shape): [GraphNode, GraphNode] {
  const part = (i: number): GraphNode => {
    const start = x.shape.map((_, axis) => (axis === 0 ? i : 0));
    const stop = x.shape.map((d, axis) => (axis === 0 ? i + 1 : d));
    const step = x.shape.map(() => 1);
    return build.reshape(build.slice(x, { start, stop, step }), shape);
  };
  return [part(0), part(1)];
}
