// covers: src/nn/loss.ts, src/nn/classification-losses.ts, src/nn/regression-losses.ts
// covers: src/nn/distribution-losses.ts, src/nn/embedding-losses.ts
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WasmDevice } from '../../src/engine/backends/wasm/device.js';
import * as nn from '../../src/nn/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import {
  Parameter,
  compile,
  grad,
  ones,
  rand,
  randn,
  setDevice,
  tensor,
  zeros,
} from '../../src/tensor/index.js';
import { testDevice } from '../device.js';
import {
  checkGradient,
  checkTwice,
  expectClose,
  f64,
  i32,
  sample,
  values,
} from '../tensor/check.js';

const { binaryCrossEntropyWithLogits, crossEntropy, l1Loss, mseLoss, nllLoss } = nn;

describe('gradients against differences, also of the gradient', () => {
  const x = sample([4, 3]).mul(3);
  const y = i32([0, 2, 1, 2]);
  const weight = f64([0.5, 2, 1]);
  const q = sample([4, 3], 5).softmax();
  test.each<[string, (x: Tensor) => Tensor]>([
    ['crossEntropy', (v) => crossEntropy(v, y)],
    [
      'crossEntropy with all options',
      (v) => crossEntropy(v, y, { weight, labelSmoothing: 0.1, ignoreIndex: 1, reduction: 'none' }),
    ],
    ['crossEntropy of probabilities', (v) => crossEntropy(v, q, { weight, labelSmoothing: 0.1 })],
    ['nllLoss', (v) => nllLoss(v.logSoftmax(), y, { weight })],
    ['mseLoss', (v) => mseLoss(v, q)],
    ['l1Loss', (v) => l1Loss(v, q)],
    ['binaryCrossEntropyWithLogits', (v) => binaryCrossEntropyWithLogits(v, q)],
  ])('%s', (_, f) => {
    checkGradient(f, [x]);
    checkTwice(f, x);
  });
  test('by probabilities as targets', () => {
    checkGradient((v, t) => crossEntropy(v, t), [x, q]);
    checkGradient((v, t) => binaryCrossEntropyWithLogits(v, t), [x, q]);
  });
});

describe('laws', () => {
  const rows = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 7 }), fc.integer())
    .map(([n, c, seed]) => ({
      x: sample([n, c], Math.abs(seed) % 1000).mul(20),
      y: i32(Array.from({ length: n }, (_, i) => Math.abs(seed + 3 * i) % c)),
    }));
  test('each row of the gradient of crossEntropy adds up to 0', () => {
    fc.assert(
      fc.property(rows, ({ x, y }) => {
        const g = grad((v: Tensor) => crossEntropy(v, y, { labelSmoothing: 0.1 }))(x);
        expect(Math.max(...values(g.sum(1).abs()))).toBeLessThan(1e-15);
      }),
      { numRuns: 20 },
    );
  });
  test('a constant added to a row changes nothing', () => {
    fc.assert(
      fc.property(rows, ({ x, y }) => {
        const [a, b] = [crossEntropy(x, y), crossEntropy(x.add(8), y)];
        expect(Math.abs(a.item() - b.item())).toBeLessThan(1e-12);
      }),
      { numRuns: 20 },
    );
  });
  test('(2.17): for canonical pairs the gradient by the logits is y - t', () => {
    const x = sample([4, 3]).mul(3);
    const labels = i32([0, 2, 1, 2]);
    const softmaxPair = grad((v: Tensor) => crossEntropy(v, labels, { reduction: 'sum' }))(x);
    const oneHot = labels.oneHot(3, { dtype: 'f64' });
    expectClose(softmaxPair.sub(x.softmax().sub(oneHot)), zeros([4, 3]).array(), 1e-15);
    const t = sample([4, 3], 4).sigmoid();
    const sigmoidPair = grad((v: Tensor) =>
      binaryCrossEntropyWithLogits(v, t, { reduction: 'sum' }),
    )(x);
    expectClose(sigmoidPair.sub(x.sigmoid().sub(t)), zeros([4, 3]).array(), 1e-15);
    const linearPair = grad((v: Tensor) => mseLoss(v, t, { reduction: 'sum' }).div(2))(x);
    expectClose(linearPair.sub(x.sub(t)), zeros([4, 3]).array(), 1e-15);
  });
  test('(2.13): the squared error of a sample is half of mseLoss with reduction sum', () => {
    const [y, t] = [f64([0.5, -1, 2]), f64([1, 1, 0])];
    const wanted = ((0.5 - 1) ** 2 + (-1 - 1) ** 2 + (2 - 0) ** 2) / 2;
    expect(mseLoss(y, t, { reduction: 'sum' }).item() / 2).toBe(wanted);
  });
  test('(2.20): with reduction sum the gradient of a batch is the sum over its samples', () => {
    const [x, y] = [sample([3, 4]), i32([1, 0, 3])];
    const of = (v: Tensor, t: Tensor): Tensor =>
      grad((w: Tensor) => crossEntropy(v.mul(w), t, { reduction: 'sum' }))(f64([1, 2, 3, 4]));
    const parts = [0, 1, 2].map((i) => of(x.narrow(0, i, 1), y.narrow(0, i, 1)));
    expectClose(of(x, y).sub(parts.reduce((a, b) => a.add(b))), [0, 0, 0, 0], 1e-14);
  });
});

