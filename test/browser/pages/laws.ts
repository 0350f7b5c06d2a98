/** What has to hold in a browser as in Node, and what has to give the same bits. */
import { WasmDevice } from '../../../src/engine/backends/wasm/device.js';
import type { TypedArray } from '../../../src/engine/core/dtype.js';
import { DataLoader, digits, DIGITS_NORMALIZATION } from '../../../src/data/index.js';
import {
  BatchNorm2d,
  crossEntropy,
  Dropout,
  Flatten,
  GELU,
  Linear,
  Module,
  ReLU,
  Sequential,
} from '../../../src/nn/index.js';
import { Adam, AdamW, SGD, type Optimizer } from '../../../src/optim/index.js';
import {
  compile,
  conv,
  manualSeed,
  maxPool,
  Parameter,
  randn,
  scan,
  setDevice,
  zeros,
  type Tensor,
} from '../../../src/tensor/index.js';
import { decodeCheckpoint, encodeCheckpoint, fit } from '../../../src/train/index.js';
import { CELLS, caseOf, nodeOf, wrongness } from '../../engine/backends/oracle-cases.js';
import { runOn } from '../../engine/backends/device-oracle.js';
import { resumableTask } from '../../train/resumable-task.js';
import { Bits } from './bits.js';

/** WebAssembly without relaxed multiply-add, whose bits depend on the machine. */
function plainDevice(threads?: number): WasmDevice {
  return new WasmDevice({ relaxedSimd: false, ...(threads === undefined ? {} : { threads }) });
}

/** Every operation in every dtype: what differs from the interpreter, and the bits of all results. */
export function operations(cases: number): { compared: number; wrong: string[]; bits: string } {
  const device = plainDevice();
  const bits = new Bits();
  const wrong: string[] = [];
  let compared = 0;
  for (const cell of CELLS) {
    for (let seed = 0; seed < cases; seed++) {
      const drawn = caseOf(cell, seed);
      const [got] = runOn(device, drawn.inputs, (leaves) => [nodeOf(drawn, leaves)]) as [
        TypedArray,
      ];
      compared += got.length;
      bits.add(got);
      const problem = wrongness(drawn, got);
      if (problem !== undefined) wrong.push(`${cell.op} ${cell.dtype}, seed ${seed}: ${problem}`);
    }
  }
  return { compared, wrong, bits: bits.toString() };
}

class ConvNet extends Module {
  readonly kernel = new Parameter(randn([8, 1, 3, 3]).mul(0.2));
  readonly norm = new BatchNorm2d(8);
  readonly output = new Linear(8 * 13 * 13, 10);

  forward(x: Tensor): Tensor {
    const y = this.norm.forward(conv(x, this.kernel)).relu();
    return this.output.forward(maxPool(y, { size: 2 }).reshape([x.shape[0]!, 8 * 13 * 13]));
  }
}

class Recurrent extends Module {
  readonly input = new Linear(28, 24);
  readonly hidden = new Linear(24, 24);
  readonly output = new Linear(24, 10);

  forward(x: Tensor): Tensor {
    const [batch] = x.shape as [number];
    const rows = x.reshape([batch, 28, 28]).permute([1, 0, 2]);
    const [last] = scan(
      (h: Tensor, row: Tensor) => {
        const next = this.input.forward(row).add(this.hidden.forward(h)).tanh();
        return [next, null];
      },
      zeros([batch, 24]),
      rows,
    );
    return this.output.forward(last);
  }
}

type Network = Module & { forward(x: Tensor): Tensor };

const NETWORKS: Readonly<Record<string, () => [Network, Optimizer]>> = {
  mlp: () => {
    const model = new Sequential(
      new Flatten(),
      new Linear(784, 64),
      new ReLU(),
      new Dropout(0.2),
      new Linear(64, 32),
      new GELU(),
      new Linear(32, 10),
    );
    return [model, new Adam(model.parameters(), { lr: 3e-3 })];
  },
  convolution: () => {
    const model = new ConvNet();
    return [model, new SGD(model.parameters(), { lr: 0.01, momentum: 0.9 })];
  },
  recurrent: () => {
    const model = new Recurrent();
    return [model, new AdamW(model.parameters(), { lr: 1e-2 })];
  },
};

export const NETWORK_NAMES: readonly string[] = Object.keys(NETWORKS);

/** Trains a network for some steps: first and last loss, and the bits of losses and weights. */
export function training(
  name: string,
  threads?: number,
): { first: number; last: number; bits: string } {
  setDevice(plainDevice(threads));
  manualSeed(7);
  const [model, optimizer] = NETWORKS[name]!();
  const set = digits({ count: 640 }).normalized('x', DIGITS_NORMALIZATION);
  const loader = new DataLoader(set, { batchSize: 32, shuffle: true, seed: 7 });
  const step = compile((x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const loss = crossEntropy(model.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  });
  const losses: number[] = [];
  for (let epoch = 0; epoch < 2; epoch++) {
    for (const { x, y } of loader) losses.push(step(x, y).item());
  }
  const bits = new Bits().add(Float32Array.from(losses));
  for (const state of Object.values(model.stateDict())) bits.add(state.dataSync());
  return { first: losses[0]!, last: losses[losses.length - 1]!, bits: bits.toString() };
}

/** Bits of a run that goes on from a checkpoint, and of one that never stopped. */
export async function resumption(): Promise<{ whole: string; resumed: string }> {
  setDevice(plainDevice());
  const whole = resumableTask();
  await fit({ ...whole, seed: 3 });
  const stopped = resumableTask();
  let saved: Uint8Array | undefined;
  let steps = 0;
  const controller = new AbortController();
  await fit({
    ...stopped,
    seed: 3,
    signal: controller.signal,
    checkpoints: {
      every: Infinity,
      save: (state) => void (saved = encodeCheckpoint(state)),
    },
    callbacks: [
      ...stopped.callbacks!,
      { onStep: () => void (++steps === 6 && controller.abort()) },
    ],
  });
  const resumed = resumableTask(9);
  await fit({ ...resumed, resume: decodeCheckpoint(saved!).state });
  return { whole: bitsOf(whole.model), resumed: bitsOf(resumed.model) };
}

function bitsOf(model: Module): string {
  const bits = new Bits();
  for (const state of Object.values(model.stateDict())) bits.add(state.dataSync());
  return bits.toString();
}
