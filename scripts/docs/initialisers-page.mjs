// docs/initialisers.md: what there is, what suits what, and how signals fare in a deep net, measured.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { linePlot } from './line-plot.mjs';

/** The net of the plots: layers of equal width without biases. */
const NET = { width: 128, layers: 30, samples: 128, seed: 0 };

const introduction = `<!-- Written by \`npm run docs\`: scripts/docs/initialisers-page.mjs. -->

# Initialisers

Training starts from random weights: equal ones would stay equal. How large they are decides whether signals
on their way through the layers, and gradients on their way back, keep their size. With weights of mean 0 and
variance v, the sum over fanIn inputs has fanIn · v times their mean square, and a gradient on its way back
fanOut · v times; an activation takes its share of both. In a deep net the product of all these factors
is far from 1 unless each is near it.

Initialisers are in \`init\` of \`gradus/nn\`, under PyTorch's names. They assign in place and return the
tensor; weights are [out, in, …], so fanIn = in · k and fanOut = out · k, k being the size of a kernel. The
same seed gives the same values on every device.

\`\`\`ts
import { manualSeed } from 'gradus';
import { Linear, Sequential, Tanh, init } from 'gradus/nn';

manualSeed(0);
const model = new Sequential(new Linear(64, 64), new Tanh(), new Linear(64, 1));
model.apply((layer) => {
  if (!(layer instanceof Linear)) return;
  init.xavierNormal(layer.weight, { gain: init.calculateGain('tanh') });
  if (layer.bias) init.zeros(layer.bias);
});
\`\`\`

## What there is

| Name | Values | Source |
|---|---|---|
| [\`xavierUniform\`](api/nn.md#initxavieruniform), [\`xavierNormal\`](api/nn.md#initxaviernormal) | standard deviation gain √(2 / (fanIn + fanOut)), between what outputs and gradients want | Glorot and Bengio, 2010 |
| [\`kaimingUniform\`](api/nn.md#initkaiminguniform), [\`kaimingNormal\`](api/nn.md#initkaimingnormal) | standard deviation gain / √fanIn or gain / √fanOut, gain √(2 / (1 + a²)) for ReLU with slope a below 0 | He et al., 2015 |
| [\`lecunUniform\`](api/nn.md#initlecununiform), [\`lecunNormal\`](api/nn.md#initlecunnormal) | standard deviation 1 / √fanIn | LeCun et al., 1998 |
| [\`orthogonal\`](api/nn.md#initorthogonal) | orthonormal rows or columns, times a gain | Saxe et al., 2014 |
| [\`truncNormal\`](api/nn.md#inittruncnormal) | normal, given that the value lies in [a, b] | |
| [\`sparse\`](api/nn.md#initsparse) | normal, a fraction of each column 0 | Martens, 2010 |
| [\`eye\`](api/nn.md#initeye), [\`dirac\`](api/nn.md#initdirac) | the identity, as a matrix or as a convolution | Le et al., 2015; Zagoruyko and Komodakis, 2017 |
| [\`uniform\`](api/nn.md#inituniform), [\`normal\`](api/nn.md#initnormal) | with bounds, or mean and standard deviation, that are given | |
| [\`constant\`](api/nn.md#initconstant), [\`zeros\`](api/nn.md#initzeros), [\`ones\`](api/nn.md#initones) | the same everywhere | |

[\`calculateGain\`](api/nn.md#initcalculategain) gives the gain for an activation,
[\`calculateFans\`](api/nn.md#initcalculatefans) the fans of a weight. \`Linear\` itself starts as in PyTorch,
uniform on ±1/√fanIn: that is a third of the variance of \`lecunUniform\`, and suits nets of few layers.

## What suits what

| [Activation](activations.md) | First weights |
|---|---|
| \`relu\`, \`leakyRelu\`, \`prelu\` | \`kaimingNormal\` or \`kaimingUniform\`, with the slope below 0 as \`a\` |
| \`gelu\`, \`silu\`, \`mish\` | the same; they pass on less than \`relu\` of what is small, so very deep nets want normalisation or skipping links as well |
| \`selu\` | \`lecunNormal\` |
| \`tanh\`, \`softsign\`, \`hardtanh\` | \`xavierNormal\` or \`xavierUniform\`, with gain 5/3 for \`tanh\` |
| \`sigmoid\`, \`softmax\`, \`glu\`, none | \`xavierNormal\` or \`xavierUniform\`; deep nets of \`sigmoid\` lose their gradients all the same |
| any, in recurrent nets | \`orthogonal\` for the matrix that is applied at every step |
`;