describe('class numbers', () => {
  const x = zeros([2, 3]);
  const message =
    'crossEntropy: target has class 3, input [N, C, …] = [2, 3] has 3 classes; use 0…2.';
  test('out of range throw an IndexError', () => {
    expect(() => crossEntropy(x, i32([0, 3]))).toThrow(message);
    expect(() => crossEntropy(x, i32([0, 3]))).toThrow(
      expect.objectContaining({ name: 'IndexError' }) as Error,
    );
    expect(() => nllLoss(x, i32([0, -1]))).toThrow(
      'nllLoss: target has class -1, input [N, C, …] = [2, 3] has 3 classes; use 0…2, or pass ' +
        'ignoreIndex: -1 to leave it out.',
    );
    expect(() => crossEntropy(x, i32([5, -1]), { ignoreIndex: -1 })).toThrow('class 5');
  });
  test('also in a compiled function, at every call, before anything changes', () => {
    const w = new Parameter(zeros([2, 3]));
    const step = compile((y: Tensor) => {
      w.assign(w.add(1));
      return crossEntropy(w, y);
    });
    step(i32([0, 1]));
    expect(() => step(i32([0, 3]))).toThrow(message);
    expect(values(w)).toEqual([1, 1, 1, 1, 1, 1]);
    step(i32([2, 2]));
    expect(step.compilations).toBe(1);
  });
  test('may be u8', () => {
    const y = tensor([2, 1], { dtype: 'u8' });
    const logits = sample([2, 3]);
    expect(crossEntropy(logits, y).item()).toBe(crossEntropy(logits, y.int()).item());
  });
  test('that are all ignored have no mean, and 0 as sum', () => {
    const y = i32([9, 9]);
    const ignored = { ignoreIndex: 9 };
    expect(() => crossEntropy(x, y, ignored)).toThrow(
      'crossEntropy: target is the ignoreIndex 9 everywhere, so there is no mean; leave such a ' +
        "batch out, or use reduction 'sum'.",
    );
    expect(() => nllLoss(x, y, ignored)).toThrow('nllLoss: target is the ignoreIndex 9 everywhere');
    const step = compile((t: Tensor) => crossEntropy(x, t, ignored));
    expect(step(i32([9, 2])).item()).toBeCloseTo(Math.log(3), 6);
    expect(() => step(y)).toThrow('crossEntropy: target is the ignoreIndex 9 everywhere');
    expect(crossEntropy(x, y, { reduction: 'sum', ...ignored }).item()).toBe(0);
    expect(values(crossEntropy(x, y, { reduction: 'none', ...ignored }))).toEqual([0, 0]);
    // Where they are computed nobody knows before: NaN, as in PyTorch.
    expect(crossEntropy(x, y.add(0), ignored).item()).toBeNaN();
    expect(crossEntropy(zeros([0, 3]), i32([]), ignored).item()).toBeNaN();
  });
});

