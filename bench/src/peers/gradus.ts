// Gradus itself, through its public interface. Operands and results that stay in place are state,
// as weights are in training; a training step's images and labels are ordinary tensors.
import { readFileSync } from 'node:fs';
import {
  Csr,
  StateTensor,
  compile,
  conv,
  convTranspose,
  fromData,
  getDevice,
  getThreads,
  grad,
  segmentSum,
  spmm,
} from 'gradus';
import { zeros, type Tensor } from 'gradus';
import { crossEntropy, Linear, ReLU, Sequential } from 'gradus/nn';
import { Adam } from 'gradus/optim';
import type { ArrayFile, ConvTask, MatmulTask } from '../measure/protocol.js';
import type { MlpStepTask, SegmentTask } from '../measure/protocol.js';
import { readFloats, readInts, transpose, unstack } from './arrays.js';
import { compiled } from './gradus-compile.js';
import { batches, decode, epoch } from './gradus-epoch.js';
import { memory } from './gradus-memory.js';
import { network, profileReply } from './gradus-networks.js';
import type { Instance, Peer } from './peer.js';

function open(): { version: string; threads: number } {
  const manifest = new URL('../../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return { version, threads: getThreads() };
}

/** Bytes of the device's arena, if it has one. */
function arena(): number | undefined {
  const device = getDevice() as { arena?: { memory?: WebAssembly.Memory } };
  return device.arena?.memory?.buffer.byteLength;
}

/** An operand that stays in place, as a weight does. */
function load(file: ArrayFile): StateTensor {
  return new StateTensor(fromData(readFloats(file), [...file.shape]));
}

/** A step whose results are read only to be checked, one behind the other. */
function instanceOf(step: () => unknown, ...results: StateTensor[]): Instance {
  return {
    outcome: () => {
      step();
      return results.flatMap((result) => [...result.dataSync()]);
    },
    run: (iterations) => {
      for (let i = 0; i < iterations; i++) step();
    },
    arena,
  };
}

function matmul(task: MatmulTask): Instance {
  const [a, b] = [load(task.a), load(task.b)];
  const c = new StateTensor(zeros([task.a.shape[0]!, task.b.shape[1]!]));
  const product = compile(() => c.assign(a.matmul(b)), { name: 'matmul' });
  return instanceOf(product, c);
}

function convolution(task: ConvTask): Instance {
  const { pass, layers } = task;
  const [x, gradient] = [load(task.x), load(task.gradient)];
  const weights = layers.map(({ weight }) => load(weight));
  const forward = (input: Tensor, w: Tensor[]): Tensor =>
    layers.reduce((y, { transposed, outputPadding, weight: _, ...options }, i) => {
      if (!transposed) return conv(y, w[i]!, options);
      return convTranspose(y, w[i]!, { ...options, outputPadding });
    }, input);
  const product = (p: Tensor, w: Tensor[]): Tensor => forward(p, w).mul(gradient).sum();
  const shapes = {
    forward: [task.gradient.shape],
    input: [task.x.shape],
    weight: layers.map(({ weight }) => weight.shape),
  }[pass];
  const results = shapes.map((shape) => new StateTensor(zeros([...shape])));
  const step = compile(
    () => {
      const [p, w] = [x.detach(), weights.map((weight) => weight.detach())];
      const made =
        pass === 'forward'
          ? [forward(p, w)]
          : pass === 'input'
            ? [grad(product, { argnum: 0 })(p, w)]
            : grad(product, { argnum: 1 })(p, w);
      results.forEach((result, i) => result.assign(made[i]!));
    },
    { name: 'conv' },
  );
  return instanceOf(step, ...results);
}

function segmentSums(task: SegmentTask): Instance {
  const [x, values] = [load(task.x), load(task.values)];
  const [ptr, index] = [readInts(task.ptr), readInts(task.index)];
  const nodes = ptr.length - 1;
  const result = new StateTensor(zeros([nodes, task.x.shape[1]!]));
  let step: () => unknown;
  if (task.op === 'sum') {
    const pointers = new StateTensor(fromData(ptr, [ptr.length], { dtype: 'i32' }));
    step = compile(() => result.assign(segmentSum(x.add(0), pointers.add(0))), { name: 'segment' });
  } else {
    const matrix = Csr.fromRows(ptr, index, nodes);
    step = compile(() => result.assign(spmm(matrix, x.add(0), values.add(0))), { name: 'spmm' });
  }
  return instanceOf(step, result);
}

function makeModel(task: MlpStepTask): Sequential {
  const layers = task.weights.flatMap((file, i) => {
    const [inFeatures, outFeatures] = file.shape as [number, number];
    const linear = new Linear(inFeatures, outFeatures);
    linear.weight.load(transpose(readFloats(file), inFeatures, outFeatures));
    linear.bias!.load(readFloats(task.biases[i]!));
    return i < task.weights.length - 1 ? [linear, new ReLU()] : [linear];
  });
  return new Sequential(...layers);
}

function mlpStep(task: MlpStepTask): Instance {
  const model = makeModel(task);
  const { lr, eps } = task;
  const optimizer = new Adam(model.parameters(), { lr, betas: [task.beta1, task.beta2], eps });
  const update = compile((x: Tensor, y: Tensor) => {
    const loss = crossEntropy(model.forward(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return loss;
  });
  const images = unstack(readFloats(task.images), task.images).map((values) =>
    fromData(values, task.images.shape.slice(1)),
  );
  const labels = unstack(readInts(task.labels), task.labels).map((values) =>
    fromData(values, [values.length], { dtype: 'i32' }),
  );
  let t = 0;
  const step = (): Tensor => {
    const loss = update(images[t % images.length]!, labels[t % labels.length]!);
    t++;
    return loss;
  };
  return {
    outcome: () => step().dataSync(),
    run: (iterations) => {
      for (let i = 1; i < iterations; i++) step();
      step().item();
    },
    profile: (steps) => profileReply(update.profile([images[0]!, labels[0]!], { steps })),
    arena,
  };
}

export const gradus: Peer = {
  open,
  prepare: {
    network,
    epoch,
    batches,
    decode,
    memory,
    matmul,
    conv: convolution,
    segment: segmentSums,
    mlpStep,
    compile: compiled,
  },
};
