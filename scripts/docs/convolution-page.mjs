// docs/convolution.md and its figures: the facts of convolution-facts.mjs, numbers from the engine.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { kinds, lettersOf, valueOf } from './convolution-facts.mjs';
import { drawer } from './convolution-figures.mjs';
import { escaped } from './markdown.mjs';

const introduction = `<!-- Written by \`npm run docs\` from scripts/docs/convolution-facts.mjs and the engine. -->

# Convolution

The eight kinds of convolution of the notes (3.1.1), how one is computed forwards and backwards (3.1.2, 3.1.3),
and pooling (3.1.4). Figures show what the engine has computed; in those of the kinds, what is marked are the
terms of one output as [\`ConvSteps\`](api/nn.md#class-convsteps) reports them.
[notation.md](notation.md#dimensions) has the letters.

## Convolution and cross-correlation

<!-- @equation (3.1) -->

In signal processing, (f * g)(t) = ∫ f(τ) g(t - τ) dτ ([(3.1)](equations.md#31)): one function is turned
round, moved by t, and multiplied with the other. What deep learning calls convolution leaves the kernel as it
is, and is cross-correlation. For weights that are learnt this makes no difference, as they come out turned;
for given ones it does. [\`conv\`](api/gradus.md#conv) is that of deep learning,
[\`convolve\`](api/gradus.md#convolve) the true one, with the same shapes and options.

\`\`\`ts
import { conv, convolve, tensor } from 'gradus';

const [x, k] = [tensor([[[0, 0, 1, 0, 0]]]), tensor([[[1, 2, 3]]])];
console.log(conv(x, k, { padding: 1 }).tolist()); // [[[0, 3, 2, 1, 0]]]
console.log(convolve(x, k, { padding: 1 }).tolist()); // [[[0, 1, 2, 3, 0]]]
\`\`\`

## The eight kinds

In every dimension, with S elements of input, K of the kernel, and options \`stride\`, \`padding\` (low and
high), \`dilation\`, a convolution gives

P = ⌊(S + low + high - dilation · (K - 1) - 1) / stride⌋ + 1

elements. Below, H′ is the P of H, and so on. Costs are those of one sample, in multiplications with an
addition each; a bias would be O parameters more. For each kind the figure's own costs are given, which a test
counts.
`;

const summaries = `## What a net of layers costs, and what it sees

[\`summarize\`](api/nn.md#summarize) and \`gradus summary lenet\` tell for each layer its shape and parameters, what
it computes for an input, and its receptive field.

- **Multiply-adds** are the products that are added up in convolutions and matrix products, the figure that
  papers give. Taps on zeros of padding count; the zeros between the elements of a transposed convolution do
  not. A ResNet-18 has 1.81 billion of them for an image of 224 × 224.
- **FLOPs** are two for each of those, and one for each element of anything else: biases, activations,
  normalisations, each element that a window of a pooling takes. What depends on weights alone is free.
- **The receptive field** of an element is the part of the input that it can depend on. A window of k with
  dilation d widens it by d · (k - 1) · j, where j, the jump, is the distance in the input between neighbours;
  a stride multiplies j, and a transposed convolution divides it. Behind a dense layer, a global pooling, a
  normalisation over the axis or a recurrence it is all of the axis.

Both are read off the operations that the model records, so they hold for modules of your own, too.

\`\`\`ts
import { zeros } from 'gradus';
import { Conv2d, MaxPool2d, ReLU, Sequential, summarize } from 'gradus/nn';

const model = new Sequential(new Conv2d(1, 6, 5, { padding: 2 }), new ReLU(), new MaxPool2d(2));
const layers = summarize(model, zeros([1, 1, 28, 28]));
console.log(layers.map((layer) => layer.multiplyAdds)); // [117600, 0, 0]
const [, , pooling] = layers;
console.log(pooling?.receptiveField?.map((axis) => axis?.size)); // [6, 6]
\`\`\`
`;

/** A layer as they are in nets, for the table of costs. */
const plane = { H: 32, W: 32, 'H′': 32, 'W′': 32, kH: 3, kW: 3 };
const LAYER = { C: 64, O: 128, G: 4, D: 16, 'D′': 16, kD: 3, ...plane };
const compared = [
  'multi-channel',
  'three-dimensional',
  'pointwise',
  'depthwise-separable',
  'grouped',
  'dilated',
];

/**
 * The page and its figures by path.
 *
 * @param {string} folder Where src has been compiled to.
 * @returns {Promise<Map<string, string>>}
 */
