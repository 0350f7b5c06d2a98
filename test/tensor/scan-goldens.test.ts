// covers: src/tensor/scan.ts
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../src/tensor/index.js';
import { compile, fromData, grad, scan } from '../../src/tensor/index.js';
import { expectClose } from './check.js';

interface Packed {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Case {
  readonly kind: 'rnn' | 'lstm' | 'gru';
  readonly reverse: boolean;
  readonly inputs: readonly Packed[];
  readonly outputs: readonly Packed[];
  readonly seeds: readonly Packed[];
  readonly grads: readonly Packed[];
}

const { cases } = JSON.parse(readFileSync('test/goldens/scan.json', 'utf8')) as { cases: Case[] };

/** Gates of x and h, each of `hidden` columns. */
function gates(x: Tensor, count: number): Tensor[] {
  const hidden = x.shape[1]! / count;
  return Array.from({ length: count }, (_, i) => x.slice(1, i * hidden, (i + 1) * hidden));
}

type State = readonly Tensor[];
type Cell = (state: State, x: Tensor, h: Tensor) => State;

/** Next state from the products of x and of h with their weights. */
const CELLS: Record<Case['kind'], { readonly gates: number; readonly next: Cell }> = {
  rnn: { gates: 1, next: (_, x, h) => [x.add(h).tanh()] },
  lstm: {
    gates: 4,
    next: ([, c], x, h) => {
      const [i, f, g, o] = gates(x.add(h), 4) as [Tensor, Tensor, Tensor, Tensor];
      const next = f.sigmoid().mul(c!).add(i.sigmoid().mul(g.tanh()));
      return [o.sigmoid().mul(next.tanh()), next];
    },
  },
  gru: {
    gates: 3,
    next: ([before], x, h) => {
      const [xr, xz, xn] = gates(x, 3) as [Tensor, Tensor, Tensor];
      const [hr, hz, hn] = gates(h, 3) as [Tensor, Tensor, Tensor];
      const z = xz.add(hz).sigmoid();
      const n = xn.add(xr.add(hr).sigmoid().mul(hn)).tanh();
      return [n.sub(z.mul(n)).add(z.mul(before!))];
    },
  },
};

/** The outputs [ys, …last state] of a network on [x, …state, weightIh, weightHh, biasIh, biasHh]. */
function run({ kind, reverse }: Case, inputs: readonly Tensor[], options: object): Tensor[] {
  const [x, ...rest] = inputs as [Tensor, ...Tensor[]];
  const [w, u, b, c] = rest.slice(-4) as [Tensor, Tensor, Tensor, Tensor];
  const { next } = CELLS[kind];
  const step = (state: State, input: Tensor): [State, Tensor] => {
    const after = next(state, input, state[0]!.matmul(u.T).add(c));
    return [after, after[0]!];
  };
  const projected = x.matmul(w.T).add(b);
  const [last, ys] = scan(step, rest.slice(0, -4) as State, projected, { reverse, ...options });
  return [ys, ...last];
}

describe.each([{}, { checkpoint: 2 }])('as PyTorch, with %o', (options) => {
  it.each(cases.map((c) => [`${c.kind} over ${c.inputs[0]!.shape[0]} steps`, c] as const))(
    '%s',
    (_, c) => {
      const unpack = (p: Packed, requiresGrad = false): Tensor =>
        fromData(Float64Array.from(p.data), p.shape, { requiresGrad });
      const both = (inputs: Tensor[], seeds: Tensor[]): Tensor[] => {
        const outputs = run(c, inputs, options);
        return [...outputs, ...grad(outputs, inputs, { seed: seeds })];
      };
      const inputs = c.inputs.map((p) => unpack(p, true));
      const seeds = c.seeds.map((p) => unpack(p));
      for (const f of [both, compile(both)]) {
        const results = f(inputs, seeds);
        [...c.outputs, ...c.grads].forEach((want, i) => {
          expect(results[i]!.shape).toEqual(want.shape);
          expectClose(results[i]!.reshape([-1]), [...want.data], 1e-11);
        });
      }
    },
  );
});
