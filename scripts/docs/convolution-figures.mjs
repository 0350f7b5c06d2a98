// The figures of docs/convolution.md: numbers that the engine has computed, in grids, and the terms of one
// of them marked, as `ConvSteps` reports them.
import { gridFigure } from './grid-figure.mjs';

const SEED = 7;

/**
 * What draws: the figures by name, from the compiled modules.
 *
 * @param {typeof import('../../src/index.js')} gradus
 * @param {typeof import('../../src/nn/index.js')} nn
 */
export function drawer(gradus, nn) {
  const generator = new gradus.Generator(SEED);
  /** Small integers but 0, in f64. */
  const draw = (shape) => {
    const t = gradus.randint(-2, 3, shape, { generator, dtype: 'f64' });
    return gradus.where(t.ge(0), t.add(1), t);
  };
  return {
    draw,
    kind: (kind) => kindFigure(gradus, nn, kind, draw),
    product: (steps) => productFigure(steps),
    kernelGradient: (steps, back) => kernelGradientFigure(steps, back),
    inputGradient: (back) => inputGradientFigure(back),
    pooling: (title, pool, x, options) => poolingFigure(gradus, title, pool, x, options, draw),
  };
}

const key = (cell) => cell.join();

/** A tensor as a panel; `mark` gets the whole index of a cell. */
function panel(label, t, mark) {
  const { shape } = t;
  const values = [...t.dataSync()];
  const [rows, columns] = shape.slice(-2);
  // Channels below each other; of a kernel, outputs beside each other; of a volume, its slices below.
  const planes = shape.slice(1, -2).reduce((a, b) => a * b, 1);
  const isKernel = label.startsWith('K');
  const outer = isKernel ? shape[0] : 1;
  const grid = (o, plane) => {
    const at = (i, j) => ((o * planes + plane) * rows + i) * columns + j;
    return {
      values: range(rows).map((i) => range(columns).map((j) => values[at(i, j)])),
      mark: (i, j) => mark(unravelled(at(i, j), shape)),
    };
  };
  return { label, grids: range(planes).map((plane) => range(outer).map((o) => grid(o, plane))) };
}

const range = (n) => Array.from({ length: n }, (_, i) => i);

function unravelled(flat, shape) {
  const index = [];
  for (const extent of [...shape].reverse()) {
    index.unshift(flat % extent);
    flat = Math.floor(flat / extent);
  }
  return index;
}

/** Marks some cells. */
const marking = (cells, kind) => {
  const keys = new Set(cells.map(key));
  return (cell) => (keys.has(key(cell)) ? kind : 'plain');
};

/** The example of a kind: its layers, and a cell of its output with its value and terms. */
function kindFigure(gradus, nn, { title, input, layers, cell }, draw) {
  const x = draw(input);
  const stages = [];
  for (const { weight, options = {}, transposed } of layers) {
    const stage = { x: stages.at(-1)?.y ?? x, weight: draw(weight), options, transposed };
    stage.y = (transposed ? gradus.convTranspose : gradus.conv)(stage.x, stage.weight, options);
    stages.push(stage);
  }
  // From the last layer back: the terms of the marked cells, and the cells that they come from.
  let wanted = [cell];
  for (const stage of [...stages].reverse()) {
    stage.wanted = wanted;
    stage.terms = wanted.flatMap((at) => termsOf(gradus, nn, stage, at));
    wanted = stage.terms.map(({ source }) => source);
  }
  const panels = [panel('X', x, marking(wanted, 'input'))];
  stages.forEach(({ weight, y, terms, wanted: marked }, i) => {
    const name = stages.length > 1 ? `K${'₁₂'[i]}` : 'K';
    const isLast = i === stages.length - 1;
    panels.push(layers[i].transposed ? '*ᵀ' : '*');
    panels.push(
      panel(
        name,
        weight,
        marking(
          terms.map((t) => t.weight),
          'weight',
        ),
      ),
    );
    panels.push('=');
    panels.push(panel(isLast ? 'Y' : 'X₂', y, marking(marked, isLast ? 'output' : 'input')));
  });
  const { y, terms } = stages.at(-1);
  const value = y.dataSync()[cell.reduce((flat, at, axis) => flat * y.shape[axis] + at, 0)];
  const svg = gridFigure(`${title}: input, kernel, output`, panels);
  return { svg, shape: y.shape, value, terms };
}