/**
 * What is compared.
 *
 * @type {readonly { label: string, h: string, name: string, options?: object }[]}
 */
const pairs = [
  { label: 'relu, kaimingNormal', h: 'relu', name: 'kaimingNormal' },
  { label: 'relu, xavierNormal', h: 'relu', name: 'xavierNormal' },
  {
    label: 'tanh, xavierNormal · 5/3',
    h: 'tanh',
    name: 'xavierNormal',
    options: { gain: 5 / 3 },
  },
  { label: 'selu, lecunNormal', h: 'selu', name: 'lecunNormal' },
  { label: 'gelu, kaimingNormal', h: 'gelu', name: 'kaimingNormal' },
  { label: 'sigmoid, xavierNormal', h: 'sigmoid', name: 'xavierNormal' },
];

/**
 * The page and its plots by path.
 *
 * @param {string} folder Where src has been compiled to.
 * @returns {Promise<Map<string, string>>}
 */
export async function initialisersPages(folder) {
  const load = (path) => import(pathToFileURL(join(folder, path)).href);
  const [gradus, nn] = await Promise.all(['index.js', 'nn/index.js'].map(load));
  gradus.setDevice(new gradus.WasmDevice({ relaxedSimd: false }));
  const measured = pairs.map((pair) => ({ ...pair, ...sizesOf(gradus, nn, pair) }));
  const plot = (title, of) => {
    const lines = measured.map((m) => ({
      name: m.label,
      points: m[of].map((size, layer) => [layer, size]),
    }));
    const size = { width: 680, height: 300 };
    return linePlot({ title, lines, xStep: 5, xName: 'layer', isLog: true, ...size });
  };
  return new Map([
    ['docs/initialisers.md', [introduction, section(measured)].join('\n')],
    ['docs/initialisers/signals.svg', plot('Root mean square of the signal', 'signals')],
    ['docs/initialisers/gradients.svg', plot('Root mean square of the gradient', 'gradients')],
  ]);
}

/** The root mean squares of the signal behind each layer, and of the gradient by it; f64. */
function sizesOf({ Parameter, compile, grad, manualSeed, randn, zeros }, nn, pair) {
  const { h, name, options } = pair;
  const { width, layers, samples, seed } = NET;
  manualSeed(seed);
  const f64 = { dtype: 'f64' };
  const weights = Array.from({ length: layers }, () =>
    nn.init[name](new Parameter(zeros([width, width], f64)), options),
  );
  const rms = (x) => x.mul(x).mean().sqrt();
  const run = compile((x, direction) => {
    const signals = [x];
    for (const w of weights) signals.push(nn[h](nn.linear(signals.at(-1), w)));
    const gradients = grad([signals.at(-1)], signals, { seed: direction });
    return [signals.map(rms), gradients.map(rms)];
  });
  const input = randn([samples, width], { ...f64, requiresGrad: true });
  const [signals, gradients] = run(input, randn([samples, width], f64));
  const numbers = (list) => list.map((x) => x.item());
  return { signals: numbers(signals), gradients: numbers(gradients) };
}

function section(measured) {
  const { width, layers, samples } = NET;
  const digits = (x) => (x < 0.001 ? x.toExponential(0) : String(Number(x.toPrecision(2))));
  const rows = measured.map(({ label, signals, gradients }) =>
    [label, ...[1, 10, layers].map((i) => digits(signals[i])), digits(gradients[0])].join(' | '),
  );
  return `## Signals in a deep net

${layers} layers of ${width} units without biases, at first, in f64: normal input, ${samples} samples, goes in
at layer 0, and a normal gradient comes back from layer ${layers}. What suits keeps its size; what does not
falls by about the same factor in each layer. Gain 5/3 keeps the signals of \`tanh\`, at the price of gradients
that grow slowly.

![signals](initialisers/signals.svg)
![gradients](initialisers/gradients.svg)

| | signal behind layer 1 | 10 | ${layers} | gradient by the input |
|---|--:|--:|--:|--:|
${rows.map((row) => `| ${row} |`).join('\n')}
`;
}