describe('probabilities as targets', () => {
  const x = zeros([2, 3]);
  const told =
    'crossEntropy: target has probabilities that sum to 1.1; divide those of each sample';
  const first = [0.2, 0.3, 0.5];
  test.each([
    [[0.6, 0.3, 0.2], told],
    [[0, 0, 0], 'that sum to 0;'],
    [[1.5, -0.5, 0], 'crossEntropy: target has 1.5; use probabilities.'],
    [[0.625, 0.625, -0.25], 'target has -0.25;'],
    [[NaN, 1, 0], 'target has NaN;'],
    [[0, Infinity, 0], 'target has Infinity;'],
  ])('have to sum to 1: %j', (second, message) => {
    expect(() => crossEntropy(x, tensor([first, second]))).toThrow(message);
    expect(() => crossEntropy(zeros([3]), tensor(second))).toThrow(message);
  });
  test('may have lost some digits', () => {
    const q = tensor([
      [0.333, 0.333, 0.333],
      [0.1, 0.2, 0.70001],
    ]);
    expect(crossEntropy(x, q, { reduction: 'none' }).shape).toEqual([2]);
  });
  test('are summed over the classes of maps', () => {
    // [N, C, L] = [1, 2, 3]
    const maps = tensor([
      [
        [1, 0.5, 0],
        [0, 0.5, 1],
      ],
    ]);
    expect(crossEntropy(zeros([1, 2, 3]), maps).item()).toBeCloseTo(Math.LN2, 6);
    const wrong = tensor([
      [
        [1, 0.5, 0],
        [1, 0.5, 1],
      ],
    ]);
    expect(() => crossEntropy(zeros([1, 2, 3]), wrong)).toThrow('that sum to 2;');
  });
  test('are checked at each call of a compiled function, also below a bound', () => {
    const good = tensor([
      [0.2, 0.3, 0.5],
      [0, 0, 1],
    ]);
    const bad = tensor([
      [0.2, 0.3, 0.5],
      [0.2, 0.4, 0.5],
    ]);
    const plain = compile((q: Tensor) => crossEntropy(x, q));
    const bounded = compile((v: Tensor, q: Tensor) => crossEntropy(v, q), {
      bounds: [{ N: 5 }, { N: 5 }],
    });
    plain(good);
    bounded(x, good);
    expect(() => plain(bad)).toThrow(told);
    expect(() => bounded(x, bad)).toThrow(told);
    expect([plain.compilations, bounded.compilations]).toEqual([1, 1]);
  });
});

describe('extreme logits', () => {
  test('neither overflow nor lose precision', () => {
    expect(crossEntropy(tensor([[1000, 0, -1000]]), i32([0])).item()).toBe(0);
    expect(crossEntropy(tensor([[1000, 0, -1000]]), i32([2])).item()).toBe(2000);
    expectClose(crossEntropy(f64([[20, 0]]), i32([0])), Math.log1p(Math.exp(-20)), 3e-16);
    expect(crossEntropy(tensor([[0, -Infinity]]), i32([0])).item()).toBe(0);
    expect(crossEntropy(tensor([[0, -Infinity]]), i32([1])).item()).toBe(Infinity);
    expect(crossEntropy(tensor([[0, NaN]]), i32([0])).item()).toBeNaN();
    const g = grad((v: Tensor) => crossEntropy(v, i32([0])))(tensor([[1000, -1000, -Infinity]]));
    expect(values(g)).toEqual([0, 0, 0]);
    const z = tensor([1000, -1000], { requiresGrad: true });
    const loss = binaryCrossEntropyWithLogits(z, tensor([0, 1]), { reduction: 'sum' });
    loss.backward();
    expect(loss.item()).toBe(2000);
    expect(values(z.grad!)).toEqual([1, -1]);
  });
});

