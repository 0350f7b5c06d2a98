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

/** Nodes one after the other: what is given to them by name, and the shape of the last's result. */
async function instance(
  nodes: readonly OnnxNode[],
  files: Readonly<Record<string, ArrayFile>>,
  shape: readonly number[],
): Promise<Instance> {
  const options = { intraOpNumThreads: threads, interOpNumThreads: 1 };
  const inputs = Object.entries(files).map(([name, file]) => ({ name, shape: file.shape }));
  const output = { name: nodes.at(-1)!.output, shape };
  const model = onnxModel({ nodes, inputs, output });
  const session = await runtime.InferenceSession.create(model, options);
  const feeds = Object.fromEntries(
    Object.entries(files).map(([name, file]) => {
      return [name, new runtime.Tensor('float32', readFloats(file), file.shape)] as const;
    }),
  );
  return {
    outcome: async () => (await session.run(feeds))[output.name]!.data,
    run: async (iterations) => {
      for (let i = 0; i < iterations; i++) await session.run(feeds);
    },
  };
}

function matmul({ a, b }: MatmulTask): Promise<Instance> {
  const node = { op: 'MatMul', inputs: ['a', 'b'], output: 'c' };
  return instance([node], { a, b }, [a.shape[0]!, b.shape[1]!]);
}

function conv({ x, layers, gradient }: ConvTask): Promise<Instance> {
  const nodes = layers.map((layer, i): OnnxNode => {
    const { stride, padding, dilation, groups, transposed, outputPadding } = layer;
    return {
      op: transposed ? 'ConvTranspose' : 'Conv',
      inputs: [i === 0 ? 'x' : `y${i - 1}`, `w${i}`],
      output: `y${i}`,
      attributes: {
        strides: stride,
        pads: [...padding, ...padding],
        dilations: dilation,
        group: groups,
        ...(transposed ? { output_padding: outputPadding } : {}),
      },
    };
  });
  const weights = layers.map(({ weight }, i) => [`w${i}`, weight] as const);
  return instance(nodes, { x, ...Object.fromEntries(weights) }, gradient.shape);
}

export const onnxRuntime: Peer = { open, prepare: { matmul, conv } };
