// What docs/activations.md says of each activation that works on single elements. The derivative stands
// there twice, for people and as a function: test/docs/activations.test.ts holds both it and the other
// claims against the kernels.

/**
 * @typedef {object} Facts
 * @property {string} name Of the function in src/nn/functional.
 * @property {string} value
 * @property {string} derivative
 * @property {(x: number) => number} slope The derivative.
 * @property {string} kinks What the derivative is where there is none; '' if it is everywhere.
 * @property {string} range
 * @property {readonly [number, number]} limits The bounds of the range.
 * @property {readonly ('left' | 'right')[]} flat Where the derivative goes to 0.
 */

const sigmoid = (x) => 1 / (1 + Math.exp(-x));
const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const density = (x) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
const [SCALE, ALPHA] = [1.0507009873554805, 1.6732632423543772];

function siluSlope(x) {
  return sigmoid(x) * (1 + x * sigmoid(-x));
}

function mishSlope(x) {
  const t = Math.tanh(softplus(x));
  return t + x * sigmoid(x) * (1 - t * t);
}

/** Φ by Simpson's rule, enough for a check. */
function normalBelow(x) {
  const steps = 400;
  const h = Math.min(Math.abs(x), 9) / steps;
  let sum = 0;
  for (let i = 0; i < steps; i++) {
    sum += density(i * h) + 4 * density((i + 0.5) * h) + density((i + 1) * h);
  }
  return 0.5 + Math.sign(x) * ((sum * h) / 6);
}

const rectifiers = [
  {
    name: 'relu',
    value: 'max(x, 0)',
    derivative: '1 above 0, else 0',
    slope: (x) => (x > 0 ? 1 : 0),
    kinks: '0 at 0',
    range: '[0, ∞)',
    limits: [0, Infinity],
    flat: ['left'],
  },
  {
    name: 'relu6',
    value: 'min(max(x, 0), 6)',
    derivative: '1 between 0 and 6, else 0',
    slope: (x) => (x > 0 && x < 6 ? 1 : 0),
    kinks: '0 at 0 and 6',
    range: '[0, 6]',
    limits: [0, 6],
    flat: ['left', 'right'],
  },
  {
    name: 'leakyRelu',
    value: 'x above 0, s x below; s = 0.01',
    derivative: '1 above 0, else s',
    slope: (x) => (x > 0 ? 1 : 0.01),
    kinks: 's at 0',
    range: '(-∞, ∞)',
    limits: [-Infinity, Infinity],
    flat: [],
  },
  {
    name: 'prelu',
    value: 'x above 0, w x below; w trained, 0.25 at first',
    derivative: '1 above 0, else w; by w: x below 0, else 0',
    slope: (x) => (x > 0 ? 1 : 0.25),
    kinks: 'w at 0',
    range: '(-∞, ∞)',
    limits: [-Infinity, Infinity],
    flat: [],
  },
];

const exponentialUnits = [
  {
    name: 'elu',
    value: 'x above 0, α (eˣ - 1) below; α = 1',
    derivative: '1 above 0, else α eˣ',
    slope: (x) => Math.exp(Math.min(x, 0)),
    kinks: 'α at 0, which is none for α = 1',
    range: '(-α, ∞)',
    limits: [-1, Infinity],
    flat: ['left'],
  },
  {
    name: 'selu',
    value: 'λ x above 0, λ α (eˣ - 1) below; λ = 1.0507, α = 1.6733',
    derivative: 'λ above 0, else λ α eˣ',
    slope: (x) => (x > 0 ? SCALE : SCALE * ALPHA * Math.exp(x)),
    kinks: 'λ α at 0',
    range: '(-1.7581, ∞)',
    limits: [-SCALE * ALPHA, Infinity],
    flat: ['left'],
  },
  {
    name: 'celu',
    value: 'x above 0, α (e^(x/α) - 1) below; α = 1',
    derivative: '1 above 0, else e^(x/α)',
    slope: (x) => Math.exp(Math.min(x, 0)),
    kinks: '',
    range: '(-α, ∞)',
    limits: [-1, Infinity],
    flat: ['left'],
  },
];

const smoothRectifiers = [
  {
    name: 'softplus',
    value: 'ln(1 + eˣ)',
    derivative: 'σ(x)',
    slope: sigmoid,
    kinks: '',
    range: '(0, ∞)',
    limits: [0, Infinity],
    flat: ['left'],
  },
  {
    name: 'gelu',
    value: 'x Φ(x), Φ(x) = ½ (1 + erf(x/√2))',
    derivative: 'Φ(x) + x φ(x), φ(x) = e^(-x²/2) / √(2π)',
    slope: (x) => normalBelow(x) + x * density(x),
    kinks: '',
    range: '[-0.1700, ∞)',
    limits: [-0.16997120747990369, Infinity],
    flat: ['left'],
  },
  {
    name: 'silu',
    value: 'x σ(x)',
    derivative: 'σ(x) (1 + x σ(-x))',
    slope: siluSlope,
    kinks: '',
    range: '[-0.2785, ∞)',
    limits: [-0.2784645427610738, Infinity],
    flat: ['left'],
  },
  {
    name: 'mish',
    value: 'x t, t = tanh(ln(1 + eˣ))',
    derivative: 't + x σ(x) (1 - t²)',
    slope: mishSlope,
    kinks: '',
    range: '[-0.3088, ∞)',
    limits: [-0.3088408, Infinity],
    flat: ['left'],
  },
];

