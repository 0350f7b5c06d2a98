// covers: src/engine/compiler/bounds/bound-graph.ts, src/engine/compiler/bounds/rule.ts
// covers: src/engine/compiler/bounds/rules.ts, src/engine/compiler/bounds/movement-rules.ts
// covers: src/engine/compiler/bounds/window-rules.ts, src/engine/compiler/bounds/indexed-rules.ts
// covers: src/engine/compiler/bounds/dynamic-rules.ts, src/engine/compiler/bounds/scan-rule.ts
// covers: src/engine/compiler/bounds/random-rule.ts, src/engine/compiler/bounds/wanted-zeros.ts
// covers: src/engine/compiler/bounds/places.ts, src/engine/compiler/bounds/reshape-rule.ts
// covers: src/engine/graph/advance-counter.ts
// Functions at all sizes below a bound: one program gives what one for each size gives.
import { describe, expect, test } from 'vitest';
import type { Shape, Tensor } from '../../src/tensor/index.js';
import {
  arange,
  avgPool,
  bernoulli,
  checkpoint,
  col2im,
  compile,
  concat,
  conv,
  convTranspose,
  einsum,
  eye,
  fromData,
  full,
  grad,
  im2col,
  manualSeed,
  maxPool,
  maxPoolIndices,
  ones,
  rand,
  randint,
  randn,
  scan,
  segmentGather,
  segmentMax,
  segmentMean,
  segmentSum,
  stack,
  sumPool,
  tensor,
  where,
  zeros,
} from '../../src/tensor/index.js';
import { testDevice } from '../device.js';
import { sample } from './check.js';

type F = (...args: Tensor[]) => Tensor | Tensor[];

/** Arguments at sizes N and E: x [N, 3], y [N, 3] > 0, v [E, 3], from and to i32 [E] below N. */
type Arguments = (n: number, e: number) => Tensor[];

const x32 = (shape: Shape, seed = 1): Tensor => sample(shape, seed).float();
const concrete = (t: Tensor): Tensor => {
  t.dataSync();
  return t;
};

const one: Arguments = (n) => [concrete(x32([n, 3]))];
const vector: Arguments = (n) => [concrete(x32([n], 2))];
const two: Arguments = (n) => [concrete(x32([n, 3])), concrete(x32([n, 3], 5))];
const both: Arguments = (n, e) => [concrete(x32([n, 3])), concrete(x32([e, 3], 4))];
const cube: Arguments = (n) => [concrete(x32([2, n, 4])), concrete(x32([2, n, 4], 3))];
const steps: Arguments = (n) => [concrete(x32([n, 4, 3]))];
const graph: Arguments = (n, e) => {
  const index = (factor: number): Tensor =>
    fromData(
      Int32Array.from({ length: e }, (_, i) => (n === 0 ? 0 : (i * factor + 1) % n)),
      [e],
    );
  return [concrete(x32([n, 3])), index(7), index(3)];
};

const N = { N: 11 };
const E = { E: 17 };

/** Elements x [E, 3] of N segments with pointers [N + 1], and a row for each of these [N, 3]. */
const segments: Arguments = (n, e) => {
  const ptr = Int32Array.from({ length: n + 1 }, (_, v) => {
    return v === 0
      ? Math.min(1, e)
      : v === n
        ? e
        : Math.max(Math.min(1, e), Math.floor((v * e) / n));
  });
  if (n === 0) ptr[0] = 0;
  return [concrete(x32([e, 3])), fromData(ptr, [n + 1]), concrete(x32([n, 3], 8))];
};
const images: Arguments = (n) => [concrete(x32([n, 2, 5, 6])), concrete(x32([n], 2))];
const series: Arguments = (n) => [concrete(x32([2, 3, n]))];
const sequence: Arguments = (n, e) => [concrete(x32([e, n, 3])), concrete(x32([n, 4], 3))];
const BOUNDS = new Map<Arguments, readonly unknown[]>([
  [one, [N]],
  [vector, [N]],
  [two, [N, N]],
  [both, [N, E]],
  [
    cube,
    [
      [null, N],
      [null, N],
    ],
  ],
  [steps, [N]],
  [graph, [N, E, E]],
  [segments, [E, { 'N + 1': 12 }, N]],
  [images, [N, N]],
  [series, [[null, null, N]]],
  [sequence, [[E, N], N]],
]);

const weight = (shape: Shape): Tensor => concrete(x32(shape, 6));
const [W2, W1, WH, WX] = [weight([4, 2, 3, 3]), weight([4, 3, 3]), weight([4, 4]), weight([3, 4])];
const FIVE = concrete(x32([5, 3], 9));
const start = (at: readonly number[]): Tensor => concrete(tensor(at, { dtype: 'i32' }));