describe('what does not fit is told', () => {
  const x = zeros([4, 3]);
  test.each([
    [
      () => crossEntropy(x, i32([1])),
      'crossEntropy: input [N, C, …] = [4, 3] takes class numbers of shape [4], target is [1].',
    ],
    [() => crossEntropy(x, i32([[0], [1], [2], [0]])), 'target is [4, 1]; use reshape().'],
    [
      () => crossEntropy(x, tensor([0, 1, 2, 0])),
      "crossEntropy: target is f32, and class numbers are i32; use target.int(), or dtype: 'i32'",
    ],
    [() => crossEntropy(zeros([]), i32(0)), 'crossEntropy: input is a scalar; give [N, C]'],
    [() => crossEntropy(i32([[1, 2]]), i32([0])), 'crossEntropy: input is i32; use f32 or f64.'],
    [
      () => crossEntropy(x, i32([0, 0, 0, 0]), { weight: ones([4]) }),
      'crossEntropy: weight is [4], input [N, C, …] = [4, 3]; give one weight for each of the 3',
    ],
    [() => nllLoss(x, i32([0, 0, 0, 0]), { weight: f64([1, 1, 1]) }), 'nllLoss: weight is f64'],
    [
      () => crossEntropy(x, i32([0, 0, 0, 0]), { labelSmoothing: 1.5 }),
      'crossEntropy: labelSmoothing is 1.5; use a number from 0 to 1.',
    ],
    [() => crossEntropy(x, f64(x.array())), 'crossEntropy: target is f64, input f32'],
    [
      () => crossEntropy(x, x, { ignoreIndex: 0 }),
      'crossEntropy: ignoreIndex is a class number, and target holds probabilities',
    ],
    [
      () => crossEntropy(x, i32([0, 0, 0, 0]), { reduction: 'avg' as 'mean' }),
      "crossEntropy: reduction is 'avg'; use 'mean', 'sum' or 'none'.",
    ],
    [() => mseLoss(x, zeros([4])), 'mseLoss: input is [4, 3] and target [4]; make them equal.'],
    [() => mseLoss(x, zeros([12])), 'for instance by reshape().'],
    [() => l1Loss(x, i32(x.array())), 'l1Loss: input is f32 and target i32; use f32 for both'],
    [
      () => binaryCrossEntropyWithLogits(x, zeros([3])),
      'binaryCrossEntropyWithLogits: input is [4, 3] and target [3]',
    ],
  ])('%s', (f, message) => {
    expect(f).toThrow(message);
  });
});

test('modules do what their functions do', () => {
  const [x, y, t] = [sample([4, 3]), i32([0, 2, 1, 2]), sample([4, 3], 2).sigmoid()];
  const weight = f64([1, 2, 3]);
  const signs = sample([4, 3], 6).sign();
  const some = i32([1, -1, -1, 1]);
  const p = x.sigmoid();
  for (const [loss, wanted] of [
    [new nn.CrossEntropyLoss({ weight }).forward(x, y), crossEntropy(x, y, { weight })],
    [new nn.NLLLoss({ reduction: 'sum' }).forward(x, y), nllLoss(x, y, { reduction: 'sum' })],
    [new nn.BCELoss({ weight }).forward(p, t), nn.binaryCrossEntropy(p, t, { weight })],
    [new nn.BCEWithLogitsLoss().forward(x, t), binaryCrossEntropyWithLogits(x, t)],
    [new nn.HingeLoss({ margin: 2 }).forward(x, signs), nn.hingeLoss(x, signs, { margin: 2 })],
    [new nn.MultiMarginLoss({ p: 2 }).forward(x, y), nn.multiMarginLoss(x, y, { p: 2 })],
    [new nn.MSELoss().forward(x, t), mseLoss(x, t)],
    [new nn.L1Loss().forward(x, t), l1Loss(x, t)],
    [new nn.HuberLoss({ delta: 0.2 }).forward(x, t), nn.huberLoss(x, t, { delta: 0.2 })],
    [new nn.SmoothL1Loss({ beta: 0.2 }).forward(x, t), nn.smoothL1Loss(x, t, { beta: 0.2 })],
    [new nn.LogCoshLoss().forward(x, t), nn.logCoshLoss(x, t)],
    [
      new nn.QuantileLoss({ quantile: 0.9 }).forward(x, t),
      nn.quantileLoss(x, t, { quantile: 0.9 }),
    ],
    [new nn.KLDivLoss({ logTarget: true }).forward(x, t), nn.klDivLoss(x, t, { logTarget: true })],
    [new nn.PoissonNLLLoss({ full: true }).forward(x, t), nn.poissonNllLoss(x, t, { full: true })],
    [
      new nn.GaussianNLLLoss({ eps: 0.4 }).forward(x, t, p),
      nn.gaussianNllLoss(x, t, p, { eps: 0.4 }),
    ],
    [
      new nn.MarginRankingLoss({ margin: 1 }).forward(x, t, signs),
      nn.marginRankingLoss(x, t, signs, { margin: 1 }),
    ],
    [
      new nn.HingeEmbeddingLoss({ margin: 2 }).forward(x, signs),
      nn.hingeEmbeddingLoss(x, signs, { margin: 2 }),
    ],
    [new nn.FocalLoss({ gamma: 1 }).forward(x, y), nn.focalLoss(x, y, { gamma: 1 })],
    [
      new nn.SigmoidFocalLoss({ alpha: null }).forward(x, t),
      nn.sigmoidFocalLoss(x, t, { alpha: null }),
    ],
    [new nn.DiceLoss({ smooth: 3 }).forward(x, y), nn.diceLoss(x, y, { smooth: 3 })],
    [
      new nn.CosineEmbeddingLoss({ margin: -0.5 }).forward(x, t, some),
      nn.cosineEmbeddingLoss(x, t, some, { margin: -0.5 }),
    ],
    [new nn.TripletMarginLoss({ p: 1 }).forward(x, t, p), nn.tripletMarginLoss(x, t, p, { p: 1 })],
    [
      new nn.InfoNCELoss({ symmetric: true }).forward(x, t),
      nn.infoNceLoss(x, t, { symmetric: true }),
    ],
    [
      new nn.InfoNCELoss({ temperature: 1 }).forward(x, t, p),
      nn.infoNceLoss(x, t, { temperature: 1, negatives: p }),
    ],
  ] as const) {
    expect(loss.item()).toBe(wanted.item());
    expect(loss.item()).not.toBe(0);
  }
  expect(String(new nn.CrossEntropyLoss({ weight, labelSmoothing: 0.1 }))).toBe(
    'CrossEntropyLoss(weight=…, labelSmoothing=0.1)',
  );
});

