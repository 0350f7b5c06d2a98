// covers: src/nn/functional/linear.ts
// covers: src/nn/functional/reduction.ts
// covers: src/nn/functional/cross-entropy.ts, src/nn/functional/nll-loss.ts
// covers: src/nn/functional/class-targets.ts, src/nn/functional/regression-losses.ts
// covers: src/nn/functional/binary-cross-entropy.ts, src/nn/functional/index.ts
// covers: src/nn/functional/kl-div-loss.ts, src/nn/functional/poisson-nll-loss.ts
// covers: src/nn/functional/gaussian-nll-loss.ts, src/nn/functional/margin-losses.ts
// covers: src/nn/functional/focal-loss.ts, src/nn/functional/embedding-losses.ts
// covers: src/nn/functional/info-nce-loss.ts, src/nn/functional/dice-loss.ts
import { describe, expect, test } from 'vitest';
import * as F from '../../src/nn/functional/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { compile, grad } from '../../src/tensor/index.js';
import { expectClose } from '../tensor/check.js';
import type { Case, NnGoldens, Packed } from './check.js';
import { golden, unpack } from './check.js';

const cases = [
  ...golden<NnGoldens>('nn.json').cases,
  ...golden<Pick<NnGoldens, 'cases'>>('losses.json').cases,
];
type Op = (...args: unknown[]) => Tensor;

/** Output and gradients of a case. */
function run(c: Case, float: 'f32' | 'f64', compiled: boolean): Tensor[] {
  const { axis, ...options } = c.options;
  const tensors = Object.entries(c.tensors).map(([name, t]) => [name, unpack(t, float)] as const);
  const f = (F as unknown as Record<string, Op>)[c.op]!;
  const last = axis ?? { ...options, ...Object.fromEntries(tensors) };
  const both = (inputs: Tensor[], seed: Tensor): Tensor[] => {
    const y = c.op === 'linear' ? f(...inputs) : f(...inputs, last);
    return [
      y,
      ...grad(
        [y],
        inputs.filter((x) => x.requiresGrad),
        { seed, allowUnused: true },
      ),
    ];
  };
  const inputs = c.inputs.map((x) => unpack(x, float, true));
  return (compiled ? compile(both) : both)(inputs, unpack(c.seed, float));
}

function expectCase(c: Case, results: readonly Tensor[], tolerance: number): void {
  [c.output, ...c.grads].forEach((want: Packed, i) => {
    const got = results[i]!;
    expect(got.shape).toEqual(want.shape);
    expectClose(got.reshape([got.size]), [...want.data], tolerance);
  });
}

function title({ op, options, tensors, inputs }: Case): string {
  const given = [...Object.entries(options).map((e) => e.join(' ')), ...Object.keys(tensors)];
  return [op, ...inputs.map((x) => `[${x.shape.join()}]`), ...given].join(' ');
}

describe('values and gradients are those of PyTorch', () => {
  test.each(cases.map((c) => [title(c), c] as const))('%s', (_, c) => {
    expectCase(c, run(c, 'f64', false), 1e-12);
    expectCase(c, run(c, 'f64', true), 1e-12);
    expectCase(c, run(c, 'f32', true), 2e-5);
  });
});

// Theirs are in norm.json: see normalization.test.ts.
const NORMALIZATIONS = [
  'batchNorm',
  'groupNorm',
  'instanceNorm',
  'layerNorm',
  'localResponseNorm',
  'rmsNorm',
];

// Cases of their own: see activation-goldens.test.ts.
const ACTIVATIONS = golden<{ readonly cases: readonly { op: string }[] }>('activations.json').cases;

// Theirs are in dropout.json, or compared with another function: see dropouts.test.ts.
const RANDOM = [
  'alphaDropout',
  'dropConnect',
  'dropout',
  'dropout1d',
  'dropout2d',
  'dropout3d',
  'featureAlphaDropout',
  'gaussianNoise',
  'stochasticDepth',
];

// Theirs are in regularization.json: see penalties.test.ts and mixup.test.ts.
const REGULARIZATIONS = ['elasticNetPenalty', 'l1Penalty', 'l2Penalty', 'mixup'];

// Theirs are in embedding.json: see embedding.test.ts.
const LOOKUPS = ['embedding'];

// Theirs are read in conv-layers-goldens.test.ts.
const AROUND =
  golden<Record<'functions' | 'unpoolings', readonly { readonly op: string }[]>>(
    'conv-layers.json',
  );

test('there is a golden for every function', () => {
  const own = [...cases, ...ACTIVATIONS, ...AROUND.functions, ...AROUND.unpoolings];
  const others = [...RANDOM, ...NORMALIZATIONS, ...REGULARIZATIONS, ...LOOKUPS];
  const known = new Set([...own.map((c) => c.op), ...others]);
  expect(Object.keys(F).filter((name) => !known.has(name))).toEqual([]);
});