/** The terms of a cell of a layer's output: where in its input, which weight, and both factors. */
function termsOf(gradus, { ConvSteps }, { x, weight, options, transposed, y }, cell) {
  if (transposed) {
    // The adjoint: what the input of a convolution is to its output, this output is to this input.
    const steps = new ConvSteps(gradus.zeros(y.shape, { dtype: 'f64' }), weight, options);
    const terms = steps.backward(x).inputTerms(cell);
    return terms
      .filter(({ output }) => output)
      .map(({ output, weight: w, factors: [k, v] }) => ({
        source: output,
        weight: w,
        factors: [v, k],
      }));
  }
  const { groups = 1, ...rest } = options;
  const [channels, outputs] = [weight.shape[1], weight.shape[0] / groups];
  const group = Math.floor(cell[1] / outputs);
  const steps = new ConvSteps(
    x.narrow(1, group * channels, channels),
    weight.narrow(0, group * outputs, outputs),
    rest,
  );
  const [n, o, ...p] = cell;
  return steps.outputTerms([n, o - group * outputs, ...p]).map((term) => ({
    source: term.input.map((at, axis) => (axis === 1 ? at + group * channels : at)),
    weight: term.weight.map((at, axis) => (axis === 0 ? at + group * outputs : at)),
    factors: term.factors,
  }));
}

/** A matrix as a panel, some of its rows or columns marked. */
function matrix(label, t, mark = () => 'plain') {
  return { label, grids: [[{ values: t.array(), mark }]] };
}

/** (3.4): a row of XC and KC meet in a cell of YC. */
function productFigure({ xc, kc, yc }) {
  const row = 1;
  return gridFigure('XC times KC is YC', [
    matrix('XC', xc, (i) => (i === row ? 'input' : 'plain')),
    '·',
    matrix('KC', kc, () => 'weight'),
    '=',
    matrix('YC', yc, (i) => (i === row ? 'output' : 'plain')),
  ]);
}

/** (3.6): a column of XC and δ meet in a cell of ∇KC. */
function kernelGradientFigure({ xc }, { gradYc, gradKc }) {
  const row = 1;
  return gridFigure('XC transposed times ∇YC is ∇KC', [
    matrix('XCᵀ', xc.T, (i) => (i === row ? 'input' : 'plain')),
    '·',
    matrix('∇YC = δ', gradYc, () => 'output'),
    '=',
    matrix('∇KC', gradKc, (i) => (i === row ? 'weight' : 'plain')),
  ]);
}

/** (3.10): δ among zeros, the turned kernel, and the gradient of the input. */
function inputGradientFigure({ turned: { x, k, y }, gradY }) {
  const cell = [0, 0, 0, 1];
  const pad = (x.shape[2] - gradY.shape[2]) / 2;
  const isDelta = (at) => at >= pad && at < x.shape[2] - pad;
  const isUnder = ([, , i, j]) => i <= 1 && j >= 1 && j <= 2;
  return gridFigure('The padded gradient of Y with the turned kernel gives the gradient of X', [
    panel('δ among zeros', x, (at) =>
      isUnder(at) ? 'output' : isDelta(at[2]) && isDelta(at[3]) ? 'plain' : 'padding',
    ),
    '*',
    panel('K, turned', k, () => 'weight'),
    '=',
    panel('∇X', y, marking([cell], 'input')),
  ]);
}

/** A pooling and its backward pass: the window of one output, and where its δ goes. */
function poolingFigure(gradus, title, pool, x, options, draw) {
  const y = pool(x, options);
  const delta = draw(y.shape).abs().add(1);
  const gradX = gradus.grad((t) => pool(t, options).mul(delta).sum())(x);
  const cell = [0, 0, 0, 1];
  // What that output alone sends back shows where it goes.
  const alone = gradus.grad((t) => pool(t, options).narrow(2, 0, 1).narrow(3, 1, 1).sum())(x);
  const reached = [...alone.dataSync()].flatMap((v, flat) =>
    v === 0 ? [] : [unravelled(flat, x.shape)],
  );
  const stride = options.stride ?? options.size;
  const isUnder = ([, , i, j]) => i < options.size && j >= stride && j < stride + options.size;
  const backTo = marking(reached, 'weight');
  return gridFigure(title, [
    panel('X', x, (at) => (backTo(at) === 'weight' ? 'weight' : isUnder(at) ? 'input' : 'plain')),
    '→',
    panel('Y', y, marking([cell], 'output')),
    ' ',
    panel('∇Y', delta, marking([cell], 'output')),
    '→',
    panel('∇X', gradX, backTo),
  ]);
}
