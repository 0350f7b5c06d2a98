/** Values, gradients and second derivatives against PyTorch's: scripts/goldens-tensor.py. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { testDevice } from '../device.js';
import type { DType, Shape } from '../../src/tensor/index.js';
import {
  Tensor,
  arange,
  concat,
  einsum,
  evaluate,
  grad,
  linspace,
  setDevice,
  stack,
  tensor,
} from '../../src/tensor/index.js';

setDevice(testDevice);

type Numbers = readonly (number | 'NaN' | 'Infinity' | '-Infinity')[];
type Described = readonly [shape: Shape, values: Numbers, dtype?: DType];

interface Result {
  readonly out: readonly Described[];
  readonly grads?: readonly Numbers[];
  readonly second?: readonly Numbers[];
}

interface Case {
  readonly name: string;
  readonly in: readonly Described[];
  readonly f64?: Result;
  readonly f32?: Result;
  /** The result where all inputs have a fixed dtype. */
  readonly fixed?: Result;
}

const goldens = JSON.parse(
  readFileSync(new URL('../goldens/tensor.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Case[] };

/** Bounds of the error relative to the largest number of a tensor. */
const TOLERANCE = { f64: 1e-13, f32: 2e-6, i32: 0, u8: 0, bool: 0 } as const;

type Computation = (...inputs: Tensor[]) => Tensor | Tensor[];

/** What each case computes, by name; families of cases are added below. */
const computations: Record<string, Computation> = {
  'pow [2,3] [3]': (x, y) => x!.pow(y!),
  'remainder [8] [8]': (x, y) => x!.remainder(y!),
  'maximum with ties': (x, y) => x!.maximum(y!),
  'minimum with ties': (x, y) => x!.minimum(y!),
  'maximum, minimum of NaN': (x, y) => [x!.maximum(y!), x!.minimum(y!)],

  'gradient at 0 of sqrt, rsqrt, log': (x, y, z) => [x!.sqrt(), y!.rsqrt(), z!.log()],
  'exp, sigmoid beyond the range': (x) => [x!.exp(), x!.sigmoid()],
  'isFinite, isNaN': (x) => [x!.isFinite(), x!.isNaN()],
  'pow 3 twice': (x) => x!.pow(3),
  'pow corners': (x, y) => x!.pow(y!),
  'pow gradients at 0': (x, y) => x!.pow(y!),
  'pow gradients at negative bases': (x) => x!.pow(tensor([2, 3, 0], { dtype: x!.dtype })),

  'clamp -1 1': (x) => x!.clamp(-1, 1),
  'clamp min 0': (x) => x!.clamp(0),
  'clamp max -0.5': (x) => x!.clamp(undefined, -0.5),
  'clamp with min above max': (x) => x!.clamp(1, -1),
  'clamp by tensors': (x, low, high) => x!.clamp(low, high),
  'clamp of NaN': (x) => x!.clamp(-1, 1),
  'where broadcast': (condition, x, y) => x!.where(condition!, y!),
  'comparisons of NaN': (x, y) => [
    x!.eq(y!),
    x!.ne(y!),
    x!.lt(y!),
    x!.le(y!),
    x!.gt(y!),
    x!.ge(y!),
  ],

  'matmul twice': (x, y) => x!.matmul(y!),
  'matmul of integers': (x, y) => x!.matmul(y!),
  dot: (x, y) => x!.dot(y!),
  outer: (x, y) => x!.outer(y!),
  'einsum twice': (x, y) => einsum('ij,kj->ik', x!.mul(x!), y!),

  'softmax twice': (x) => x!.softmax(-1),
  'logSoftmax twice': (x) => x!.logSoftmax(-1),
  'logSumExp twice': (x) => x!.logSumExp(-1),
  'logSumExp [0,2] keepDim': (x) => x!.logSumExp([0, 2], { keepDim: true }),
  'softmax of extremes': (x) => [x!.softmax(-1), x!.logSoftmax(-1)],
  'logSumExp of extremes': (x) => x!.logSumExp(-1),
  'logSumExp of -Infinity alone': (x) => x!.logSumExp(-1),
  'variance twice': (x) => x!.variance(1),
  'std of equal values': (x) => x!.std(),
  'norm twice': (x) => x!.norm(1),
  'prod, no zero': (x) => x!.prod(),
  'prod, one zero': (x) => x!.prod(),
  'prod, two zeros': (x) => x!.prod(),
  'prod along 1': (x) => x!.prod(1),
  'max all, ties': (x) => x!.max(),
  'min all, ties': (x) => x!.min(),
  'amax twice': (x) => x!.mul(x!).amax(1),
  'max, min of NaN': (x) => [x!.amax(1), x!.amin(1)],
  'argmax, argmin, ties': (x) => [
    x!.argmax(),
    x!.argmin(),
    x!.argmax(1),
    x!.argmin(1),
    x!.argmax(-1, { keepDim: true }),
  ],
  'argmax, argmin of NaN': (x) => [x!.argmax(1), x!.argmin(1)],
  'sum, mean': (x) => [x!.sum(), x!.sum([0, 2]), x!.mean(1, { keepDim: true }), x!.mean()],
  'all, any': (x) => [x!.all(), x!.any(), x!.all(1), x!.any(0)],

  'at 1': (x) => x!.at(1),
  'at -1 2': (x) => x!.at(-1, 2),
  'at : 1:3': (x) => x!.at({}, { start: 1, stop: 3 }),
  'at ... ::2': (x) => x!.at('...', { step: 2 }),
  'at [2,0]': (x, i) => x!.at(i!),
  'at : [0,2,2,-1]': (x, i) => x!.at({}, i!),
  'at [0,1] [1,3]': (x, i, j) => x!.at(i!, j!),
  'at [[0],[2]] [1,3]': (x, i, j) => x!.at(i!, j!),
  'at null : 1': (x) => x!.at(null, {}, 1),
  'at [0,1] : [1,0]': (x, i, j) => x!.at(i!, {}, j!),
  'at : [0,2] [1,0]': (x, i, j) => x!.at({}, i!, j!),
  'at 1 : [0,0,1]': (x, i) => x!.at(1, {}, i!),
  'at null 0:1 [1,1] ...': (x, i) => x!.at(null, { start: 0, stop: 1 }, i!, '...'),
  'at [[0,1],[1,1]] ... 0': (x, i) => x!.at(i!, '...', 0),
  'indexSelect 1': (x, i) => x!.indexSelect(1, i!),
  'gather 1': (x, i) => x!.gather(1, i!),
  'gather 0, smaller index': (x, i) => x!.gather(0, i!),
  'scatterAdd 0': (x, i, source) => x!.scatterAdd(0, i!, source!),
  'scatterAdd 1': (x, i, source) => x!.scatterAdd(1, i!, source!),
  'gather twice': (x, i) => x!.mul(x!).gather(1, i!),
  'oneHot 4': (i) => i!.oneHot(4),

  'pad [[1,0],[2,1]] 0.5': (x) =>
    x!.pad(
      [
        [1, 0],
        [2, 1],
      ],
      { value: 0.5 },
    ),
  'pad [[-1,1]]': (x) => x!.pad([[-1, 1]]),
  'flip 1': (x) => x!.flip(1),
  'flip all': (x) => x!.flip(),
  'roll 1 1': (x) => x!.roll(1, 1),
  'roll -5 1': (x) => x!.roll(-5, 1),
  'repeat [2,1,2]': (x) => x!.repeat([2, 1, 2]),
  'tile [2]': (x) => x!.tile([2]),
  'expand [2,-1,3]': (x) => x!.expand([2, -1, 3]),
  'transpose, permute, reshape': (x) => [
    x!.transpose(0, 2),
    x!.permute([2, 0, 1]),
    x!.reshape([-1, 6]),
  ],
  'concat 1': (x, y) => concat([x!, y!], 1),
  'concat -2': (x, y) => concat([x!, y!, x!], -2),
  'stack 1': (x, y) => stack([x!, y!], 1),
  'stack -1': (x, y) => stack([x!, y!], -1),
  'split 2': (x) => x!.split(2, 1),
  'split [1,3,1]': (x) => x!.split([1, 3, 1], 1),
  'chunk 2': (x) => x!.chunk(2, 1),
  'chunk 4 of 5': (x) => x!.chunk(4),
  'unbind 1': (x) => x!.unbind(1),
  'narrow 1 1 2': (x) => x!.narrow(1, 1, 2),

  'f64 to others': (x) => [x!.int(), x!.bool(), x!.float()],
  'f32 to others': (x) => [x!.int(), x!.bool(), x!.double()],
  'f32 to u8': (x) => x!.to('u8'),
  'f64 to f32 beyond the range': (x) => x!.float(),
  'i32 to others': (x) => [x!.to('u8'), x!.bool(), x!.float(), x!.double()],
  'u8 to others': (x) => [x!.int(), x!.bool(), x!.float()],
  'bool to others': (x) => [x!.int(), x!.to('u8'), x!.float()],
  'remainder of integers': (x, y) => x!.remainder(y!),
  'division of integers': (x, y) => x!.div(y!),
  'sub, mul of integers': (x, y) => [x!.sub(y!), x!.mul(y!)],
  'i32 wraps': (x) => [x!.add(1), x!.mul(2), x!.neg()],
  'u8 wraps': (x, y) => [x!.add(y!), x!.sub(y!), x!.mul(y!)],
  'integer pow': (x) => [x!.pow(0), x!.pow(2), x!.pow(5)],
  'abs, sign of integers': (x) => [x!.abs(), x!.sign()],
  'exp, sqrt of integers': (x) => [x!.exp(), x!.sqrt()],
  'sum, prod, max of integers': (x) => [x!.sum(), x!.prod(1), x!.amax(0)],
  'sum of u8, of bool': (x, y) => [x!.sum(), y!.sum()],
  promotion: (i, u, t, h, d) => [
    i!.add(u!),
    i!.add(h!),
    u!.add(h!),
    h!.add(d!),
    i!.add(d!),
    t!.add(h!),
    t!.add(i!),
    u!.mul(t!),
  ],
  'promotion with numbers': (i, u, h) => [
    i!.add(1),
    i!.add(1.5),
    i!.mul(2),
    u!.add(1),
    h!.add(1),
    i!.div(2),
    i!.eq(1),
  ],
  linspace: () => linspace(-1, 2, 7, { dtype: 'f64' }),
  arange: () => [arange(2, 9, 3), arange(0, 1, 0.25), arange(3, -1, -2)],
};

for (const shapes of ['[2,3] [3]', '[2,1,3] [4,1]', '[] [2,2]']) {
  for (const op of ['add', 'sub', 'mul', 'div'] as const) {
    computations[`${op} ${shapes}`] = (x, y) => x![op](y!);
  }
}
const unary =
  'neg sin cos exp expm1 tanh sigmoid erf log sqrt rsqrt reciprocal log1p abs sign relu floor ceil round';
for (const op of unary.split(' ') as ('exp' | 'log')[]) {
  computations[op] = (x) => x![op]();
  computations[`${op} of specials`] = (x) => x![op]();
}
for (const e of [0, 1, 2, 3, 4, 5, 0.5, 1.5, -1, -2, -3]) {
  computations[`pow ${e} of 0 and positive`] = (x) => x!.pow(e);
  computations[`pow ${e} of negative`] = (x) => x!.pow(e);
}
for (const axis of [0, 1, -1]) {
  computations[`softmax ${axis}`] = (x) => x!.softmax(axis);
  computations[`logSoftmax ${axis}`] = (x) => x!.logSoftmax(axis);
  computations[`logSumExp ${axis}`] = (x) => x!.logSumExp(axis);
}
for (const [label, axes] of [
  ['all', undefined] as const,
  ['0', 0] as const,
  ['[0,2]', [0, 2]],
] as const) {
  for (const correction of [0, 1]) {
    computations[`variance ${label} correction ${correction}`] = (x) =>
      x!.variance(axes, { correction });
    computations[`std ${label} correction ${correction}`] = (x) => x!.std(axes, { correction });
  }
}
for (const p of [1, 2, 3, 0.5, Infinity]) {
  computations[`norm ${p} along 1`] = (x) => x!.norm(1, { p });
  computations[`norm ${p}`] = (x) => x!.norm(undefined, { p });
  computations[`norm ${p} of zeros`] = (x) => x!.norm(undefined, { p });
}
for (const op of ['amax', 'amin'] as const) {
  computations[`${op} all, ties`] = (x) => x![op]();
  computations[`${op} 0, ties`] = (x) => x![op](0);
  computations[`${op} [1,2] keepDim, ties`] = (x) => x![op]([1, 2], { keepDim: true });
}
for (const k of [-2, -1, 0, 1, 2]) {
  computations[`tril ${k}`] = (x) => x!.tril(k);
  computations[`triu ${k}`] = (x) => x!.triu(k);
  computations[`diagonal ${k}`] = (x) => x!.diagonal(k);
}

/** The computation of a case, also where its name holds the equation or the shapes. */
function computationOf(name: string): Computation | undefined {
  const known = computations[name];
  if (known) return known;
  const [op, first = ''] = name.split(' ');
  if (op === 'einsum') return (...inputs) => einsum(first, ...inputs);
  if (op === 'matmul' && first.startsWith('[')) return (x, y) => x!.matmul(y!);
  return undefined;
}

function made([shape, values, fixed]: Described, dtype: DType): Tensor {
  return tensor(values.map(Number), { shape, dtype: fixed ?? dtype });
}

/** The weights of the script's `weighted`, times the tensors, summed up. */
function weighted(tensors: readonly Tensor[], step: number): Tensor {
  let next = 0;
  const parts = tensors.map((t) => {
    const w = Array.from({ length: t.size }, () => (((step * next++ + 3) % 11) - 4.5) / 4);
    return t.mul(tensor(w, { shape: t.shape, dtype: t.dtype })).sum();
  });
  return parts.reduce((sum, part) => sum.add(part));
}

/** Of results, not of gradients, the sign of a zero counts as well. */
function expectAlike(what: string, actual: Tensor, expected: Numbers, dtype: DType): void {
  expect({ what, dtype: actual.dtype }).toEqual({ what, dtype });
  const wanted = expected.map(Number);
  const got = Array.from(actual.dataSync());
  const scale = Math.max(1, ...wanted.filter(Number.isFinite).map(Math.abs));
  const isClose = (value: number, i: number): boolean => {
    if (Object.is(value, wanted[i])) return true;
    if (value === 0 && wanted[i] === 0) return !what.startsWith('result');
    return Math.abs(value - wanted[i]!) <= TOLERANCE[dtype] * scale;
  };
  if (got.length !== wanted.length || !got.every(isClose)) {
    expect({ what, values: got }).toEqual({ what, values: wanted });
  }
}

function check(golden: Case, result: Result, dtype: DType): void {
  const inputs = golden.in.map((x) => made(x, dtype));
  const tracked = inputs.filter((t, i) => golden.in[i]![2] === undefined);
  for (const t of tracked) t.requiresGrad = result.grads !== undefined;
  const outcome = computationOf(golden.name)!(...inputs);
  const out = outcome instanceof Tensor ? [outcome] : outcome;
  evaluate(...out);
  expect(out.map((t) => t.shape)).toEqual(result.out.map(([shape]) => shape));
  result.out.forEach(([, values, own], i) => {
    expectAlike(`result ${i}`, out[i]!, values, own ?? dtype);
  });
  if (!result.grads) return;
  const first = grad(weighted(out, 5), tracked);
  evaluate(...first);
  result.grads.forEach((g, i) => expectAlike(`gradient ${i}`, first[i]!, g, dtype));
  if (!result.second) return;
  const second = grad(weighted(first, 7), tracked, { allowUnused: true });
  evaluate(...second);
  result.second.forEach((g, i) => expectAlike(`second derivative ${i}`, second[i]!, g, dtype));
}

test('every golden has a computation', () => {
  const names = goldens.cases.map((c) => c.name);
  expect(names.filter((name) => !computationOf(name))).toEqual([]);
});

for (const dtype of ['f64', 'f32', 'fixed'] as const) {
  const cases = goldens.cases.filter((golden) => golden[dtype]);
  test.each(cases)(`${dtype}: $name`, (golden) => {
    check(golden, golden[dtype]!, dtype === 'fixed' ? 'f32' : dtype);
  });
}
