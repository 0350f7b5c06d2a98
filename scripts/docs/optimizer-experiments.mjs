// What the notes claim of optimizers, as small experiments: docs/optimizers.md shows their curves, and
// test/notes/optimizer-claims.test.ts checks what they show. Each takes the library's modules.

/**
 * @typedef {readonly (readonly [number, number])[]} Points
 * @typedef {{ gradus: any, optim: any, nn: any, data: any }} Library
 */

/**
 * θ after each step, the start included, for the optimizer that `make` makes of the parameters.
 *
 * @returns {number[][]}
 */
function walk({ gradus }, start, energy, make, steps) {
  const theta = new gradus.Parameter(gradus.tensor(start, { dtype: 'f64' }));
  const optimizer = make([theta]);
  const step = gradus.compile(() => {
    optimizer.zeroGrad();
    energy(theta).backward();
    optimizer.step();
  });
  const seen = [[...theta.dataSync()]];
  for (let t = 1; t <= steps; t++) {
    step();
    seen.push([...theta.dataSync()]);
  }
  return seen;
}

/** (2.4.1) J = 5 x² - y² / 2 + y⁴ / 4, from beside its saddle at (0, 0): minima at y = ±1, J = -¼. */
export function saddle(library) {
  const { SGD, Adam } = library.optim;
  const energy = (theta) => {
    const [x, y] = [theta.at(0), theta.at(1)];
    return x.mul(x).mul(5).sub(y.mul(y).div(2)).add(y.pow(4).div(4));
  };
  const value = ([x, y]) => 5 * x * x - (y * y) / 2 + y ** 4 / 4;
  const run = (make) => walk(library, [1, 1e-3], energy, make, 120);
  const paths = {
    SGD: run((p) => new SGD(p, { lr: 0.19 })),
    'momentum 0.5': run((p) => new SGD(p, { lr: 0.19, momentum: 0.5 })),
    Adam: run((p) => new Adam(p, { lr: 0.19 })),
  };
  return { paths, value };
}

/** (2.4.2) J = (x² + 50 y²) / 2, a ravine along x, with η near the greatest at which SGD converges. */
export function ravine(library) {
  const { SGD } = library.optim;
  const scale = library.gradus.tensor([1, 50], { dtype: 'f64' });
  const energy = (theta) => theta.mul(theta).mul(scale).sum().div(2);
  const run = (momentum) =>
    walk(library, [10, 1], energy, (p) => new SGD(p, { lr: 0.038, momentum, form: 'notes' }), 60);
  return { SGD: run(0), 'momentum 0.5': run(0.5) };
}

/** How often each feature is there, in the experiment with AdaGrad. */
export const FREQUENCIES = [1, 0.1, 0.01];

/**
 * (2.4.3) Linear regression on features that are there in every sample, in one of 10 and in one of 100,
 * with noise; all weights should become 1. For each optimizer and η: the error of each weight after each
 * step, as a mean over seeds; for AdaGrad also η / √(v + ε) of the first seed, once v is above 0.
 */
export function rareFeatures(library, { steps = 400, seeds = 5 } = {}) {
  const { SGD, AdaGrad } = library.optim;
  const run = (name, lr) => {
    const errors = FREQUENCIES.map(() => new Array(steps).fill(0));
    const rates = FREQUENCIES.map(() => []);
    for (let seed = 0; seed < seeds; seed++) {
      sparseRegression(library, name === 'SGD' ? SGD : AdaGrad, lr, steps, seed, (t, w, v) => {
        for (const k of FREQUENCIES.keys()) {
          errors[k][t] += Math.abs(w[k] - 1) / seeds;
          if (seed === 0 && v?.[k] > 0) rates[k].push([t + 1, lr / Math.sqrt(v[k] + 1e-8)]);
        }
      });
    }
    return { name, lr, errors, rates };
  };
  return [
    ...[0.05, 0.1, 0.2, 0.4].map((lr) => run('SGD', lr)),
    ...[0.25, 0.5, 1].map((lr) => run('AdaGrad', lr)),
  ];
}