/** -∞ or NaN wherever an argument is 0, as it is beyond its size. */
const harsh = (x: Tensor): Tensor => x.abs().log();

const CASES: Record<string, readonly [Arguments, F]> = {
  elementwise: [two, (x, y) => x.mul(2).add(y).exp().maximum(1)],
  'sum over the rows': [one, (x) => harsh(x!).sum(0)],
  'sum of all': [one, (x) => harsh(x!).sum()],
  'sum of columns': [one, (x) => harsh(x!).sum(1)],
  product: [one, (x) => harsh(x!).prod(0)],
  largest: [one, (x) => [harsh(x!).max(0), harsh(x!).max(), harsh(x!).neg().max(0)]],
  smallest: [one, (x) => [harsh(x!).min(0), harsh(x!).min()]],
  integers: [
    one,
    (x) => {
      const k = x!.mul(100).int();
      return [k.sub(500).max(0), k.add(500).min(0), k.sum(0), k.prod(0), k.sub(500).argmax(0)];
    },
  ],
  bytes: [one, (x) => [x!.abs().mul(100).to('u8').min(0), x!.abs().mul(100).to('u8').max(0)]],
  'place of the largest': [
    one,
    (x) => [harsh(x!).argmax(0), harsh(x!).argmax(1), harsh(x!).argmax()],
  ],
  'place of the smallest': [one, (x) => [harsh(x!).neg().argmin(0), harsh(x!).argmin()]],
  mean: [one, (x) => [x!.mean(), x!.mean(0), x!.mean(1)]],
  variance: [one, (x) => [x!.variance(0), x!.variance(), x!.std(0, { correction: 0 })]],
  norms: [one, (x) => [x!.norm(), x!.norm(0, { p: 3 }), x!.norm(0, { p: Infinity })]],
  'log-sum-exp': [one, (x) => [harsh(x!).logSumExp(0), harsh(x!).logSumExp()]],
  softmax: [one, (x) => [x!.softmax(0), x!.softmax(1), x!.logSoftmax(0), harsh(x!).softmax(0)]],
  'all and any': [one, (x) => [x!.gt(-9).all(), x!.gt(0.9).any(0), x!.gt(-9).all(0)]],
  'products over N': [two, (x, y) => harsh(x!).T.matmul(harsh(y!))],
  'products with N free': [two, (x, y) => harsh(x!).matmul(y!.T)],
  'products of products': [two, (x, y) => harsh(x!).matmul(y!.T).matmul(harsh(y!))],
  'inner product': [vector, (x) => harsh(x!).dot(harsh(x!))],
  attention: [cube, (q, k) => q!.matmul(k!.transpose(1, 2)).div(2).softmax(-1).matmul(k!)],
  heads: [
    cube,
    (q, k) => {
      const split = (x: Tensor): Tensor => x.reshape([2, x.shape[1]!, 2, 2]).transpose(1, 2);
      const out = split(q!).matmul(split(k!).transpose(2, 3)).softmax(-1).matmul(split(k!));
      return out.transpose(1, 2).reshape(q!.shape);
    },
  ],
  'causal attention': [
    cube,
    (q, k) => {
      const t = q!.shape[1]!;
      const hidden = ones([t, t], { dtype: 'bool' }).tril().logicalNot();
      const scores = q!.matmul(k!.transpose(1, 2));
      return where(hidden, -Infinity, scores).softmax(-1).matmul(k!);
    },
  ],
  einsum: [cube, (a, b) => [einsum('btd,btd->bd', a!, b!), einsum('btd,bsd->ts', a!, b!)]],
  'merged axes': [
    steps,
    (x) => {
      const flat = harsh(x!).reshape([-1, 3]);
      return [
        flat.sum(0),
        flat.mul(2).reshape([-1, 4, 3]).sum(0),
        flat.matmul(flat.T),
        flat.mean(),
      ];
    },
  ],
  flattened: [
    steps,
    (x) => [harsh(x!).flatten().sum(), x!.flatten(1).sum(0), x!.flatten().argmax()],
  ],
  'merged inner axes': [
    sequence,
    (x) => {
      const flat = harsh(x!).transpose(0, 1).transpose(1, 2);
      const wide = flat.reshape([x!.shape[1]!, -1]);
      return [wide, wide.reshape(flat.shape).sum(2), flat.reshape([-1, x!.shape[0]!]).sum(0)];
    },
  ],
  'slices from the front': [one, (x) => [x!.slice(0, 1), x!.slice(0, 0, -1), x!.slice(1, 0, 3, 2)]],
  'slices from the end': [one, (x) => [harsh(x!).slice(0, -1), x!.slice(0, -2, -1), x!.at(-1)]],
  'slices backwards': [one, (x) => [x!.flip(0), harsh(x!).flip([0, 1]).sum(0)]],
  padding: [
    one,
    (x) => {
      return [
        [1, 2],
        [0, 1],
        [2, 0],
      ].map((by) => harsh(x!).pad([by as [number, number], [0, 0]], { value: 7 }));
    },
  ],
  rolled: [one, (x) => [x!.roll(1, 0), harsh(x!).roll(-1, 0)]],
  concatenation: [
    both,
    (x, v) => [
      concat([x!, v!]),
      concat([v!, x!, v!]),
      concat([ones([2, 3]), harsh(x!)]).sum(0),
      concat([harsh(x!), ones([2, 3]), v!]).sum(0),
      concat([x!, harsh(x!)], 1).sum(0),
    ],
  ],
  stack: [two, (x, y) => [stack([x!, y!]), stack([x!, harsh(y!)], 1).sum(0)]],
  repetition: [
    one,
    (x) => [x!.repeat([1, 2]), x!.unsqueeze(1).expand([-1, 2, -1]), x!.repeat([2, 1, 1])],
  ],
  triangles: [two, (x, y) => [x!.matmul(y!.T).tril(), x!.matmul(y!.T).triu(1).sum(0)]],
  gather: [
    graph,
    (x, from, to) => {
      return [x!.indexSelect(0, from!), harsh(x!).at(to!), x!.sum(1).at(from!.sub(x!.shape[0]!))];
    },
  ],
  scatter: [
    graph,
    (x, from, to) => {
      const messages = harsh(x!).at(from!);
      const index = to!.reshape([-1, 1]).expand([-1, 3]);
      const sums = zeros(x!.shape).scatterAdd(0, index, messages);
      return [sums, zeros([11, 3]).scatterAdd(0, index, messages), sums.exp().sum(0)];
    },
  ],
  'one-hot': [graph, (x, from) => [from!.oneHot(x!.shape[0]!), from!.oneHot(x!.shape[0]!).sum(0)]],
  'self-loops': [
    graph,
    (x, from, to) => {
      const loops = arange(x!.shape[0]!);
      const [source, target] = [concat([from!, loops]), concat([to!, loops])];
      const degree = zeros([x!.shape[0]!]).scatterAdd(0, target, ones([target.size]));
      const norm = degree.rsqrt().at(source).mul(degree.rsqrt().at(target));
      const messages = x!.at(source).mul(norm.unsqueeze(1));
      return zeros(x!.shape).scatterAdd(0, target.unsqueeze(1).expand([-1, 3]), messages);
    },
  ],
  segments: [
    segments,
    (x, ptr, y) => {
      const safe = x!.abs().add(0.1);
      return [
        segmentSum(safe.log(), ptr!),
        segmentMax(safe, ptr!),
        segmentMean(safe, ptr!),
        segmentGather(y!, ptr!, x!.shape[0]!),
        segmentGather(segmentMax(safe, ptr!), ptr!, x!.shape[0]!).sum(0),
      ];
    },
  ],
  'softmax over segments': [
    segments,
    (x, ptr) => {
      const e = x!.shape[0]!;
      const shifted = x!.sub(segmentGather(segmentMax(x!, ptr!), ptr!, e)).exp();
      return shifted.div(segmentGather(segmentSum(shifted, ptr!), ptr!, e).add(0.01));
    },
  ],
  'convolution of a batch': [
    images,
    (x) => {
      const w = W2.add(x!.sum().mul(0));
      return [
        conv(harsh(x!), w, { padding: 1, stride: 2 }).maximum(-50),
        conv(x!, w).relu().mean([2, 3]),
        convTranspose(x!, w.transpose(0, 1).slice(0, 0, 2), { stride: 2 }).sum([0, 2]),
      ];
    },
  ],
  'gradient of the weight': [
    images,
    (x) => {
      return grad((w: Tensor) =>
        conv(x!, w, {
          padding: [
            [1, 0],
            [2, 2],
          ],
        })
          .pow(2)
          .sum(),
      )(W2);
    },
  ],
  'pools of a batch': [
    images,
    (x) => [
      maxPool(harsh(x!), { size: 2 }),
      avgPool(x!, { size: 3, stride: 1, padding: 1 }),
      maxPoolIndices(x!, { size: 2 }),
      sumPool(x!, { size: [2, 3] }).sum(0),
    ],
  ],
  'convolution along the size': [
    series,
    (x) => [
      conv(harsh(x!).maximum(-50), W1, { padding: 1 }),
      conv(x!, W1, { dilation: 2, padding: 4 }).sum(-1),
      grad((w: Tensor) => conv(x!, w, { padding: 2 }).pow(2).sum())(W1),
    ],
  ],
  'windows of a batch as columns, and back': [
    images,
    (x) => {
      const options = { size: [2, 3], stride: [1, 2], padding: 1 };
      const columns = im2col(harsh(x!).maximum(-50), options);
      return [columns, col2im(columns.pow(2), { ...options, outputSize: x!.shape.slice(2) })];
    },
  ],
  'windows along the size as columns': [
    series,
    (x) => [
      im2col(harsh(x!).maximum(-50), { size: 3, padding: 1 }),
      im2col(x!, { size: 2, dilation: 2, padding: 1 }).sum(-1),
    ],
  ],
  'pools along the size': [
    series,
    (x) => [
      maxPool(harsh(x!).neg().maximum(-9), { size: 3, stride: 1, padding: 1 }),
      avgPool(x!, { size: 3, stride: 1, padding: 1 }),
      maxPoolIndices(x!.neg(), { size: 2, stride: 1 }),
      sumPool(x!, { size: 2, stride: 1 }).sum(-1),
    ],
  ],
  order: [
    one,
    (x) => [
      x!.argsort(0),
      x!.sort(0).values,
      x!.sort(0, { descending: true }).values,
      harsh(x!).argsort(0, { descending: true }),
      x!.argsort(1),
      x!.int().argsort(0),
      x!.int().argsort(0, { descending: true }),
      harsh(x!).exp().cumsum(0),
      x!.cumsum(0, { reverse: true, exclusive: true }),
      x!.cumsum(1, { reverse: true }),
    ],
  ],
  'the largest few': [one, (x) => x!.topk(2, 0).values],
  'moving windows': [
    one,
    (x) => [
      x!.dynamicSlice(start([1, 1]), [2, 2]),
      x!.dynamicSlice(start([99, 0]), [1, 3]),
      x!.dynamicUpdate(ones([1, 2]), start([5, 9])),
      x!.dynamicSlice(start([0, 0]), [x!.shape[0]!, 2]),
    ],
  ],
  'a cache that is written': [
    one,
    (x) => [
      full([14, 3], 2).dynamicUpdate(x!, start([2, 0])),
      full([14, 4], 2).dynamicUpdate(x!, start([9, 1])),
      full([12, 3], 2)
        .dynamicUpdate(harsh(x!), start([99, -1]))
        .sum(),
    ],
  ],
  'scan over the batch': [
    sequence,
    (_, h) => {
      const [last, all] = scan(
        (c: Tensor, x: Tensor) => {
          const next = c.matmul(WH).add(x.matmul(WX)).tanh().sub(c.mean(0));
          return [next, next.sum(0)] as [Tensor, Tensor];
        },
        h!,
        FIVE,
      );
      return [last, all];
    },
  ],
  'scan over the size': [
    sequence,
    (x, h) => {
      const [last, all] = scan(
        (c: Tensor, v: Tensor) => {
          const next = c.matmul(WH).add(v.matmul(WX)).tanh();
          return [next, next.mul(2)] as [Tensor, Tensor];
        },
        h!,
        x!,
      );
      return [last, all, all.sum([0, 1])];
    },
  ],
  'scan backwards': [
    sequence,
    (x, h) => {
      const [last, all] = scan(
        (c: Tensor, v: Tensor) => [c.mul(0.5).add(v.matmul(WX)), c.sum(1)] as [Tensor, Tensor],
        h!,
        x!,
        { reverse: true },
      );
      return [last, all];
    },
  ],
  'weights of a scan': [
    sequence,
    (x, h) => {
      return grad((w: Tensor) => {
        const [last] = scan(
          (c: Tensor, v: Tensor) => [c.matmul(w).add(v.matmul(WX)).tanh(), null] as [Tensor, null],
          h!,
          x!,
        );
        return last.pow(2).sum();
      })(WH);
    },
  ],
  'random numbers in a scan': [
    sequence,
    (x, h) => {
      const [last] = scan(
        (c: Tensor, v: Tensor) => [c.add(v.matmul(WX)).mul(rand(c.shape)), null] as [Tensor, null],
        h!,
        x!,
      );
      return [last, rand([2])];
    },
  ],
  'memory for time': [one, (x) => checkpoint((v: Tensor) => v.exp().sub(v.mean()).sin())(x!)],
  'random numbers after others': [
    one,
    (x) => {
      const n = x!.shape[0]!;
      return [rand([n, 2]), rand([3]), randn([n]), rand([2, n])];
    },
  ],
  'numbers of the size': [
    one,
    (x) => {
      const n = x!.shape[0]!;
      return [x!.mul(1 / n), x!.mul(n), x!.mul(n * 0.1), x!.mul(Math.sqrt(n)), x!.add(3 * n - 2)];
    },
  ],
  'made in the size': [
    one,
    (x) => {
      const n = x!.shape[0]!;
      return [
        arange(n),
        eye(n),
        full([n, 2], n),
        ones([n, 4]).sum(),
        ones([n]),
        arange(1, n + 1).sum(),
      ];
    },
  ],
  'random numbers': [
    one,
    (x) => {
      const n = x!.shape[0]!;
      return [
        rand([n, 2]),
        randn([n, 2]),
        randint(0, 10, [3, n]),
        bernoulli(0.5, [n]).sum(),
        rand([2, n, 2], { dtype: 'f64' }),
      ];
    },
  ],
};

