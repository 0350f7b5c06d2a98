// What docs/convolution.md says of each kind of convolution: text, formulas, and the small example that
// its figure draws and its costs are counted on. Formulas are sums of products of letters, which
// test/docs/convolution.test.ts evaluates and compares with what the engine does.

/**
 * @typedef {object} Layer
 * @property {readonly number[]} weight Its shape.
 * @property {object} [options] Of `conv` or `convTranspose`.
 * @property {boolean} [transposed]
 *
 * @typedef {object} Kind
 * @property {string} name Of the figure's file.
 * @property {string} title
 * @property {string} says
 * @property {string} shape
 * @property {string} parameters Without biases.
 * @property {string} multiplyAdds For one sample.
 * @property {readonly number[]} input Shape of the example's input.
 * @property {readonly Layer[]} layers One after the other.
 * @property {readonly number[]} cell Of the output, whose terms are marked.
 * @property {string} code
 */

/** @type {readonly Kind[]} */
export const kinds = [
  {
    name: 'two-dimensional',
    title: '1. 2-D',
    says: `A kernel slides over the rows and columns of one plane. Each place gives one number: the sum of
what lies under the kernel, each times its weight. The same few weights are used everywhere, so that a
pattern is found wherever it is, and the parameters do not grow with the image.`,
    shape: '[N, 1, H, W] * [1, 1, kH, kW] → [N, 1, H′, W′]',
    parameters: 'kH · kW',
    multiplyAdds: 'H′ · W′ · kH · kW',
    input: [1, 1, 5, 5],
    layers: [{ weight: [1, 1, 3, 3] }],
    cell: [0, 0, 0, 1],
    code: `import { conv, rand, randn } from 'gradus';

const y = conv(rand([8, 1, 28, 28]), randn([1, 1, 3, 3]));
console.log(y.shape); // [8, 1, 26, 26]
const same = conv(rand([8, 1, 28, 28]), randn([1, 1, 3, 3]), { padding: 'same' });
console.log(same.shape); // [8, 1, 28, 28]`,
  },
  {
    name: 'multi-channel',
    title: '2. Multi-channel',
    says: `Images have channels, and so do the outputs of layers. A kernel has a plane of weights for each
input channel, and its results are added up; each kernel makes one output channel. This is what "a
convolution layer" means without further words.`,
    shape: '[N, C, H, W] * [O, C, kH, kW] → [N, O, H′, W′]',
    parameters: 'O · C · kH · kW',
    multiplyAdds: 'H′ · W′ · O · C · kH · kW',
    input: [1, 3, 4, 4],
    layers: [{ weight: [2, 3, 3, 3] }],
    cell: [0, 1, 0, 1],
    code: `import { conv, rand, randn } from 'gradus';

const y = conv(rand([8, 3, 32, 32]), randn([16, 3, 3, 3]), { stride: 2, padding: 1 });
console.log(y.shape); // [8, 16, 16, 16]`,
  },
  {
    name: 'three-dimensional',
    title: '3. 3-D',
    says: `However many channels there are, the kernels above move in two directions only. For volumes and
videos a kernel is less deep than the input and moves along the depth, too; what comes out is a volume.
The same function does it: the number of spatial dimensions is that of the operands.`,
    shape: '[N, C, D, H, W] * [O, C, kD, kH, kW] → [N, O, D′, H′, W′]',
    parameters: 'O · C · kD · kH · kW',
    multiplyAdds: 'D′ · H′ · W′ · O · C · kD · kH · kW',
    input: [1, 1, 3, 4, 4],
    layers: [{ weight: [1, 1, 2, 3, 3] }],
    cell: [0, 0, 1, 0, 1],
    code: `import { conv, rand, randn } from 'gradus';

const video = rand([2, 3, 16, 32, 32]);
console.log(conv(video, randn([8, 3, 3, 3, 3]), { padding: 1 }).shape); // [2, 8, 16, 32, 32]
const sound = rand([2, 1, 1000]);
console.log(conv(sound, randn([4, 1, 25]), { stride: 5 }).shape); // [2, 4, 196]`,
  },
  {
    name: 'pointwise',
    title: '4. 1×1',
    says: `Each output channel is a weighted sum of the input channels, at every place by itself: a linear
layer over the channels, which changes their number and nothing else.`,
    shape: '[N, C, H, W] * [O, C, 1, 1] → [N, O, H, W]',
    parameters: 'O · C',
    multiplyAdds: 'H · W · O · C',
    input: [1, 3, 3, 3],
    layers: [{ weight: [2, 3, 1, 1] }],
    cell: [0, 0, 1, 1],
    code: `import { conv, einsum, rand, randn } from 'gradus';

const [x, w] = [rand([8, 64, 14, 14]), randn([16, 64, 1, 1])];
const y = conv(x, w);
console.log(y.shape); // [8, 16, 14, 14]
const sums = einsum('nchw,oc->nohw', x, w.reshape([16, 64]));
console.log(y.sub(sums).abs().max().item() < 1e-4); // true`,
  },
  {
    name: 'spatially-separable',
    title: '5a. Spatially separable',
    says: `A kernel that is a column times a row, K = u vᵀ, need not be applied as such: first u, then v
gives the same. The notes name this kind in Chinese (空间可分离卷积); not every kernel can be split so, only
those of rank 1, such as Gaussian blur and Sobel's edges.`,
    shape: '[N, 1, H, W] * [1, 1, kH, 1] * [1, 1, 1, kW] → [N, 1, H′, W′]',
    parameters: 'kH + kW',
    multiplyAdds: 'H′ · W · kH + H′ · W′ · kW',
    input: [1, 1, 5, 5],
    layers: [{ weight: [1, 1, 3, 1] }, { weight: [1, 1, 1, 3] }],
    cell: [0, 0, 0, 1],
    code: `import { conv, rand, tensor } from 'gradus';

const smooth = tensor([1, 2, 1]).reshape([1, 1, 3, 1]);
const slope = tensor([-1, 0, 1]).reshape([1, 1, 1, 3]);
const x = rand([1, 1, 28, 28]);
const edges = conv(conv(x, smooth), slope);
console.log(edges.shape); // [1, 1, 26, 26]
const sobel = smooth.mul(slope); // [1, 1, 3, 3]
console.log(edges.sub(conv(x, sobel)).abs().max().item() < 1e-5); // true`,
  },
  {
    name: 'depthwise-separable',
    title: '5b. Depthwise separable',
    says: `What the notes call this kind in English, and another thing: a depthwise convolution, with one
kernel for each channel by itself, then a 1×1 convolution that mixes the channels. It is not the same as a
full convolution but takes its place, for 1/O + 1/(kH · kW) of the cost (Chollet, 2017; Howard et al.,
2017).`,
    shape: '[N, C, H, W] * [C, 1, kH, kW] * [O, C, 1, 1] → [N, O, H′, W′]',
    parameters: 'C · kH · kW + O · C',
    multiplyAdds: 'H′ · W′ · C · kH · kW + H′ · W′ · O · C',
    input: [1, 2, 4, 4],
    layers: [{ weight: [2, 1, 3, 3], options: { groups: 2 } }, { weight: [3, 2, 1, 1] }],
    cell: [0, 1, 0, 1],
    code: `import { conv, rand, randn } from 'gradus';

const x = rand([8, 32, 28, 28]);
const each = conv(x, randn([32, 1, 3, 3]), { groups: 32, padding: 1 });
const mixed = conv(each, randn([64, 32, 1, 1]));
console.log(mixed.shape); // [8, 64, 28, 28]`,
  },
  {
    name: 'grouped',
    title: '6. Grouped',
    says: `The channels are divided into G groups, and each group of outputs sees its group of inputs
alone: 1/G of the weights and of the work. G = 1 is the full convolution, G = C the depthwise one.`,
    shape: '[N, C, H, W] * [O, C/G, kH, kW] → [N, O, H′, W′]',
    parameters: 'O · C/G · kH · kW',
    multiplyAdds: 'H′ · W′ · O · C/G · kH · kW',
    input: [1, 4, 3, 3],
    layers: [{ weight: [4, 2, 2, 2], options: { groups: 2 } }],
    cell: [0, 2, 0, 1],
    code: `import { conv, rand, randn } from 'gradus';

const y = conv(rand([8, 32, 28, 28]), randn([64, 8, 3, 3]), { groups: 4, padding: 1 });
console.log(y.shape); // [8, 64, 28, 28]`,
  },
  {
    name: 'dilated',
    title: '7. Dilated',
    says: `The weights stand apart: with dilation d a kernel of K weights spans d · (K - 1) + 1. A 3×3
kernel with dilation 2 sees 5×5, with 9 weights and the work of 9. Layers of dilation 1, 2, 4, … see
exponentially far (Yu and Koltun, 2016).`,
    shape: '[N, C, H, W] * [O, C, kH, kW] → [N, O, H′, W′]',
    parameters: 'O · C · kH · kW',
    multiplyAdds: 'H′ · W′ · O · C · kH · kW',
    input: [1, 1, 6, 6],
    layers: [{ weight: [1, 1, 3, 3], options: { dilation: 2 } }],
    cell: [0, 0, 0, 1],
    code: `import { conv, rand, randn } from 'gradus';

const w = randn([16, 3, 3, 3]);
console.log(conv(rand([8, 3, 28, 28]), w, { dilation: 2 }).shape); // [8, 16, 24, 24]
console.log(conv(rand([8, 3, 28, 28]), randn([16, 3, 5, 5])).shape); // [8, 16, 24, 24]`,
  },
  {
    name: 'transposed',
    title: '8. Transposed',
    says: `The other way round, for upsampling: each input lays the whole kernel, times its value, into the
output, a stride further than its neighbour, and where they overlap they add up. It is the adjoint of the
convolution with the same options, which is what the gradient of a convolution's input is, too; it is not its
inverse, and does not bring back what a convolution was given. Here H′ = stride · (H - 1) + dilation · (kH -
1) + 1 - 2 · padding + outputPadding.`,
    shape: '[N, C, H, W], [C, O, kH, kW] → [N, O, H′, W′]',
    parameters: 'C · O · kH · kW',
    multiplyAdds: 'H · W · C · O · kH · kW',
    input: [1, 1, 2, 2],
    layers: [{ weight: [1, 1, 3, 3], options: { stride: 2 }, transposed: true }],
    cell: [0, 0, 2, 2],
    code: `import { conv, convTranspose, rand, randn } from 'gradus';

const w = randn([16, 3, 4, 4]);
const options = { stride: 2, padding: 1 };
const up = convTranspose(rand([8, 16, 14, 14]), w, options);
console.log(up.shape); // [8, 3, 28, 28]
const [x, y] = [rand([1, 3, 8, 8]), rand([1, 16, 4, 4])];
const there = conv(x, w, options).mul(y).sum();
const back = convTranspose(y, w, options).mul(x).sum();
console.log(there.sub(back).abs().item() < 1e-2); // true`,
  },
];

/** The value of a formula, given what its letters stand for. */
export function valueOf(formula, letters) {
  const factor = (text) =>
    text
      .split('/')
      .map((name) => letters[name] ?? Number(name))
      .reduce((a, b) => a / b);
  const product = (text) => text.split(' · ').reduce((all, part) => all * factor(part), 1);
  return formula.split(' + ').reduce((sum, part) => sum + product(part), 0);
}

/** What the letters of a kind's formulas stand for in its example, whose output has this shape. */
export function lettersOf({ input, layers }, output) {
  const name = (names, values) =>
    Object.fromEntries(values.map((v, i) => [names.slice(-values.length)[i], v]));
  const sizes = layers.map(({ weight }) => weight.slice(2));
  const kernel = sizes[0].map((_, i) => Math.max(...sizes.map((size) => size[i])));
  return {
    C: input[1],
    O: output[1],
    G: layers[0].options?.groups ?? 1,
    ...name(['D', 'H', 'W'], input.slice(2)),
    ...name(['D′', 'H′', 'W′'], output.slice(2)),
    ...name(['kD', 'kH', 'kW'], kernel),
  };
}