export async function convolutionPages(folder) {
  const load = (path) => import(pathToFileURL(join(folder, path)).href);
  const [gradus, nn] = await Promise.all(['index.js', 'nn/index.js'].map(load));
  gradus.setDevice(new gradus.WasmDevice({ relaxedSimd: false }));
  const draws = drawer(gradus, nn);
  const pages = new Map();
  const image = (name, alt, svg) => {
    pages.set(`docs/convolution/${name}.svg`, svg);
    return `![${alt}](convolution/${name}.svg)`;
  };
  const parts = [
    introduction,
    ...kinds.map((kind) => sectionOf(kind, draws.kind(kind), image)),
    costs(),
    backward(gradus, nn, draws, image),
    pooling(gradus, draws, image),
    summaries,
  ];
  pages.set('docs/convolution.md', parts.join('\n'));
  return pages;
}

/** A kind: text, figure, one output written out, formulas, code. */
function sectionOf(kind, { svg, shape: output, value, terms }, image) {
  const { name, title, says, shape, parameters, multiplyAdds, cell, code } = kind;
  const letters = lettersOf(kind, output);
  const own = (formula) => `\`${formula}\`; here ${count(valueOf(formula, letters))}`;
  const products = terms.map(({ factors: [a, b] }) => `${signed(a)}·${signed(b)}`).join(' + ');
  const spelled =
    terms.length > 9 ? `the sum of ${terms.length} terms, ${value}` : `\`${products} = ${value}\``;
  return `### ${title}

${escaped(says)}

${image(name, title, svg)}

The marked Y[${cell.join(', ')}]: ${spelled}

- Shapes: \`${shape}\`
- Parameters: ${own(parameters)}
- Multiply-adds: ${own(multiplyAdds)}

\`\`\`ts
${code}
\`\`\`
`;
}

const signed = (value) => (value < 0 ? `(${value})` : String(value));
const count = (value) => value.toLocaleString('en-US');

function costs() {
  const rows = kinds
    .filter(({ name }) => compared.includes(name))
    .map(({ title, parameters, multiplyAdds }) => {
      const cells = [parameters, multiplyAdds].map((formula) => count(valueOf(formula, LAYER)));
      return `| ${title.replace(/^\w+\. /, '')} | ${cells.join(' | ')} |`;
    });
  return `### What they cost

From 64 channels to 128, 32 × 32 places, 3 × 3 kernels, as many places out as in; depth 16 and 3 × 3 × 3
kernels in 3-D, 4 groups.

| Kind | Parameters | Multiply-adds |
|---|--:|--:|
${rows.join('\n')}
`;
}

function backward(gradus, nn, draws, image) {
  const of = (values, shape) => gradus.tensor(values, { dtype: 'f64' }).reshape(shape);
  const x = of([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3]);
  const steps = new nn.ConvSteps(x, of([1, 2, -1, 3], [1, 1, 2, 2]));
  const back = steps.backward(of([1, -1, 2, 3], [1, 1, 2, 2]));
  const images = [
    image('product', 'XC · KC = YC', draws.product(steps)),
    image('kernel-gradient', 'XCᵀ · ∇YC = ∇KC', draws.kernelGradient(steps, back)),
    image('input-gradient', '∇Y * turned K = ∇X', draws.inputGradient(back)),
  ];
  return `## Forwards and backwards

<!-- @equation (3.2), (3.3), (3.4), (3.8) -->

X * K = Y ([(3.2)](equations.md#32)) is a product of matrices: each window of X becomes a row of XC, each
kernel a column of KC, and YC = XC · KC is Y with a column for each output channel ([(3.4)](equations.md#34)).
[\`im2col\`](api/gradus.md#im2col) lays out the windows; more channels make longer rows, more samples more of
them. The engine's \`conv\` computes the same without ever making XC.

${images[0]}

<!-- @equation (3.5), (3.6), (3.7), (3.9), (3.10) -->

On the way back δ = ∇Y is known. The product has two gradients: ∇KC = XCᵀ · ∇YC ([(3.6)](equations.md#36)),
which only has to be reshaped,

${images[1]}

and ∇XC = ∇YC · KCᵀ ([(3.7)](equations.md#37)), whose rows have to be added up where the windows overlap:
[\`col2im\`](api/gradus.md#col2im) does. The notes go another way. Each x met each weight in one window at most,
and takes back that window's δ times the weight ([(3.9)](equations.md#39)): ∇X is again a convolution, of δ
among zeros with the kernel turned by 180° ([(3.10)](equations.md#310)).

${images[2]}

\`ConvSteps\` has all of these as tensors, for any channels, strides, paddings and dilations, equal to \`conv\`
and its gradients to 1e-12 in f64; and it names, for each output and each gradient, which input cell and which
weight made each term.

\`\`\`ts
import { arange, ones, tensor } from 'gradus';
import { ConvSteps } from 'gradus/nn';

const x = arange(9, { dtype: 'f64' }).reshape([1, 1, 3, 3]);
const k = tensor([1, 2, 3, 4], { dtype: 'f64' }).reshape([1, 1, 2, 2]);
const steps = new ConvSteps(x, k);
console.log(steps.xc.tolist()); // [[0, 1, 3, 4], [1, 2, 4, 5], [3, 4, 6, 7], [4, 5, 7, 8]]
console.log(steps.yc.T.tolist()); // [[27, 37, 57, 67]]
const [, term] = steps.outputTerms([0, 0, 0, 1]);
console.log(term!.input, term!.weight, term!.factors); // [0, 0, 0, 2] [0, 0, 0, 1] [2, 2]
const back = steps.backward(ones([1, 1, 2, 2], { dtype: 'f64' }));
console.log(back.gradKc.T.tolist()); // [[8, 12, 20, 24]]
console.log(back.turned.k.tolist()); // [[[[4, 3], [2, 1]]]]
console.log(back.gradX.tolist()); // [[[[1, 3, 2], [4, 10, 6], [3, 7, 4]]]]
\`\`\`
`;
}