/** Sizes below which a case is not what it is above: it clamps a slice, or has no result. */
const LEAST: Record<string, number> = {
  'slices from the front': 1,
  'slices from the end': 2,
  'place of the largest': 1,
  'place of the smallest': 1,
  flattened: 1,
  rolled: 1,
};

/**
 * Sizes at which another function is recorded: as many steps as N has halves, or nothing to roll.
 */
const OWN_PROGRAMS: Record<string, number> = {
  'product, gradients': 4,
  'rolled, values': 1,
  'rolled, gradients': 1,
};

/** f's gradient by its first argument, for a fixed weighting of its results. */
function gradientOf(f: F): F {
  return (...args) => {
    const loss = (x: Tensor): Tensor => {
      const out = [f(x, ...args.slice(1))].flat();
      const floats = out.filter((y) => y.dtype === 'f32');
      return floats
        .map((y, i) =>
          y
            .mul(y)
            .mul(i + 1)
            .sum(),
        )
        .reduce((a, b) => a.add(b), x.sum().mul(0));
    };
    return grad(loss)(args[0]!);
  };
}

function outcome(call: () => Tensor | Tensor[]): unknown {
  manualSeed(5);
  try {
    return [call()].flat().map((t) => ({ shape: t.shape, data: Array.from(t.dataSync()) }));
  } catch (error) {
    return (error as Error).constructor.name;
  }
}

