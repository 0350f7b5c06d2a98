// Random functions of tensors with open sizes: one program for all sizes gives what the function does.
import { expect, test } from 'vitest';
import type { Tensor } from '../../src/tensor/index.js';
import {
  compile,
  concat,
  conv,
  grad,
  maxPool,
  ones,
  scan,
  segmentMax,
  segmentSum,
  setDevice,
  stack,
  where,
} from '../../src/tensor/index.js';
import { Rng } from '../engine/ops/rng.js';
import { testDevice } from '../device.js';
import { sample } from './check.js';

setDevice(testDevice);

/** A value of a random function: its axes by name, F is fixed. */
interface Value {
  readonly axes: string;
  readonly of: (args: readonly Tensor[]) => Tensor;
}

type Step = (rng: Rng, known: readonly Value[]) => Value | undefined;

const harsh = (x: Tensor): Tensor => x.abs().add(0.5).log();
/** An index below the extent of the axis, from numbers of any kind. */
const indexOf = (x: Tensor, size: number): Tensor => {
  return x
    .mul(7)
    .abs()
    .minimum(1000)
    .int()
    .minimum(size - 1)
    .maximum(0);
};

function pick<T>(rng: Rng, list: readonly T[]): T {
  return list[rng.int(0, list.length - 1)]!;
}

/** A step on one value, whose axes stay or become what `to` says. */
function one(from: RegExp, to: (axes: string) => string, f: (x: Tensor) => Tensor): Step {
  return (rng, known) => {
    const fitting = known.filter(({ axes }) => from.test(axes));
    if (fitting.length === 0) return undefined;
    const x = pick(rng, fitting);
    return { axes: to(x.axes), of: (args) => f(x.of(args)) };
  };
}

/** A step on two values of axes that fit `from`, joined by a bar. */
function two(
  from: RegExp,
  to: (x: string, y: string) => string,
  f: (x: Tensor, y: Tensor) => Tensor,
): Step {
  return (rng, known) => {
    const [x, y] = [pick(rng, known), pick(rng, known)];
    if (!from.test(`${x.axes}|${y.axes}`)) return undefined;
    return { axes: to(x.axes, y.axes), of: (args) => f(x.of(args), y.of(args)) };
  };
}

const same = (axes: string): string => axes;
const tail = (axes: string): string => axes.slice(1);
const SQUARE = sample([3, 3], 4).float();
const KERNEL = sample([3, 3, 3], 5).float();
SQUARE.dataSync();
KERNEL.dataSync();

const STEPS: readonly Step[] = [
  one(/./, same, (x) => x.sin().mul(2)),
  one(/./, same, harsh),
  one(/./, same, (x) => x.add(x.shape[0]! / 4)),
  one(/./, tail, (x) => harsh(x).sum(0)),
  one(/./, tail, (x) => x.mean(0)),
  one(/./, tail, (x) => x.max(0)),
  one(/./, tail, (x) => x.argmin(0).float()),
  one(
    /../,
    (axes) => axes.slice(0, -1),
    (x) => x.sum(-1),
  ),
  one(/./, same, (x) => x.softmax(0)),
  one(/./, same, (x) => x.softmax(-1)),
  one(/./, same, (x) => x.sub(x.variance(0, { correction: 0 }))),
  one(/./, same, (x) => x.flip(0)),
  one(/./, same, (x) => x.cumsum(0, { reverse: true })),
  one(/./, same, (x) => harsh(x).cumsum(0)),
  one(/./, same, (x) => x.sort(0).values),
  one(/./, same, (x) => x.gather(0, x.argsort(0, { descending: true }))),
  one(/./, same, (x) => where(x.gt(0), harsh(x), x)),
  one(/./, same, (x) => concat([ones([1, ...x.shape.slice(1)]), x.slice(0, 0, -1)])),
  one(/./, same, (x) => stack([x, harsh(x)]).prod(0)),
  one(
    /^..$/,
    (axes) => axes[1]! + axes[0]!,
    (x) => x.transpose(0, 1),
  ),
  one(/^.F$/, same, (x) => harsh(x).matmul(SQUARE)),
  one(/^.F$/, same, (x) => x.matmul(harsh(x).T).tanh().matmul(x)),
  one(
    /^.F$/,
    () => 'FF',
    (x) => harsh(x).T.matmul(x),
  ),
  one(/^.F$/, same, (x) => x.add(x.reshape([-1]).mean()).reshape(x.shape)),
  one(/^.F$/, same, (x) => conv(harsh(x).T.unsqueeze(0), KERNEL, { padding: 1 }).squeeze(0).T),
  one(/^.F$/, same, (x) => {
    return maxPool(x.T.unsqueeze(0), { size: 3, stride: 1, padding: 1 }).squeeze(0).T;
  }),
  one(
    /^.F$/,
    () => 'F',
    (x) => {
      const carry = ones([3]).mul(x.mean());
      return scan(
        (c: Tensor, v: Tensor) => [c.mul(0.5).add(v), null] as [Tensor, null],
        carry,
        x,
      )[0];
    },
  ),
  one(/^.F$/, same, (x) => {
    const step = (c: Tensor, v: Tensor): [Tensor, Tensor] => [c.mul(0.5).add(v), c.sin()];
    return scan(step, ones([3]), x, { reverse: true })[1];
  }),
  one(
    /^.F$/,
    () => 'FF',
    (x) => {
      const ptr = indexOf(x.sum(1), x.shape[0]!).sort(0).values;
      return concat([
        segmentSum(x, ptr).slice(0, 0, 1),
        segmentMax(harsh(x), ptr).slice(0, 0, 1),
        x.slice(0, 0, 1),
      ]);
    },
  ),
  two(
    /^(.+)\|\1$/,
    (x) => x,
    (x, y) => x.add(harsh(y)),
  ),
  two(
    /^(.+)\|\1$/,
    (x) => x,
    (x, y) => x.maximum(y).mul(x),
  ),
  two(
    /^.F\|F$/,
    (x) => x,
    (x, y) => x.mul(y.sin()),
  ),
  two(
    /^.F\|.F$/,
    (x, y) => x[0]! + y[0]!,
    (x, y) => harsh(x).matmul(y.T),
  ),
  two(
    /^.F\|.F$/,
    (_x, y) => y,
    (x, y) => x.indexSelect(0, indexOf(y.sum(1), x.shape[0]!)),
  ),
  two(
    /^(.)F\|\1F$/,
    (x) => x,
    (x, y) => {
      const index = indexOf(y, x.shape[0]!);
      return ones(x.shape).scatterAdd(0, index, harsh(x));
    },
  ),
  two(
    /^.F\|.F$/,
    (x) => x,
    (x, y) => {
      const both = concat([x, harsh(y)]);
      return both.slice(0, 0, x.shape[0]).add(both.mean(0));
    },
  ),
];