/** Two windows share the 5, and one has two maxima. */
const OVERLAPPED = [
  [1, -1, 2, 0, 1],
  [3, 0, 5, -2, 1],
  [0, 2, 1, 1, -1],
  [2, -1, 0, 4, 0],
  [1, 2, -2, 1, 3],
];

function pooling({ avgPool, maxPool, tensor }, draws, image) {
  const x = draws.draw([1, 1, 4, 4]);
  const wide = tensor([[OVERLAPPED]], { dtype: 'f64' });
  const side = { size: 2 };
  const over = { size: 3, stride: 2 };
  const title = {
    max: 'Maxima of windows side by side, and their gradient',
    over: 'Maxima of windows that overlap, and their gradient',
    avg: 'Means of windows side by side, and their gradient',
  };
  const images = {
    max: image('max-pooling', title.max, draws.pooling(title.max, maxPool, x, side)),
    over: image('overlapping', title.over, draws.pooling(title.over, maxPool, wide, over)),
    avg: image('average-pooling', title.avg, draws.pooling(title.avg, avgPool, x, side)),
  };
  return `## Pooling

A pooling makes one number of each window of each channel. It has no parameters, and P is that of a
convolution; the stride is the window's size unless it is given. With \`ceilMode\` the division rounds up, so
that a last window may reach beyond the input. A pooling has ∏ P · ∏ size steps per channel: comparisons of
\`maxPool\`, additions of \`avgPool\` and \`sumPool\`.

- Shapes: \`[N, C, H, W] → [N, C, H′, W′]\`, in any number of spatial dimensions
- Parameters: none

### Maximum

[\`maxPool\`](api/gradus.md#maxpool) takes the largest element of each window. On the way back it gets the whole
δ (orange), the others none; the first of equals gets it.
[\`maxPoolIndices\`](api/gradus.md#maxpoolindices) says where it lies.

${images.max}

Where windows overlap, an element may be the maximum of several, and its δs add up.

${images.over}

\`\`\`ts
import { grad, maxPool, maxPoolIndices, tensor, type Tensor } from 'gradus';

const x = tensor([[[3, 1, 2, 2, 0, 5]]]);
console.log(maxPool(x, { size: 2 }).tolist()); // [[[3, 2, 5]]]
console.log(maxPoolIndices(x, { size: 2 }).tolist()); // [[[0, 2, 5]]]
const slope = grad((t: Tensor) => maxPool(t, { size: 3, stride: 1 }).sum());
console.log(slope(x).tolist()); // [[[1, 0, 2, 0, 0, 1]]]
\`\`\`

### Average

[\`avgPool\`](api/gradus.md#avgpool) takes the mean of each window. On the way back each element gets an equal
share of δ: δ / ∏ size. Padding counts as elements that are 0, unless \`countIncludePad\` is false.

${images.avg}

\`\`\`ts
import { avgPool, grad, tensor, type Tensor } from 'gradus';

const x = tensor([[[3, 1, 2, 2, 2, 5]]]);
console.log(avgPool(x, { size: 2 }).tolist()); // [[[2, 2, 3.5]]]
const slope = grad((t: Tensor) => avgPool(t, { size: 2 }).mul(tensor([2, 4, 6])).sum());
console.log(slope(x).tolist()); // [[[1, 1, 2, 2, 3, 3]]]
console.log(avgPool(x, { size: 3, padding: 1, countIncludePad: false }).tolist()); // [[[2, 2]]]
\`\`\`

A global pooling is a pooling whose window is the whole plane: the mean or the maximum over its axes.

\`\`\`ts
import { avgPool, rand } from 'gradus';

const x = rand([2, 8, 7, 7]);
console.log(x.mean([2, 3]).shape); // [2, 8]
const pooled = avgPool(x, { size: 7 }).reshape([2, 8]);
console.log(pooled.sub(x.mean([2, 3])).abs().max().item() < 1e-6); // true
\`\`\`
`;
}
