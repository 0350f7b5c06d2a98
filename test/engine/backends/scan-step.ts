import { gradients } from '../../../src/engine/autograd/gradients.js';
import { Body, param } from '../../../src/engine/graph/body.js';
import type { GraphNode } from '../../../src/engine/graph/node.js';
import { build as b } from '../../../src/engine/ops/index.js';
import type { RefArray } from '../../../src/engine/ops/index.js';
import { drawn } from '../compiler/agree.js';

/** Sizes of an LSTM over T steps of N examples, whose input has been projected. */
export interface LstmSizes {
  readonly T: number;
  readonly N: number;
  readonly H: number;
}

/** Values for the projected x [T, N, 4H], h and c [N, H], and the weight [H, 4H]. */
export function lstmInputs({ T, N, H }: LstmSizes): RefArray[] {
  const shapes = [
    [T, N, 4 * H],
    [N, H],
    [N, H],
    [H, 4 * H],
  ];
  return shapes.map((shape) => {
    const x = drawn('f32', shape);
    return { ...x, data: x.data.map((v) => Math.fround(v / 8)) };
  });
}

/** Outputs of an LSTM and the gradients of Σ y² by all that it takes. */
export function lstmStep(inputs: readonly GraphNode[]): GraphNode[] {
  const [x, h, c, u] = inputs as [GraphNode, GraphNode, GraphNode, GraphNode];
  const [length, n, columns] = x.shape as [number, number, number];
  const [px, ph, pc, pu] = [
    param(b, { shape: [n, columns], dtype: 'f32' }),
    param(b, h),
    param(b, c),
    param(b, u),
  ];
  const contract = { batch: [[], []], contract: [[1], [0]] } as const;
  const sums = b.add(b.dot(ph, pu, contract), px);
  const size = columns / 4;
  const gate = (i: number): GraphNode =>
    b.slice(sums, { start: [0, i * size], stop: [n, (i + 1) * size], step: [1, 1] });
  const [i, f, o] = [0, 1, 2].map((k) => b.unary('sigmoid', gate(k))) as [
    GraphNode,
    GraphNode,
    GraphNode,
  ];
  const next = b.add(b.mul(f, pc), b.mul(i, b.unary('tanh', gate(3))));
  const out = b.mul(o, b.unary('tanh', next));
  const body = new Body([ph, pc, px, pu], [out, next, out]);
  const results = b.scan([h, c, x, u], {
    body,
    length,
    carries: 2,
    xs: 1,
    reverse: false,
    save: 'values',
  });
  const ys = results[2]!;
  const grads = gradients(b, [ys], [b.mul(ys, b.like(ys, 2))], inputs);
  return [...results, ...grads.map((g) => g!)];
}