function closeTo(v: number): unknown {
  return Number.isFinite(v) ? expect.closeTo(v, 3 - Math.log10(Math.max(1, Math.abs(v)))) : v;
}

function expectSame(actual: unknown, wanted: unknown, size: string): void {
  if (testDevice.name === 'interpreter' || typeof wanted === 'string') {
    expect({ size, actual }).toEqual({ size, actual: wanted });
    return;
  }
  // Lanes may group a sum in another way.
  const near = (list: unknown): unknown =>
    (list as { shape: Shape; data: number[] }[]).map(({ shape, data }) => ({
      shape,
      data: data.map((v) => closeTo(v)),
    }));
  expect({ size, actual }).toEqual({ size, actual: near(wanted) });
}

describe.each(Object.entries(CASES))('%s', (name, [args, f]) => {
  test.each([
    ['values', f],
    ['gradients', gradientOf(f)],
  ] as const)('%s', (kind, g) => {
    const bounded = compile(g as (...a: Tensor[]) => Tensor | Tensor[], {
      bounds: BOUNDS.get(args) as never,
    });
    const exact = compile(g as (...a: Tensor[]) => Tensor | Tensor[]);
    for (const [n, e] of [
      [11, 17],
      [4, 5],
      [1, 1],
      [7, 17],
      [11, 2],
      [2, 3],
      [0, 0],
    ] as const) {
      if (n < (LEAST[name] ?? 0)) continue;
      const given = args(n, e);
      const wanted = outcome(() => exact(...given));
      if (n === 11) expect(wanted).toBeInstanceOf(Array);
      expectSame(
        outcome(() => bounded(...given)),
        wanted,
        `N = ${n}, E = ${e}`,
      );
    }
    expect(bounded.compilations).toBe(1 + (OWN_PROGRAMS[`${name}, ${kind}`] ?? 0));
  });
});
