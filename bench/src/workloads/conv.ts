import type { Field, Prepared } from '../field.js';
import type { Check } from '../measure/check.js';
import type { ConvTask } from '../measure/protocol.js';
import { contender } from '../peers/registry.js';
import type { ConvShape, Pass } from './conv-reference.js';
import { convReference, flopsOf, shapesOf } from './conv-reference.js';
import type { Workload } from './index.js';
import { randomNumbers, uniform } from './random.js';
import { takeTimings } from './timings.js';

const square = (n: number): [number, number] => [n, n];

const LAYER: ConvShape = {
  batch: 64,
  channels: 32,
  outputs: 64,
  size: square(14),
  kernel: square(3),
  stride: square(1),
  padding: square(1),
  dilation: square(1),
  groups: 1,
  transposed: false,
  outputPadding: square(0),
};

const DEPTHWISE: ConvShape = { ...LAYER, channels: 64, groups: 64 };
const POINTWISE: ConvShape = { ...LAYER, channels: 64, kernel: square(1), padding: square(0) };
const STRIDED: ConvShape = { ...LAYER, size: square(28), stride: square(2) };

const cube = (n: number): [number, number, number] => [n, n, n];
/** As many places as the layers of images have. */
const VOLUMES: ConvShape = {
  ...LAYER,
  batch: 8,
  size: [8, 14, 14],
  kernel: cube(3),
  stride: cube(1),
  padding: cube(1),
  dilation: cube(1),
  outputPadding: cube(0),
};

/**
 * Layers by name, some of them two convolutions one after the other. Valid reads an image as large as
 * what same reads with its padding.
 */
export const CONVS: Readonly<Record<string, readonly ConvShape[]>> = {
  same: [LAYER],
  valid: [{ ...LAYER, size: square(16), padding: square(0) }],
  'stride 2': [STRIDED],
  'dilation 2': [{ ...LAYER, padding: square(2), dilation: square(2) }],
  '4 groups': [{ ...LAYER, channels: 64, groups: 4 }],
  depthwise: [DEPTHWISE],
  '1 × 1': [POINTWISE],
  '3 × 1, then 1 × 3': [
    { ...LAYER, kernel: [3, 1], padding: [1, 0] },
    { ...LAYER, channels: 64, kernel: [1, 3], padding: [0, 1] },
  ],
  'depthwise, then 1 × 1': [DEPTHWISE, POINTWISE],
  'transposed, stride 2': [
    {
      ...STRIDED,
      channels: 64,
      outputs: 32,
      size: square(14),
      transposed: true,
      outputPadding: square(1),
    },
  ],
  '3-D': [VOLUMES],
  'LeNet, 5 × 5': [{ ...LAYER, channels: 6, outputs: 16, kernel: square(5), padding: square(0) }],
};

export const PASSES: readonly Pass[] = ['forward', 'input', 'weight'];

export function convName(layer: string, pass: Pass): string {
  return `${layer}, ${pass === 'forward' ? 'forward' : `gradient of the ${pass}`}`;
}

/** Standard deviation of what a layer gives: sums of products of numbers in ±1, of variance 1/9 each. */
function sizeOfSums(shape: ConvShape): number {
  const results = shapesOf(shape).y.reduce((n, d) => n * d, 1);
  return Math.sqrt(flopsOf([shape], 'forward') / 2 / results / 9);
}

interface Case {
  readonly name: string;
  readonly task: ConvTask;
  readonly check: Check;
  readonly flops: number;
}

function makeCases(field: Field, layer: string): Case[] {
  const shapes = CONVS[layer]!;
  const random = randomNumbers(layer.length);
  const draw = (extents: readonly number[]): Float32Array =>
    uniform(
      random,
      extents.reduce((n, d) => n * d, 1),
      -1,
      1,
    );
  const [xShape, yShape] = [shapesOf(shapes[0]!).x, shapesOf(shapes.at(-1)!).y];
  const x = draw(xShape);
  const weights = shapes.map((shape) => draw(shapesOf(shape).w));
  const g = draw(yShape);
  const layers = shapes.map((shape, i) => {
    const { stride, padding, dilation, groups, transposed, outputPadding } = shape;
    const weight = field.store(weights[i]!, shapesOf(shape).w);
    return { weight, stride, padding, dilation, groups, transposed, outputPadding };
  });
  const files = { x: field.store(x, xShape), layers, gradient: field.store(g, yShape) };
  const between = shapes.slice(0, -1).reduce((size, shape) => size * sizeOfSums(shape), 1);
  return PASSES.map((pass) => {
    const expected = convReference(shapes, pass, { x, weights, g });
    const flops = flopsOf(shapes, pass);
    // Well above what rounding gives with sums of so many terms, well below one wrong term.
    const terms = (flops / 2 / expected.length) * between;
    return {
      name: convName(layer, pass),
      task: { kind: 'conv', pass, ...files },
      check: { runs: 1, expected, tolerance: terms * 2 ** -22 },
      flops,
    };
  });
}

export const conv: Workload = {
  name: 'conv',
  title: 'Convolutions and their gradients, f32, one thread',
  about:
    'Batches of 64 images, forward and the gradients of the input and of the weight, each by itself, ' +
    'with operands and results that stay in place: 32 to 64 channels, 14 × 14 results, 3 × 3 ' +
    'kernels, unless the name says otherwise; 3-D are 8 volumes of 8 × 14 × 14. FLOPs count what the ' +
    'forward pass multiplies, padding included, for all three. Where two convolutions follow each ' +
    'other, each is a kernel of its own, and the gradient of the weight is that of both: it takes the ' +
    'forward pass of the first and the gradient of the input of the second as well, and FLOPs count ' +
    'them. The transposed one makes 28 × 28 out of 14 × 14, with one of output padding. Every element ' +
    'is checked against a convolution in f64. Of LeNet’s layer, ' +
    'which has no padding, the gradient of the input is 14 × 14 out of 10 × 10: beside its rows it ' +
    'multiplies by zeros, 1.4 times the products in all. ONNX Runtime, which has no gradients, makes its ' +
    'result anew each time.',
  async run(field) {
    const layers = field.options.quick ? ['same', 'valid'] : Object.keys(CONVS);
    const peers = await field.startAll(['gradus', 'gradus-native', 'onnx', 'pytorch']);
    const prepared: Prepared[] = [];
    const flops = new Map<string, number>();
    for (const layer of layers) {
      for (const { name, task, check, ...work } of makeCases(field, layer)) {
        flops.set(name, work.flops);
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
