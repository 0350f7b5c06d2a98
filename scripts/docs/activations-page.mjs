// docs/activations.md and its plots: the facts of activation-facts.mjs, and curves computed by the kernels.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { families } from './activation-facts.mjs';
import { linePlot } from './line-plot.mjs';
import { cell } from './markdown.mjs';

const introduction = `<!-- Written by \`npm run docs\` from scripts/docs/activation-facts.mjs and the kernels. -->

# Activations

Without an activation h between them ([(2.16)](equations.md#216)) layers of a net are one linear map:
activations make the model non-linear. Back-propagation multiplies by h′ in every layer
([(2.18)](equations.md#218)), so where h saturates, with h′ near 0, gradients vanish on their way back.

Each is a function and a module, under PyTorch's names: \`relu(x)\`, \`new ReLU()\`. The plots are computed by
the engine's kernels, value (blue) and derivative (orange, dashed), for the defaults; "steepest" is the
largest derivative that they gave. A test holds the derivatives, ranges and limits in the tables of plotted
functions against the kernels; values and gradients are compared with PyTorch's at kinks, in both tails and
at ±∞. NaN stays NaN.

\`\`\`ts
import { type Tensor, grad, tensor } from 'gradus';
import { GELU, Linear, Sequential, gelu } from 'gradus/nn';

const model = new Sequential(new Linear(8, 32), new GELU(), new Linear(32, 1));
const slope = grad((x: Tensor) => gelu(x).sum());
console.log(slope(tensor([-2, 0, 2])).tolist()); // about -0.085, 0.5 and 1.085
console.log(model.forward(tensor([[1, 2, 3, 4, 5, 6, 7, 8]])).shape); // [1, 1]
\`\`\`
`;

const along = `## Along an axis

They see a whole axis, the last by default, and are not functions of single elements.

| h | h(x) | ∂h | range | saturates |
|---|---|---|---|---|
| [\`softmax\`](api/nn.md#softmax) | yᵢ = e^xᵢ / Σ e^xⱼ | ∂yᵢ/∂xⱼ = yᵢ ([i = j] - yⱼ) | [0, 1], sum 1 | where one is far above the others |
| [\`logSoftmax\`](api/nn.md#logsoftmax) | ln softmax(x) | ∂yᵢ/∂xⱼ = [i = j] - e^yⱼ | (-∞, 0] | for the largest alone, where it is far above the others |
| [\`glu\`](api/nn.md#glu) | a σ(b), the halves of x | σ(b) by a, a σ(b) σ(-b) by b | (-∞, ∞) | where the gate b is far from 0 |
| [\`maxout\`](api/nn.md#maxout) | the largest of each k neighbours | 1 by the largest, shared between equals, 0 by the others | (-∞, ∞) | never |

[initialisers.md](initialisers.md) says which first weights suit which activation.
`;

/** The plots cover -REACH … REACH. */
const REACH = 8;
/** Where a function that saturates has done so. */
const FAR = 1000;
/** Neighbouring points of a plot; it has one at every kink. */
const STEP = 1 / 8;

/**
 * The page and its plots by path.
 *
 * @param {string} folder Where src has been compiled to.
 * @returns {Promise<Map<string, string>>}
 */
export async function activationsPages(folder) {
  const load = (path) => import(pathToFileURL(join(folder, path)).href);
  const [gradus, nn] = await Promise.all(['index.js', 'nn/index.js'].map(load));
  gradus.setDevice(new gradus.WasmDevice({ relaxedSimd: false }));
  const pages = new Map();
  const sections = families.map(({ title, text, rows }) => {
    const drawn = rows.map((facts) => {
      const curves = curvesOf(gradus, nn, facts.name);
      const path = `activations/${kebab(facts.name)}.svg`;
      pages.set(`docs/${path}`, plotOf(facts.name, curves));
      return { facts, path, steepest: curves.steepest };
    });
    return `## ${title}\n\n${text}\n\n${table(drawn)}\n\n${images(drawn)}\n`;
  });
  pages.set('docs/activations.md', [introduction, ...sections, along].join('\n'));
  return pages;
}

const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Value and derivative in f64 over the range of the plots, and the largest derivative anywhere. */
function curvesOf({ compile, fromData, full, grad }, nn, name) {
  const count = (2 * REACH) / STEP + 1;
  const xs = Array.from({ length: count }, (_, i) => i * STEP - REACH);
  const slope = full([1], 0.25, { dtype: 'f64' });
  const h = (x) => (name === 'prelu' ? nn.prelu(x, slope) : nn[name](x));
  const both = compile((x) => [h(x), grad((at) => h(at).sum())(x)]);
  const [values, slopes] = both(fromData(Float64Array.of(...xs, -FAR, FAR), [count + 2]));
  const within = (t) => [...t.dataSync()].slice(0, count);
  return {
    xs,
    values: within(values),
    slopes: within(slopes),
    steepest: Math.max(...slopes.dataSync()),
  };
}

function plotOf(name, { xs, values, slopes }) {
  const lines = [{ points: withGaps(xs, values) }, { points: withGaps(xs, slopes), dashed: true }];
  return linePlot({ title: name, lines, xStep: 4 });
}

/** Points of a line that is interrupted where it jumps: where a step is far above its neighbours. */
function withGaps(xs, ys) {
  const step = (i) => (i > 0 && i < ys.length ? Math.abs(ys[i] - ys[i - 1]) : 0);
  return xs.flatMap((x, i) => {
    const jumps = step(i) > 0.05 + 3 * Math.max(step(i - 1), step(i + 1));
    return [...(jumps ? [[x, null]] : []), [x, ys[i]]];
  });
}

function table(drawn) {
  const head = ['h', 'h(x)', 'h′(x)', 'at kinks', 'range', 'saturates', 'steepest'];
  const lines = drawn.map(({ facts, steepest }) => {
    const { name, value, derivative, kinks, range, flat } = facts;
    return [
      `[\`${name}\`](api/nn.md#${name.toLowerCase()})`,
      ...[value, derivative, kinks || 'none', range].map(cell),
      flat.length === 2 ? 'on both sides' : flat.length === 1 ? `on the ${flat[0]}` : 'no',
      Number(steepest.toFixed(3)),
    ];
  });
  const rows = [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`);
  return rows.join('\n');
}

function images(drawn) {
  return drawn.map(({ facts: { name }, path }) => `![${name}](${path})`).join('\n');
}