function sparseRegression({ gradus }, Optimizer, lr, steps, seed, see) {
  const { Generator, Parameter, compile, fromData, zeros } = gradus;
  const features = FREQUENCIES.length;
  const generator = new Generator(seed);
  const uniform = gradus.rand([steps, features], { generator, dtype: 'f64' }).dataSync();
  const noise = gradus.randn([steps], { generator, dtype: 'f64' }).dataSync();
  const w = new Parameter(zeros([features], { dtype: 'f64' }));
  const optimizer = new Optimizer([w], { lr, form: 'notes' });
  const step = compile((x, y) => {
    optimizer.zeroGrad();
    w.mul(x).sum().sub(y).pow(2).div(2).backward();
    optimizer.step();
  });
  for (let t = 0; t < steps; t++) {
    const x = FREQUENCIES.map((p, k) => (uniform[t * features + k] < p ? 1 : 0));
    const y = x.reduce((sum, on) => sum + on, 0) + 0.3 * noise[t];
    step(fromData(Float64Array.from(x), [features]), fromData(Float64Array.of(y), []));
    see(t, w.dataSync(), optimizer.stateDict().state['0.v']?.dataSync());
  }
}

/**
 * (2.5.1) Adam's moments of gradients 1 + noise, as kept and as corrected by (2.9): each corrected one
 * is a weighted mean of what has been, those kept are nearer to 0.
 */
export function adamBias(library, steps = 60) {
  const { gradus, optim } = library;
  const [beta1, beta2] = [0.9, 0.999];
  const generator = new gradus.Generator(1);
  const noise = gradus.randn([steps], { generator, dtype: 'f64' }).mul(0.2).dataSync();
  const theta = new gradus.Parameter(gradus.zeros([1], { dtype: 'f64' }));
  const optimizer = new optim.Adam([theta], { lr: 1e-3, betas: [beta1, beta2] });
  const step = gradus.compile((g) => {
    optimizer.zeroGrad();
    theta.mul(g).sum().backward();
    optimizer.step();
  });
  return Array.from({ length: steps }, (_, i) => {
    const g = 1 + noise[i];
    step(gradus.fromData(Float64Array.of(g), [1]));
    const { state } = optimizer.stateDict();
    const [m, v] = [state['0.m'].item(), state['0.v'].item()];
    const t = i + 1;
    return { t, g, m, v, mHat: m / (1 - beta1 ** t), vHat: v / (1 - beta2 ** t) };
  });
}

/** The optimizers of the notes, each with an η of the size that it wants. */
const RACERS = {
  SGD: (optim, p) => new optim.SGD(p, { lr: 0.1 }),
  momentum: (optim, p) => new optim.SGD(p, { lr: 0.05, momentum: 0.9 }),
  AdaGrad: (optim, p) => new optim.AdaGrad(p, { lr: 0.01 }),
  RMSProp: (optim, p) => new optim.RMSProp(p, { lr: 1e-3, alpha: 0.9 }),
  Adam: (optim, p) => new optim.Adam(p, { lr: 1e-3 }),
};

/** The five with the same seed, net and batches, on drawn digits: the mean loss of each 10 steps. */
export async function race({ gradus, optim, nn, data }, steps = 200) {
  const set = data.digits({ count: 2000, seed: 1 }).normalized('x', data.DIGITS_NORMALIZATION);
  const curves = {};
  for (const [name, make] of Object.entries(RACERS)) {
    gradus.manualSeed(1);
    const model = new nn.Sequential(
      new nn.Flatten(),
      new nn.Linear(784, 32),
      new nn.ReLU(),
      new nn.Linear(32, 10),
    );
    const optimizer = make(optim, model.parameters());
    const step = gradus.compile((x, y) => {
      const loss = nn.crossEntropy(model.forward(x), y);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      return loss;
    });
    const loader = new data.DataLoader(set, { batchSize: 50, shuffle: true, seed: 1 });
    const losses = [];
    while (losses.length < steps) {
      for (const { x, y } of loader) losses.push(step(x, y).item());
    }
    curves[name] = tens(losses.slice(0, steps));
  }
  return curves;
}

/** @returns {Points} */
function tens(losses) {
  return Array.from({ length: losses.length / 10 }, (_, i) => {
    const part = losses.slice(10 * i, 10 * i + 10);
    return [10 * (i + 1), part.reduce((a, b) => a + b, 0) / 10];
  });
}
