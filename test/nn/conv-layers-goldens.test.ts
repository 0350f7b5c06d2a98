// covers: src/nn/convolution.ts, src/nn/transposed-convolution.ts
// covers: src/nn/functional/convolution.ts, src/nn/functional/transposed-convolution.ts
// covers: src/nn/functional/pad.ts
// covers: src/nn/max-pool.ts, src/nn/avg-pool.ts, src/nn/lp-pool.ts, src/nn/adaptive-pool.ts
// covers: src/nn/functional/max-pool.ts, src/nn/functional/avg-pool.ts
// covers: src/nn/functional/lp-pool.ts, src/nn/functional/adaptive-pool.ts
// covers: src/nn/fold.ts, src/nn/pixel-shuffle.ts
// covers: src/nn/functional/fold.ts, src/nn/functional/pixel-shuffle.ts
// covers: src/nn/basic-block.ts, src/nn/inverted-residual.ts, src/nn/squeeze-excitation.ts
import { describe, expect, test } from 'vitest';
import * as nn from '../../src/nn/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { compile, grad } from '../../src/tensor/index.js';
import { expectClose } from '../tensor/check.js';
import type { Packed } from './check.js';
import { golden, unpack } from './check.js';

interface Results {
  readonly y: Packed;
  readonly seed: Packed;
  /** Of ⟨seed, y⟩ by the inputs and then by the parameters. */
  readonly grads: readonly Packed[];
}

interface LayerCase extends Results {
  readonly layer: string;
  readonly args: readonly (number | readonly number[])[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly parameters: Readonly<Record<string, Packed>>;
  readonly x: Packed;
}

interface FunctionCase extends Results {
  readonly op: string;
  readonly inputs: readonly Packed[];
  /** What follows the inputs. */
  readonly args: readonly unknown[];
  readonly indices?: Packed;
}

interface Goldens {
  readonly unpoolings: readonly Omit<FunctionCase, 'seed' | 'grads'>[];
  readonly layers: readonly LayerCase[];
  readonly functions: readonly FunctionCase[];
  readonly convolutions: readonly Readonly<Record<'x' | 'w' | 'y', Packed>>[];
}

const { layers, functions, unpoolings, convolutions } = golden<Goldens>('conv-layers.json');
type Float = 'f32' | 'f64';
type Op = (...args: unknown[]) => Tensor | [Tensor, Tensor];

function expectResults(
  { y, grads, indices }: Results & { readonly indices?: Packed },
  found: readonly Tensor[],
  tolerance: number,
): void {
  [y, ...grads, ...(indices ? [indices] : [])].forEach((want, i) => {
    expect(found[i]!.shape).toEqual(want.shape);
    expectClose(found[i]!.reshape([found[i]!.size]), [...want.data], tolerance);
  });
}

function runLayer(c: LayerCase, float: Float, compiled: boolean): Tensor[] {
  const classes = nn as unknown as Record<string, new (...args: unknown[]) => nn.UnaryModule>;
  const layer = new classes[c.layer]!(...c.args, { ...c.options, dtype: float });
  const state = Object.entries(c.parameters).map(([name, p]) => [name, unpack(p, float)] as const);
  // Buffers are as they are at first.
  layer.loadStateDict(Object.fromEntries(state), { strict: false });
  expect([...layer.namedParameters()].map(([name]) => name)).toEqual(Object.keys(c.parameters));
  const both = (x: Tensor, seed: Tensor): Tensor[] => {
    const y = layer.forward(x);
    return [y, ...grad([y], [x, ...layer.parameters()], { seed })];
  };
  return (compiled ? compile(both) : both)(unpack(c.x, float, true), unpack(c.seed, float));
}

function runFunction(c: FunctionCase, float: Float, compiled: boolean): Tensor[] {
  const f = (nn.functional as unknown as Record<string, Op>)[c.op]!;
  const both = (inputs: Tensor[], seed: Tensor): Tensor[] => {
    const found = f(...inputs, ...c.args);
    const [y, ...more] = Array.isArray(found) ? found : [found];
    return [y, ...grad([y], inputs, { seed }), ...more];
  };
  const inputs = c.inputs.map((x) => unpack(x, float, true));
  return (compiled ? compile(both) : both)(inputs, unpack(c.seed, float));
}

function titled(name: string, args: unknown, shape: readonly number[]): string {
  return `${name} ${JSON.stringify(args)} of [${shape.join()}]`;
}

describe('layers give what those of PyTorch give, with all gradients', () => {
  test.each(layers.map((c) => [titled(c.layer, [...c.args, c.options], c.x.shape), c] as const))(
    '%s',
    (_, c) => {
      expectResults(c, runLayer(c, 'f64', false), 1e-12);
      expectResults(c, runLayer(c, 'f64', true), 1e-12);
      expectResults(c, runLayer(c, 'f32', true), 2e-5);
    },
  );
});

describe('functions give what those of PyTorch give, with all gradients', () => {
  test.each(functions.map((c) => [titled(c.op, c.args, c.y.shape), c] as const))('%s', (_, c) => {
    expectResults(c, runFunction(c, 'f64', false), 1e-12);
    expectResults(c, runFunction(c, 'f64', true), 1e-12);
    expectResults(c, runFunction(c, 'f32', true), 2e-5);
  });
});

test('with a flipped kernel it is the convolution of (3.1), as SciPy computes it', () => {
  for (const { x, w, y } of convolutions) {
    const op = `conv${x.shape.length}d` as 'conv1d' | 'conv2d' | 'conv3d';
    const one = (p: Packed): Tensor => unpack(p, 'f64').unsqueeze(0).unsqueeze(0);
    const options = { padding: w.shape.map((k) => k - 1), flipKernel: true };
    const full = nn.functional[op](one(x), one(w), null, options);
    expectClose(full.squeeze([0, 1]).reshape([full.size]), [...y.data], 1e-12);
    expect(full.shape.slice(2)).toEqual(y.shape);
    const swapped = nn.functional[op](one(w), one(x), null, {
      padding: x.shape.map((k) => k - 1),
      flipKernel: true,
    });
    expectClose(swapped, full.array(), 1e-12); // it commutes, as cross-correlation does not
  }
});

test('pooled values go back to where PyTorch puts them', () => {
  for (const { op, inputs, args, y } of unpoolings) {
    const f = (nn.functional as unknown as Record<string, Op>)[op]!;
    const [pooled, indices] = inputs.map((x) => unpack(x, 'f64'));
    const found = f(pooled, indices, ...args) as Tensor;
    expect(found.shape).toEqual(y.shape);
    expectClose(found.reshape([found.size]), [...y.data], 1e-12);
  }
});