const sigmoids = [
  {
    name: 'sigmoid',
    value: 'σ(x) = 1 / (1 + e⁻ˣ)',
    derivative: 'σ(x) σ(-x)',
    slope: (x) => sigmoid(x) * sigmoid(-x),
    kinks: '',
    range: '(0, 1)',
    limits: [0, 1],
    flat: ['left', 'right'],
  },
  {
    name: 'logSigmoid',
    value: 'ln σ(x) = -ln(1 + e⁻ˣ)',
    derivative: 'σ(-x)',
    slope: (x) => sigmoid(-x),
    kinks: '',
    range: '(-∞, 0)',
    limits: [-Infinity, 0],
    flat: ['right'],
  },
  {
    name: 'tanh',
    value: 'tanh x',
    derivative: '1 - tanh² x',
    slope: (x) => 1 - Math.tanh(x) ** 2,
    kinks: '',
    range: '(-1, 1)',
    limits: [-1, 1],
    flat: ['left', 'right'],
  },
  {
    name: 'softsign',
    value: 'x / (1 + |x|)',
    derivative: '1 / (1 + |x|)²',
    slope: (x) => 1 / (1 + Math.abs(x)) ** 2,
    kinks: '',
    range: '(-1, 1)',
    limits: [-1, 1],
    flat: ['left', 'right'],
  },
];

const hard = [
  {
    name: 'hardtanh',
    value: 'min(max(x, -1), 1)',
    derivative: '1 between -1 and 1, else 0',
    slope: (x) => (Math.abs(x) < 1 ? 1 : 0),
    kinks: '0 at -1 and 1',
    range: '[-1, 1]',
    limits: [-1, 1],
    flat: ['left', 'right'],
  },
  {
    name: 'hardsigmoid',
    value: 'min(max(x + 3, 0), 6) / 6',
    derivative: '1/6 between -3 and 3, else 0',
    slope: (x) => (Math.abs(x) < 3 ? 1 / 6 : 0),
    kinks: '0 at -3 and 3',
    range: '[0, 1]',
    limits: [0, 1],
    flat: ['left', 'right'],
  },
  {
    name: 'hardswish',
    value: 'x min(max(x + 3, 0), 6) / 6',
    derivative: '0 below -3, (2x + 3) / 6 up to 3, 1 above',
    slope: (x) => (x <= -3 ? 0 : x < 3 ? (2 * x + 3) / 6 : 1),
    kinks: '0 at -3, 1 at 3',
    range: '[-0.375, ∞)',
    limits: [-0.375, Infinity],
    flat: ['left'],
  },
  {
    name: 'softshrink',
    value: 'x - λ above λ, x + λ below -λ, else 0; λ = ½',
    derivative: '1 outside ±λ, else 0',
    slope: (x) => (Math.abs(x) > 0.5 ? 1 : 0),
    kinks: '0 at ±λ',
    range: '(-∞, ∞)',
    limits: [-Infinity, Infinity],
    flat: [],
  },
  {
    name: 'hardshrink',
    value: 'x outside ±λ, else 0; λ = ½',
    derivative: '1 outside ±λ, else 0',
    slope: (x) => (Math.abs(x) > 0.5 ? 1 : 0),
    kinks: '0 at ±λ, where it jumps',
    range: '(-∞, ∞)',
    limits: [-Infinity, Infinity],
    flat: [],
  },
];

/** @type {readonly { title: string, text: string, rows: readonly Facts[] }[]} */
export const families = [
  {
    title: 'Rectifiers',
    text:
      'Linear on either side of 0, cheap, and with a derivative that does not shrink with depth above 0. A ' +
      'unit of `relu` whose sum is below 0 for every sample gets no gradient any more: it is dead. A slope ' +
      'below 0 keeps it alive.',
    rows: rectifiers,
  },
  {
    title: 'Exponential units',
    text:
      'Negative values bring the mean of the outputs closer to 0. With weights of variance 1 / fanIn, `selu` ' +
      'keeps mean 0 and variance 1 from layer to layer without normalisation.',
    rows: exponentialUnits,
  },
  {
    title: 'Smooth rectifiers',
    text:
      'Near `relu`, but differentiable to every order. `gelu`, `silu` and `mish` have a minimum left of 0, ' +
      'and a derivative that is above 1 for a while; Transformers mostly have `gelu`, convolutional nets `silu`.',
    rows: smoothRectifiers,
  },
  {
    title: 'Sigmoids',
    text:
      'They saturate on both sides: where |x| is large the derivative is nearly 0, and through many such ' +
      'layers gradients vanish. `sigmoid` suits gates and probabilities; `logSigmoid` their logarithms, ' +
      'exact where those of `sigmoid` would be ln 0.',
    rows: sigmoids,
  },
  {
    title: 'Hard activations and shrinkages',
    text:
      'Straight lines and parabolas in place of exponentials, for small devices and integer arithmetic; and ' +
      'functions that set what is small to 0.',
    rows: hard,
  },
];
