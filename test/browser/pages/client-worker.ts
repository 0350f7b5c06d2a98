/** A worker with functions of many kinds, for the tests of the client. */
import { expose, type CallContext } from '../../../src/browser/worker.js';
import { DataLoader, TensorDataset } from '../../../src/data/index.js';
import { Linear, ReLU, Sequential } from '../../../src/nn/index.js';
import { Adam } from '../../../src/optim/index.js';
import {
  compile,
  fromData,
  getThreads,
  manualSeed,
  rand,
  randn,
  tensor,
  type Tensor,
} from '../../../src/tensor/index.js';
import { fit, type FitResult } from '../../../src/train/index.js';

const weight = tensor([
  [1, 2],
  [3, 4],
]);

/** When each step of the last training began and ended, in milliseconds since the epoch. */
let times: number[] = [];
const now = (): number => performance.timeOrigin + performance.now();

export const api = expose({
  weight: () => ({ weight, scale: tensor(0.5), name: 'weight' }),
  apply: ({ w, x }: { w: Tensor; x: Float32Array }) => w.matmul(fromData(x, [2, 1])),
  sum: (x: Float32Array) => x.reduce((a, b) => a + b, 0),
  wrongShape: () => weight.matmul(tensor([[1, 2, 3]])),
  wrongKind: () => {
    throw new RangeError('too far', { cause: new TypeError('no number') });
  },
  unsendable: () => () => 1,
  count: ({ to }: { to: number }, { emit }: CallContext<{ at: number }>) => {
    for (let at = 0; at < to; at++) emit({ at });
    return to;
  },
  forever: (_: undefined, { signal }: CallContext) =>
    new Promise<string>((resolve) => {
      signal.addEventListener('abort', () => resolve(String(signal.reason)));
    }),
  close: () => {
    (globalThis as unknown as { close(): void }).close();
    return new Promise<never>(() => undefined);
  },
  where: () => {
    const double = compile((x: Tensor) => x.mul(2));
    double(tensor([1, 2]));
    return { threads: getThreads(), explained: double.explain() };
  },

  /** Steps of some 20 ms each, for as long as nobody stops it. */
  async train(
    { width }: { width: number },
    { signal, emit }: CallContext<{ step: number }>,
  ): Promise<FitResult> {
    manualSeed(0);
    const model = new Sequential(new Linear(64, width), new ReLU(), new Linear(width, 10));
    const set = new TensorDataset({ x: randn([4096, 64]), y: rand([4096]).mul(10).to('i32') });
    times = [];
    return fit({
      model,
      optimizer: new Adam(model.parameters()),
      train: new DataLoader(set, { batchSize: 256 }),
      epochs: 1_000_000,
      signal,
      callbacks: [
        {
          onStep({ totalSteps }) {
            times.push(now());
            emit({ step: totalSteps });
          },
        },
      ],
    });
  },
  times: () => times,
});
