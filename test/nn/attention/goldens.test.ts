// covers: src/nn/functional/scaled-dot-product-attention.ts, src/nn/functional/attention-scores.ts
// covers: src/nn/attention/multihead-attention.ts, src/nn/attention/attention-masks.ts
// covers: src/nn/attention/additive-attention.ts, src/nn/attention/rotary-embedding.ts
// covers: src/nn/attention/sinusoidal-positional-encoding.ts
// covers: src/nn/attention/transformer-layer.ts, src/nn/attention/transformer-encoder-layer.ts
// covers: src/nn/attention/transformer-decoder-layer.ts
import { describe, expect, test } from 'vitest';
import * as nn from '../../../src/nn/index.js';
import { Tensor, compile, grad, tensor } from '../../../src/tensor/index.js';
import { expectClose } from '../../tensor/check.js';
import { golden } from '../check.js';

type Float = 'f32' | 'f64';

interface Packed {
  readonly shape: readonly number[];
  readonly dtype: 'f64' | 'i32' | 'bool';
  readonly data: readonly (number | '-inf')[];
}

type Given = Readonly<Record<string, Packed | number | boolean>>;

interface FunctionCase {
  readonly options: Given;
  readonly inputs: readonly Packed[];
  readonly outputs: readonly Packed[];
  readonly seeds: readonly Packed[];
  /** By the inputs that are floats, then by the parameters. */
  readonly grads: readonly Packed[];
}

interface LayerCase extends FunctionCase {
  readonly layer: string;
  readonly args: readonly unknown[];
  readonly parameters: Readonly<Record<string, Packed>>;
  readonly call: Given;
}

type AnyLayer = nn.Module & { forward(...inputs: unknown[]): unknown };
const goldens = golden<{
  readonly functions: readonly FunctionCase[];
  readonly layers: readonly LayerCase[];
}>('attention.json');

function unpack({ shape, dtype, data }: Packed, float: Float, requiresGrad = false): Tensor {
  const flat = Float64Array.from(data, (v) => (v === '-inf' ? -Infinity : v));
  const real = dtype === 'f64';
  const options = { shape: [...shape], requiresGrad: requiresGrad && real };
  return tensor(flat, { ...options, dtype: real ? float : dtype });
}

function optionsOf(given: Given, float: Float): Record<string, unknown> {
  const entries = Object.entries(given).map(([k, v]) => [
    k,
    typeof v === 'object' ? unpack(v, float) : v,
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function expectCase(c: FunctionCase, found: readonly Tensor[], tolerance: number): void {
  const wanted = [...c.outputs, ...c.grads];
  expect(found.map((t) => t.shape)).toEqual(wanted.map((w) => w.shape));
  for (const [i, { data }] of wanted.entries()) {
    expectClose(found[i]!.flatten(), [...data] as number[], tolerance);
  }
}

/** Outputs and gradients of a function of the inputs. */
function results(
  c: FunctionCase,
  float: Float,
  compiled: boolean,
  f: (inputs: Tensor[]) => Tensor[],
  parameters: readonly Tensor[] = [],
): Tensor[] {
  const both = (inputs: Tensor[], seeds: Tensor[]): Tensor[] => {
    const outputs = f(inputs);
    const wrt = [...inputs.filter((x) => x.requiresGrad), ...parameters];
    return [...outputs, ...grad(outputs, wrt, { seed: seeds, allowUnused: true })];
  };
  const inputs = c.inputs.map((x) => unpack(x, float, true));
  const seeds = c.seeds.map((s) => unpack(s, float));
  return (compiled ? compile(both) : both)(inputs, seeds);
}

const shapesOf = (c: FunctionCase): string =>
  c.inputs.map(({ shape }) => `[${shape.join()}]`).join(' ');
const keysOf = (given: Given): string =>
  Object.entries(given)
    .map(([k, v]) => (typeof v === 'object' ? `${k} [${v.shape.join()}]` : `${k} ${v}`))
    .join(' ');

describe('scaledDotProductAttention', () => {
  const run = (c: FunctionCase, float: Float, compiled: boolean): Tensor[] => {
    const options = optionsOf(c.options, float);
    return results(c, float, compiled, ([q, k, v]) => [
      nn.scaledDotProductAttention(q!, k!, v!, options),
    ]);
  };
  test.each(goldens.functions.map((c) => [`${shapesOf(c)} ${keysOf(c.options)}`, c] as const))(
    '%s',
    (_, c) => {
      expectCase(c, run(c, 'f64', false), 1e-12);
      expectCase(c, run(c, 'f64', true), 1e-12);
      expectCase(c, run(c, 'f32', true), 1e-5);
    },
  );
});

function make(c: LayerCase, float: Float): AnyLayer {
  const classes = nn as unknown as Record<string, new (...args: unknown[]) => AnyLayer>;
  const layer = new classes[c.layer]!(...c.args, { ...c.options, dtype: float });
  const state = Object.entries(c.parameters).map(([name, p]) => [name, unpack(p, float)] as const);
  if (state.length > 0) nn.loadPyTorch(layer, Object.fromEntries(state));
  return layer;
}

describe('layers', () => {
  const run = (c: LayerCase, float: Float, compiled: boolean): Tensor[] => {
    const layer = make(c, float);
    const options = Object.keys(c.call).length > 0 ? [optionsOf(c.call, float)] : [];
    const own = new Map(layer.namedParameters());
    const parameters = Object.keys(c.parameters).map((name) => own.get(name)!);
    const f = (inputs: Tensor[]): Tensor[] => {
      const made = layer.forward(...inputs, ...options);
      return (made instanceof Tensor ? [made] : (made as (Tensor | null)[])).filter(
        (t) => t !== null,
      );
    };
    return results(c, float, compiled, f, parameters);
  };
  const title = (c: LayerCase): string => `${c.layer} ${shapesOf(c)} ${keysOf(c.call)}`;
  test.each(goldens.layers.map((c, i) => [`${i} ${title(c)}`, c] as const))('%s', (_, c) => {
    const names = [...make(c, 'f64').namedParameters()].map(([name]) => name);
    expect(new Set(names)).toEqual(new Set(Object.keys(c.parameters)));
    expectCase(c, run(c, 'f64', false), 1e-11);
    expectCase(c, run(c, 'f64', true), 1e-11);
    expectCase(c, run(c, 'f32', true), 1e-4);
  });
});
