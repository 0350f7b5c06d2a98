// deepbox, on its CPU device: what its WebAssembly device adds are elementwise operations, which its
// losses cannot use, and a product that takes as long.
import type { ArrayFile, MatmulTask, MlpStepTask } from '../measure/protocol.js';
import { readFloats, readInts, unstack } from './arrays.js';
import { external, externalVersion } from './external.js';
import type { Instance, Opened, Peer } from './peer.js';

interface DeepboxTensor {
  readonly data: Float32Array;
}

interface GradTensor {
  readonly tensor: DeepboxTensor;
  matmul(other: GradTensor): GradTensor;
  add(other: GradTensor): GradTensor;
  relu(): GradTensor;
  backward(): void;
}

interface Deepbox {
  readonly arrays: {
    readonly Tensor: {
      fromTypedArray(from: {
        readonly data: Float32Array | Int32Array;
        readonly shape: readonly number[];
        readonly dtype: 'float32' | 'int32';
        readonly device: 'cpu';
      }): DeepboxTensor;
    };
    readonly GradTensor: {
      readonly fromTensor: (
        tensor: DeepboxTensor,
        options: { readonly requiresGrad: boolean },
      ) => GradTensor;
    };
    dot(a: DeepboxTensor, b: DeepboxTensor): DeepboxTensor;
  };
  readonly nn: { crossEntropyLoss(input: GradTensor, target: DeepboxTensor): GradTensor };
  readonly optim: {
    readonly Adam: new (
      parameters: readonly GradTensor[],
      options: Readonly<Record<'lr' | 'beta1' | 'beta2' | 'eps', number>>,
    ) => { zeroGrad(): void; step(): void };
  };
}

let deepbox: Deepbox;

function open(): Opened {
  const version = externalVersion('deepbox');
  deepbox = {
    arrays: external('deepbox/ndarray'),
    nn: external('deepbox/nn'),
    optim: external('deepbox/optim'),
  };
  return { version, threads: 1 };
}

function tensor(data: Float32Array | Int32Array, shape: readonly number[]): DeepboxTensor {
  const dtype = data instanceof Int32Array ? 'int32' : 'float32';
  return deepbox.arrays.Tensor.fromTypedArray({ data, shape, dtype, device: 'cpu' });
}

const load = (file: ArrayFile): DeepboxTensor => tensor(readFloats(file), file.shape);

function matmul(task: MatmulTask): Instance {
  const [a, b] = [load(task.a), load(task.b)];
  const product = (): DeepboxTensor => deepbox.arrays.dot(a, b);
  return {
    outcome: () => product().data,
    run: (iterations) => {
      for (let i = 0; i < iterations; i++) product();
    },
  };
}

function mlpStep(task: MlpStepTask): Instance {
  const { fromTensor } = deepbox.arrays.GradTensor;
  const parameter = (file: ArrayFile): GradTensor => fromTensor(load(file), { requiresGrad: true });
  const weights = task.weights.map(parameter);
  const biases = task.biases.map(parameter);
  const { lr, beta1, beta2, eps } = task;
  const adam = new deepbox.optim.Adam([...weights, ...biases], { lr, beta1, beta2, eps });
  const images = unstack(readFloats(task.images), task.images).map((values) =>
    fromTensor(tensor(values, task.images.shape.slice(1)), { requiresGrad: false }),
  );
  const labels = unstack(readInts(task.labels), task.labels).map((values) =>
    tensor(values, [values.length]),
  );
  let t = 0;
  const step = (): GradTensor => {
    adam.zeroGrad();
    let h = images[t % images.length]!;
    weights.forEach((w, i) => {
      h = h.matmul(w).add(biases[i]!);
      if (i < weights.length - 1) h = h.relu();
    });
    const loss = deepbox.nn.crossEntropyLoss(h, labels[t % labels.length]!);
    t++;
    loss.backward();
    adam.step();
    return loss;
  };
  return {
    outcome: () => [step().tensor.data[0]!],
    run: (iterations) => {
      for (let i = 0; i < iterations; i++) step();
    },
  };
}

export const deepboxPeer: Peer = { open, prepare: { matmul, mlpStep } };
