/** What a training step compiles to: its kernels, what was fused into each, and its memory. */
import { compile, manualSeed, randn, randint, type Tensor } from 'gradus';
import { crossEntropy, Linear, ReLU, Sequential } from 'gradus/nn';
import { Adam } from 'gradus/optim';

manualSeed(1);
const model = new Sequential(new Linear(64, 32), new ReLU(), new Linear(32, 10));
const optimizer = new Adam(model.parameters());

const step = compile((x: Tensor, y: Tensor) => {
  const loss = crossEntropy(model.forward(x), y);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  return loss;
});

const x = randn([16, 64]);
const y = randint(0, 10, [16]);
for (let i = 0; i < 3; i++) console.log(`loss ${step(x, y).item().toFixed(4)}`);
console.log(step.explain());
