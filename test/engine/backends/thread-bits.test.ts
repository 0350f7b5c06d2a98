/** The same bits on one, two, three and four threads. */
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { gradients } from '../../../src/engine/autograd/gradients.js';
import { nativeTarget } from '../../../src/engine/backends/native/compiler.js';
import { WasmDevice } from '../../../src/engine/backends/wasm/device.js';
import type { TypedArray } from '../../../src/engine/core/dtype.js';
import type { GraphNode } from '../../../src/engine/graph/node.js';
import { build as b } from '../../../src/engine/ops/index.js';
import type { RefArray } from '../../../src/engine/ops/index.js';
import type { Device } from '../../../src/engine/runtime/device.js';
import { ThreadPool } from '../../../src/engine/runtime/thread-pool.js';
import { NativeDevice } from '../../../src/native.js';
import { drawn } from '../compiler/agree.js';
import { Rng } from '../ops/rng.js';
import { runOn } from './device-oracle.js';
import { mlpStep, stateOf } from './mlp-step.js';
import { lstmInputs, lstmStep } from './scan-step.js';

type Graph = (leaves: readonly GraphNode[]) => readonly GraphNode[];

const spy = vi.spyOn(ThreadPool.prototype, 'run');
beforeEach(() => void spy.mockClear());
afterAll(() => spy.mockRestore());

const THREADS = [2, 3, 4];
/** A thread that goes ahead of the others does so in one run, and not in another. */
const RUNS = 5;

const bits = (results: readonly TypedArray[]): string[] =>
  results.map((y) => Buffer.from(y.buffer, y.byteOffset, y.byteLength).toString('base64'));

/** Whole numbers below `limit`. */
function indices(length: number, limit: number): RefArray {
  const rng = new Rng(length);
  const data = Float64Array.from({ length }, () => rng.int(0, limit - 1));
  return { dtype: 'i32', shape: [length], data };
}

const pointers: RefArray = {
  dtype: 'i32',
  shape: [8],
  data: Float64Array.of(0, 0, 3, 90, 91, 150, 211, 300),
};

function product(x: GraphNode, y: GraphNode): GraphNode {
  return b.dot(x, y, { batch: [[], []], contract: [[1], [0]] });
}

function convolution([x, w]: readonly GraphNode[]): GraphNode[] {
  const one = [1, 1];
  const attrs = { stride: one, low: one, high: one, inputDilation: one, kernelDilation: one };
  const y = b.conv(x!, w!, { ...attrs, order: [0, 1, 2, 3, 4] });
  return [y, ...gradients(b, [y], [y], [x!, w!]).map((g) => g!)];
}

function rows(index: GraphNode, width: number): GraphNode {
  const [n] = index.shape as [number];
  return b.broadcast(b.reshape(index, [n, 1]), [n, width]);
}

const CASES: { name: string; inputs: readonly RefArray[]; graph: Graph }[] = [
  {
    name: 'products with a bias',
    inputs: [drawn('f32', [67, 129]), drawn('f32', [129, 45]), drawn('f32', [45])],
    graph: ([x, y, bias]) => {
      const z = product(x!, y!);
      return [
        b.unary('tanh', b.add(z, b.broadcastTo(bias!, z.shape))),
        product(z, b.permute(z, [1, 0])),
      ];
    },
  },
  {
    name: 'a convolution with its gradients',
    inputs: [drawn('f32', [3, 1, 5, 9, 11]), drawn('f32', [1, 6, 5, 3, 3])],
    graph: convolution,
  },
  {
    name: 'reductions',
    inputs: [drawn('f32', [37, 5, 41])],
    graph: ([x]) => [
      ...[[0], [1], [2], [0, 2], [0, 1, 2]].map((axes) => b.sum(b.unary('exp', x!), axes)),
      b.reduce('reduceMax', x!, [2]),
      b.arg('argMin', x!, 0),
    ],
  },
  {
    name: 'scatters',
    inputs: [drawn('f32', [300, 19]), indices(300, 40)],
    graph: ([x, index]) => [
      b.scatterAdd(x!, rows(index!, 19), 0, 40),
      b.scatterAdd(b.permute(x!, [1, 0]), b.permute(rows(index!, 19), [1, 0]), 1, 40),
    ],
  },
  {
    name: 'segments',
    inputs: [drawn('f32', [300, 19]), pointers],
    graph: ([x, ptr]) => [
      b.segment('segmentSum', x!, ptr!),
      b.segment('segmentMax', x!, ptr!),
      b.segment('segmentArgMax', x!, ptr!),
      b.segmentIds(ptr!, 300),
    ],
  },
  {
    name: 'orders and cumulative sums',
    inputs: [drawn('f32', [23, 300])],
    graph: ([x]) => [
      b.argsort(x!, { axis: 1, descending: false, count: 300 }),
      b.argsort(x!, { axis: 0, descending: true, count: 4 }),
      b.cumsum(x!, { axis: 1, reverse: false, exclusive: true }),
      b.cumsum(x!, { axis: 0, reverse: true, exclusive: false }),
    ],
  },
  { name: 'a scan', inputs: lstmInputs({ T: 9, N: 5, H: 12 }), graph: lstmStep },
];

describe.each([
  { tier: 'wasm', make: (threads: number): Device => new WasmDevice({ threads }), there: true },
  {
    tier: 'native',
    make: (threads: number): Device => new NativeDevice({ threads }),
    there: nativeTarget() !== null,
  },
])('on several threads of $tier', ({ make, there }) => {
  if (!there) console.log('SKIPPED: no C compiler, no machine code on several threads');

  it.skipIf(!there).each(CASES)('$name: the bits of one', ({ inputs, graph }) => {
    const want = bits(runOn(make(1), inputs, graph));
    for (const threads of THREADS) {
      const device = make(threads);
      for (let i = 0; i < RUNS; i++) expect(bits(runOn(device, inputs, graph))).toEqual(want);
    }
    expect(spy.mock.results.map(({ value }) => value === true)).toEqual(
      Array<boolean>(THREADS.length * RUNS).fill(true),
    );
  });

  it.skipIf(!there)('a training step of an MLP: the bits of one', () => {
    const states = [1, ...THREADS].map((threads) => {
      const step = mlpStep([37, 65, 32, 10], 19);
      const program = make(threads).compile(step.spec);
      const losses = Array.from({ length: 8 }, () => bits(program.run(step.inputs)));
      return `${losses.join()} ${stateOf(step)}`;
    });
    expect(new Set(states).size).toBe(1);
    expect(spy).toHaveBeenCalledTimes(8 * THREADS.length);
  });
});
