/**
 * LeNet-5 out of layers, on images that are shifted and turned at random. One compiled step holds the
 * forward pass, all gradients and the update.
 */
import { compile, manualSeed, type Tensor } from 'gradus';
import { Compose, DataLoader, digits, DIGITS_NORMALIZATION } from 'gradus/data';
import { Normalize, RandomAffine, RandomCrop } from 'gradus/data';
import {
  Conv2d,
  crossEntropy,
  Flatten,
  Linear,
  MaxPool2d,
  Module,
  ReLU,
  Sequential,
} from 'gradus/nn';
import { Adam } from 'gradus/optim';
import { evaluate } from 'gradus/train';

class LeNet extends Module {
  readonly features = new Sequential(
    new Conv2d(1, 6, 5, { padding: 2 }),
    new ReLU(),
    new MaxPool2d(2),
    new Conv2d(6, 16, 5),
    new ReLU(),
    new MaxPool2d(2),
  );

  readonly classifier = new Sequential(
    new Flatten(),
    new Linear(16 * 5 * 5, 120),
    new ReLU(),
    new Linear(120, 84),
    new ReLU(),
    new Linear(84, 10),
  );

  forward(x: Tensor): Tensor {
    return this.classifier.forward(this.features.forward(x));
  }
}

manualSeed(1);
const transform = new Compose([
  new RandomCrop(28, { padding: 1 }),
  new RandomAffine(5, { scale: [0.95, 1.05], interpolation: 'bilinear' }),
  new Normalize(DIGITS_NORMALIZATION),
]);
const train = digits({ count: 2000 });
const test = digits({ count: 500, part: 'test' }).normalized('x', DIGITS_NORMALIZATION);
const model = new LeNet();
const optimizer = new Adam(model.parameters(), { lr: 2e-3 });

const step = compile((x: Tensor, y: Tensor) => {
  const loss = crossEntropy(model.forward(x), y);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  return loss;
});

const loader = new DataLoader(train, { batchSize: 50, shuffle: true, seed: 1, transform });
for (let epoch = 1; epoch <= 3; epoch++) {
  for (const { x, y } of loader) step(x, y);
  const { accuracy } = await evaluate(model, new DataLoader(test, { batchSize: 250 }));
  console.log(`epoch ${epoch}: test accuracy ${accuracy}`);
}
console.log(step.explain().split('\n').slice(0, 2).join('\n'));
