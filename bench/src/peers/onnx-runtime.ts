// ONNX Runtime in Node: inference alone, on the CPU.
import { availableParallelism } from 'node:os';
import type { ArrayFile, ConvTask, MatmulTask } from '../measure/protocol.js';
import { readFloats } from './arrays.js';
import { external, externalVersion } from './external.js';
import type { OnnxNode } from './onnx-model.js';
import { onnxModel } from './onnx-model.js';
import type { Instance, Opened, Peer } from './peer.js';

interface OnnxTensor {
  readonly data: Float32Array;
}

interface Session {
  run(feeds: Readonly<Record<string, OnnxTensor>>): Promise<Readonly<Record<string, OnnxTensor>>>;
}

interface OnnxRuntime {
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: { readonly intraOpNumThreads: number; readonly interOpNumThreads: number },
    ): Promise<Session>;
  };
  readonly Tensor: new (
    type: 'float32',
    data: Float32Array,
    shape: readonly number[],
  ) => OnnxTensor;
}

const threads = Number(process.env['GRADUS_THREADS']) || availableParallelism();
let runtime: OnnxRuntime;

function open(): Opened {
  const version = externalVersion('onnxruntime-node');
  runtime = external<OnnxRuntime>('onnxruntime-node');
  return { version, threads };
}

async function instance(node: OnnxNode, files: readonly ArrayFile[]): Promise<Instance> {
  const options = { intraOpNumThreads: threads, interOpNumThreads: 1 };
  const session = await runtime.InferenceSession.create(onnxModel(node), options);
  const feeds = Object.fromEntries(
    node.inputs.map(({ name, shape }, i) => {
      return [name, new runtime.Tensor('float32', readFloats(files[i]!), shape)] as const;
    }),
  );
  return {
    outcome: async () => (await session.run(feeds))[node.output.name]!.data,
    run: async (iterations) => {
      for (let i = 0; i < iterations; i++) await session.run(feeds);
    },
  };
}

function matmul({ a, b }: MatmulTask): Promise<Instance> {
  const node = {
    op: 'MatMul',
    inputs: [
      { name: 'a', shape: a.shape },
      { name: 'b', shape: b.shape },
    ],
    output: { name: 'c', shape: [a.shape[0]!, b.shape[1]!] },
  };
  return instance(node, [a, b]);
}

function conv(task: ConvTask): Promise<Instance> {
  const { x, weight, gradient, stride, padding, dilation, groups } = task;
  const node = {
    op: 'Conv',
    inputs: [
      { name: 'x', shape: x.shape },
      { name: 'w', shape: weight.shape },
    ],
    output: { name: 'y', shape: gradient.shape },
    attributes: {
      strides: [stride, stride],
      pads: [padding, padding, padding, padding],
      dilations: [dilation, dilation],
      group: groups,
    },
  };
  return instance(node, [x, weight]);
}

export const onnxRuntime: Peer = { open, prepare: { matmul, conv } };