describe('kernels', () => {
  /** What the program for value and gradient of a loss by logits [64, 10] consists of. */
  const kernels = (loss: (x: Tensor, y: Tensor) => Tensor): string => {
    setDevice(new WasmDevice());
    try {
      const w = new Parameter(randn([64, 10]));
      const f = compile((y: Tensor) => {
        w.grad = null;
        const value = loss(w, y);
        value.backward();
        return [value, w.grad!] as const;
      });
      const y = rand([64]).mul(10).int();
      f(y);
      return f.explain();
    } finally {
      setDevice(testDevice);
    }
  };
  test('crossEntropy and its gradient are one kernel by rows, and the mean', () => {
    const text = kernels((x, y) => crossEntropy(x, y));
    expect(text).toMatch(/^2 kernels/);
    expect(text).toMatch(/rows 64, reduce 10.*\n.*f32\[64, 10\]/);
  });
  test('so they are with label smoothing', () => {
    expect(kernels((x, y) => crossEntropy(x, y, { labelSmoothing: 0.1 }))).toMatch(/^2 kernels/);
  });
  test('focalLoss and its gradient are one kernel by rows, the mean, and one by elements', () => {
    expect(kernels((x, y) => nn.focalLoss(x, y))).toMatch(/^3 kernels[^]*rows 64, reduce 10/);
  });
  test.each<[string, (x: Tensor) => Tensor]>([
    ['huberLoss', (x) => nn.huberLoss(x, zeros([64, 10]))],
    ['logCoshLoss', (x) => nn.logCoshLoss(x, zeros([64, 10]))],
    ['binaryCrossEntropy', (x) => nn.binaryCrossEntropy(x, zeros([64, 10]))],
    ['klDivLoss', (x) => nn.klDivLoss(x, ones([64, 10]))],
    ['gaussianNllLoss', (x) => nn.gaussianNllLoss(x, zeros([64, 10]), 2)],
  ])('%s and its gradient are two kernels at most', (_, loss) => {
    expect(kernels(loss)).toMatch(/^[12] kernels/);
  });
  test('weights and ignored classes take two more, as the divisor has to be known first', () => {
    const weight = ones([10]);
    expect(kernels((x, y) => crossEntropy(x, y, { weight, ignoreIndex: 3 }))).toMatch(
      /^[34] kernels/,
    );
  });
});
