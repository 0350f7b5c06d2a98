/**
 * LeNet-5 out of primitives: convolutions and poolings of tensors, with weights of its own. One
 * compiled step holds the forward pass, all gradients and the update.
 */
import { compile, conv, manualSeed, maxPool, Parameter, uniform, type Tensor } from 'gradus';
import { DataLoader, digits, DIGITS_NORMALIZATION } from 'gradus/data';
import { crossEntropy, Linear, Module } from 'gradus/nn';
import { Adam } from 'gradus/optim';
import { evaluate } from 'gradus/train';

class Convolution extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;

  constructor(
    channels: number,
    outputs: number,
    size: number,
    readonly padding = 0,
  ) {
    super();
    const bound = 1 / Math.sqrt(channels * size * size);
    this.weight = new Parameter(uniform(-bound, bound, [outputs, channels, size, size]));
    this.bias = new Parameter(uniform(-bound, bound, [outputs, 1, 1]));
  }

  forward(x: Tensor): Tensor {
    return conv(x, this.weight, { padding: this.padding }).add(this.bias);
  }
}

class LeNet extends Module {
  readonly conv1 = new Convolution(1, 6, 5, 2);
  readonly conv2 = new Convolution(6, 16, 5);
  readonly fc1 = new Linear(400, 120);
  readonly fc2 = new Linear(120, 84);
  readonly fc3 = new Linear(84, 10);

  forward(x: Tensor): Tensor {
    const first = maxPool(this.conv1.forward(x).relu(), { size: 2 });
    const second = maxPool(this.conv2.forward(first).relu(), { size: 2 });
    const features = second.reshape([-1, 400]);
    return this.fc3.forward(this.fc2.forward(this.fc1.forward(features).relu()).relu());
  }
}

manualSeed(1);
const train = digits({ count: 2000 }).normalized('x', DIGITS_NORMALIZATION);
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

const loader = new DataLoader(train, { batchSize: 50, shuffle: true, seed: 1 });
for (let epoch = 1; epoch <= 2; epoch++) {
  for (const { x, y } of loader) step(x, y);
  const { accuracy } = await evaluate(model, new DataLoader(test, { batchSize: 250 }));
  console.log(`epoch ${epoch}: test accuracy ${accuracy}`);
}
console.log(step.explain().split('\n').slice(0, 2).join('\n'));
