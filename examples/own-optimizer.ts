/**
 * An optimizer from its two moments: m = φ(g), v = ψ(g), θ ← θ - m / √(v + ε), equations (2.1) to
 * (2.3) of the notes. This one moves by the sign of the gradient's running mean.
 */
import { Parameter, tensor } from 'gradus';
import { defineOptimizer, SGD } from 'gradus/optim';

const SignMean = defineOptimizer({
  name: 'SignMean',
  defaults: { lr: 0.02, beta: 0.9 },
  state: { mean: 0 },
  phi: (g, { state, hyper, lr }) => {
    state.mean = state.mean.mul(hyper.beta).add(g.mul(1 - hyper.beta));
    return state.mean.sign().mul(lr);
  },
});

/** A ravine: a hundred times steeper along one axis than along the other. */
function valley(x: Parameter) {
  return x
    .pow(2)
    .mul(tensor([1, 100]))
    .sum();
}

for (const [name, Optimizer, lr] of [
  ['SGD', SGD, 0.005],
  ['SignMean', SignMean, 0.02],
] as const) {
  const x = new Parameter(tensor([3, 1]));
  const optimizer = new Optimizer([x], { lr });
  for (let i = 0; i < 200; i++) {
    optimizer.zeroGrad();
    valley(x).backward();
    optimizer.step();
  }
  console.log(`${name} ends at ${x.toString()}`);
}