/** A random function of x [N, F] and y [E, F], with its gradient by x. */
function randomFunction(rng: Rng): (x: Tensor, y: Tensor) => Tensor[] {
  const known: Value[] = [
    { axes: 'NF', of: ([x]) => x! },
    { axes: 'EF', of: ([, y]) => y! },
  ];
  const count = rng.int(2, 9);
  while (known.length < count + 2) {
    const made = pick(rng, STEPS)(rng, known);
    if (made && made.axes.length > 0) known.push(memo(made));
  }
  const results = known.slice(-2);
  const f = (x: Tensor, y: Tensor): Tensor[] => {
    cache.clear();
    return results.map((value) => value.of([x, y]));
  };
  return (x, y) => [...f(x, y), grad((v: Tensor) => total(f(v, y)))(x)];
}

const cache = new Map<Value, Tensor>();

/** Values that are used twice are computed once. */
function memo(value: Value): Value {
  return {
    axes: value.axes,
    of: (args) => {
      let made = cache.get(value);
      if (!made) cache.set(value, (made = value.of(args)));
      return made;
    },
  };
}

function total(list: readonly Tensor[]): Tensor {
  return list.map((t) => t.sin().sum()).reduce((a, b) => a.add(b));
}

function outcome(call: () => Tensor[]): number[][] | string {
  try {
    return call().map((t) => [...t.shape, ...t.dataSync()]);
  } catch (error) {
    return (error as Error).message;
  }
}

function isClose(x: number, y: number): boolean {
  if (Object.is(x, y) || x === y) return true;
  return Math.abs(x - y) <= 1e-3 * Math.max(1, Math.abs(x), Math.abs(y));
}

function isRefusal(outcome: unknown): boolean {
  return typeof outcome === 'string' && outcome.includes('compile it without bounds');
}

const COUNT = Number(process.env['GRADUS_FUZZ_GRAPHS'] ?? 150);
const SEED = Number(process.env['GRADUS_FUZZ_SEED'] ?? 1);

test('random functions', () => {
  let ran = 0;
  for (let k = 0; k < COUNT; k++) {
    const rng = new Rng(SEED * 1000003 + k);
    const f = randomFunction(rng);
    const bounds = [{ N: rng.int(5, 12) }, { E: rng.int(5, 40) }] as const;
    const bounded = compile(f, { bounds });
    const [most, mostE] = [bounds[0].N, bounds[1].E];
    for (const [n, e] of [
      [most, mostE],
      [rng.int(2, most), rng.int(2, mostE)],
      [1, rng.int(1, mostE)],
    ] as const) {
      const args = [sample([n, 3], k).float(), sample([e, 3], k + 1).float()] as const;
      args.forEach((t) => t.dataSync());
      const wanted = outcome(() => f(...args));
      const actual = outcome(() => bounded(...args));
      const where = `seed ${SEED}, function ${k}, N = ${n}, E = ${e}`;
      if (typeof wanted === 'string' || typeof actual === 'string') {
        // Both throw, or the function cannot have open sizes and says so.
        const allowed = typeof wanted === 'string' ? typeof actual === 'string' : isRefusal(actual);
        if (!allowed) expect({ where, actual }).toEqual({ where, actual: wanted });
        continue;
      }
      ran++;
      wanted.forEach((list, i) => {
        const odd = list.findIndex((v, j) => !isClose(v, actual[i]![j]!));
        if (odd >= 0 || list.length !== actual[i]!.length) {
          const place = `${where}, result ${i}, element ${odd}`;
          expect({ place, actual: actual[i] }).toEqual({ place, actual: list });
        }
      });
    }
  }
  expect(ran).toBeGreaterThan(COUNT * 2);
});
