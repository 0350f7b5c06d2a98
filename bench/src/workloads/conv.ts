import type { Field, Prepared } from '../field.js';
import type { Check } from '../measure/check.js';
import type { ConvTask } from '../measure/protocol.js';
import { contender } from '../peers/registry.js';
import type { ConvShape, Pass } from './conv-reference.js';
import { convReference, flopsOf, shapesOf } from './conv-reference.js';
import type { Workload } from './index.js';
import { randomNumbers, uniform } from './random.js';
import { takeTimings } from './timings.js';

const LAYER: ConvShape = {
  batch: 64,
  channels: 32,
  outputs: 64,
  size: 14,
  kernel: 3,
  stride: 1,
  padding: 1,
  dilation: 1,
  groups: 1,
};

/** Layers by name. Valid reads an image as large as what same reads with its padding. */
export const CONVS: Readonly<Record<string, ConvShape>> = {
  same: LAYER,
  valid: { ...LAYER, size: 16, padding: 0 },
  'stride 2': { ...LAYER, size: 28, stride: 2 },
  'dilation 2': { ...LAYER, padding: 2, dilation: 2 },
  '4 groups': { ...LAYER, channels: 64, groups: 4 },
  depthwise: { ...LAYER, channels: 64, groups: 64 },
  '1 × 1': { ...LAYER, channels: 64, kernel: 1, padding: 0 },
  'LeNet, 5 × 5': { ...LAYER, channels: 6, outputs: 16, kernel: 5, padding: 0 },
};

export const PASSES: readonly Pass[] = ['forward', 'input', 'weight'];

export function convName(layer: string, pass: Pass): string {
  return `${layer}, ${pass === 'forward' ? 'forward' : `gradient of the ${pass}`}`;
}

function makeTasks(field: Field, layer: string): { name: string; task: ConvTask; check: Check }[] {
  const shape = CONVS[layer]!;
  const random = randomNumbers(layer.length);
  const shapes = shapesOf(shape);
  const draw = (extents: readonly number[]): Float32Array =>
    uniform(
      random,
      extents.reduce((n, d) => n * d, 1),
      -1,
      1,
    );
  const [x, w, g] = [draw(shapes.x), draw(shapes.w), draw(shapes.y)];
  const { stride, padding, dilation, groups } = shape;
  const files = {
    x: field.store(x, shapes.x),
    weight: field.store(w, shapes.w),
    gradient: field.store(g, shapes.y),
  };
  return PASSES.map((pass) => {
    const task = { kind: 'conv', pass, ...files, stride, padding, dilation, groups } as const;
    const expected = convReference(shape, pass, { x, w, g });
    // Well above what rounding gives with sums of so many terms, well below one wrong term.
    const terms = (2 * flopsOf(shape)) / expected.length / 4;
    return {
      name: convName(layer, pass),
      task,
      check: { runs: 1, expected, tolerance: terms * 2 ** -22 },
    };
  });
}

export const conv: Workload = {
  name: 'conv',
  title: 'Convolutions and their gradients, f32, one thread',
  about:
    'Batches of 64 images, forward and the gradients of the input and of the weight, each by itself, ' +
    'with operands and results that stay in place: 32 to 64 channels, 14 × 14 results, 3 × 3 ' +
    'kernels, unless the name says otherwise. FLOPs count what the forward pass multiplies, padding ' +
    'included, for all three. Every element is checked against a convolution in f64. Of LeNet’s layer, ' +
    'which has no padding, the gradient of the input is 14 × 14 out of 10 × 10: beside its rows it ' +
    'multiplies by zeros, 1.4 times the products in all. ONNX Runtime, which has no gradients, makes its ' +
    'result anew each time.',
  async run(field) {
    const layers = field.options.quick ? ['same', 'valid'] : Object.keys(CONVS);
    const peers = await field.startAll(['gradus', 'gradus-native', 'onnx', 'pytorch']);
    const prepared: Prepared[] = [];
    const flops = new Map<string, number>();
    for (const layer of layers) {
      for (const { name, task, check } of makeTasks(field, layer)) {
        flops.set(name, flopsOf(CONVS[layer]!));
        for (const peer of peers) {
          if (task.pass !== 'forward' && contender(peer.id).forwardOnly) continue;
          const ready = await field.prepare(peer, name, task, check);
          if (ready) prepared.push(ready);
        }
      }
    }
    return await takeTimings(prepared, field.options.pace, {
      flops: (name) => flops.get(name),
    });
  },
};
