// covers: src/nn/recurrent/recurrence.ts, src/nn/recurrent/weights.ts
// covers: src/nn/recurrent/recurrent-cell.ts, src/nn/recurrent/recurrent-layer.ts
// covers: src/nn/recurrent/rnn-cell.ts, src/nn/recurrent/lstm-cell.ts, src/nn/recurrent/gru-cell.ts
// covers: src/nn/recurrent/rnn.ts, src/nn/recurrent/lstm.ts, src/nn/recurrent/gru.ts
import { describe, expect, test } from 'vitest';
import * as nn from '../../../src/nn/index.js';
import { Tensor, compile, grad } from '../../../src/tensor/index.js';
import { expectClose } from '../../tensor/check.js';
import type { Packed } from '../check.js';
import { golden, unpack } from '../check.js';

interface Case {
  readonly layer: string;
  readonly args: readonly number[];
  readonly options: Readonly<Record<string, number | string | boolean>>;
  readonly lengths?: Packed;
  /** x, then the tensors of the initial state, if there is one. */
  readonly inputs: readonly Packed[];
  readonly parameters: Readonly<Record<string, Packed>>;
  readonly outputs: readonly Packed[];
  readonly seeds: readonly Packed[];
  /** By inputs and parameters. */
  readonly grads: readonly Packed[];
}

type AnyLayer = nn.Module & { forward(...inputs: unknown[]): unknown };
const { cases } = golden<{ readonly cases: readonly Case[] }>('rnn.json');

function make(c: Case, float: 'f32' | 'f64', more: object): AnyLayer {
  const classes = nn as unknown as Record<string, new (...args: unknown[]) => AnyLayer>;
  const layer = new classes[c.layer]!(...c.args, { ...c.options, ...more, dtype: float });
  const state = Object.entries(c.parameters).map(([name, p]) => [name, unpack(p, float)] as const);
  nn.loadPyTorch(layer, Object.fromEntries(state));
  return layer;
}

/** All tensors of a result, however it is nested. */
const flat = (result: unknown): Tensor[] =>
  result instanceof Tensor ? [result] : (result as unknown[]).flatMap(flat);

/** Outputs and gradients of a case. */
function run(c: Case, float: 'f32' | 'f64', compiled: boolean, more: object): Tensor[] {
  const layer = make(c, float, more);
  const both = (inputs: Tensor[], seeds: Tensor[], lengths: Tensor | null): Tensor[] => {
    const [x, ...state] = inputs;
    const given = state.length > 1 ? state : (state[0] ?? null);
    const outputs = flat(layer.forward(x, given, lengths ? { lengths } : {}));
    return [...outputs, ...grad(outputs, [...inputs, ...layer.parameters()], { seed: seeds })];
  };
  return (compiled ? compile(both) : both)(
    c.inputs.map((p) => unpack(p, float, true)),
    c.seeds.map((p) => unpack(p, float)),
    c.lengths ? unpack(c.lengths, float) : null,
  );
}

function expectCase(c: Case, results: readonly Tensor[], tolerance: number): void {
  const wanted = [...c.outputs, ...c.grads];
  expect(results.length).toBe(wanted.length);
  for (const [i, { shape, data }] of wanted.entries()) {
    expect(results[i]!.shape).toEqual(shape);
    expectClose(results[i]!.reshape([-1]), [...data], tolerance);
  }
}

function title({ layer, options, inputs, lengths }: Case): string {
  const shapes = inputs.map(({ shape }) => `[${shape.join()}]`).join(' ');
  const given = Object.keys(options).length > 0 ? ` ${JSON.stringify(options)}` : '';
  return `${layer} ${shapes}${given}${lengths ? ` lengths ${lengths.data.join()}` : ''}`;
}

const table = cases.map((c) => [title(c), c] as const);

describe('values and all gradients are those of PyTorch', () => {
  test.each(table)('%s', (_, c) => {
    expectCase(c, run(c, 'f64', false, {}), 1e-12);
    expectCase(c, run(c, 'f64', true, {}), 1e-12);
    expectCase(c, run(c, 'f32', true, {}), 2e-5);
  });
});

describe('so they are with checkpoints', () => {
  const layers = table.filter(([, c]) => !c.layer.endsWith('Cell'));
  test.each(layers)('%s', (_, c) => expectCase(c, run(c, 'f64', true, { checkpoint: 2 }), 1e-12));
});

test('names are those of PyTorch, in its order', () => {
  for (const c of cases) {
    const names = [...make(c, 'f64', {}).namedParameters()].map(([name]) => name);
    expect(names).toEqual(Object.keys(c.parameters));
  }
});
