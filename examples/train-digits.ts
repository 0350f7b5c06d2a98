/** Trains an MLP on handwritten-like digits with `fit`, and tests it. */
import { manualSeed } from 'gradus';
import { DataLoader, DIGITS_NORMALIZATION, digits, split } from 'gradus/data';
import { Dropout, Flatten, Linear, ReLU, Sequential } from 'gradus/nn';
import { Adam } from 'gradus/optim';
import { evaluate, fit } from 'gradus/train';

manualSeed(1);
const all = digits({ count: 4000 }).normalized('x', DIGITS_NORMALIZATION);
const { train, validation } = split(all, { validation: 500, seed: 1 });
const test = digits({ count: 1000, part: 'test' }).normalized('x', DIGITS_NORMALIZATION);

const model = new Sequential(
  new Flatten(),
  new Linear(784, 128),
  new ReLU(),
  new Dropout(0.1),
  new Linear(128, 10),
);
console.log(model.toString());

const { history } = await fit({
  model,
  optimizer: new Adam(model.parameters(), { lr: 2e-3 }),
  train: new DataLoader(train, { batchSize: 64, shuffle: true, seed: 1 }),
  validation: new DataLoader(validation, { batchSize: 500 }),
  epochs: 4,
});
for (const { epoch, loss, valAccuracy } of history) {
  console.log(`epoch ${epoch}: loss ${loss.toFixed(3)}, validation accuracy ${valAccuracy}`);
}
const { accuracy } = await evaluate(model, new DataLoader(test, { batchSize: 500 }));
console.log(`test accuracy ${accuracy}`);
