/**
 * What helps against over-fitting: one network on 150 digits, plain and with a remedy each, all with
 * the same budget. Validation data choose the epoch; the test data are read once, at the end.
 */
import { manualSeed, type Tensor } from 'gradus';
import { type Batch, DataLoader, DIGITS_NORMALIZATION, digits, split } from 'gradus/data';
import {
  crossEntropy,
  Dropout,
  Flatten,
  GaussianNoise,
  Identity,
  Linear,
  mixup,
  ReLU,
  Sequential,
} from 'gradus/nn';
import { AdamW, clipWeightNorm } from 'gradus/optim';
import { EarlyStopping, evaluate, fit, gapReport } from 'gradus/train';
import { toTensors } from 'gradus/io';

/** What is told are means over these; [0, 1, 2, 3, 4] in docs/over-fitting.md. */
const SEEDS = [0];

const all = digits({ count: 350 }).normalized('x', DIGITS_NORMALIZATION);
const test = digits({ count: 1000, part: 'test' }).normalized('x', DIGITS_NORMALIZATION);

/** What a run has besides the plain one. */
interface Remedy {
  readonly dropout?: number;
  readonly noise?: number;
  readonly weightDecay?: number;
  readonly maxNorm?: number;
  readonly labelSmoothing?: number;
  readonly mixup?: number;
}

/** What is told of a run: losses and epochs, to be averaged. */
type Row = readonly number[];

async function run(remedy: Remedy, seed: number): Promise<{ row: Row; text: string }> {
  const { dropout = 0, noise = 0, weightDecay = 0, maxNorm, labelSmoothing = 0 } = remedy;
  const { train, validation } = split(all, { validation: 200, seed });
  manualSeed(seed);
  const model = new Sequential(
    new Flatten(),
    noise > 0 ? new GaussianNoise(noise) : new Identity(),
    new Linear(784, 256),
    new ReLU(),
    dropout > 0 ? new Dropout(dropout) : new Identity(),
    new Linear(256, 10),
  );
  const adam = new AdamW(model.parameters(), { lr: 1e-3, weightDecay });
  const optimizer = {
    zeroGrad: () => adam.zeroGrad(),
    step: () => {
      adam.step();
      if (maxNorm !== undefined) clipWeightNorm(model.parameters(), maxNorm);
    },
  };
  const collate = (batch: Batch<'x' | 'y'>) => {
    const { x, y } = toTensors(batch);
    return remedy.mixup === undefined
      ? { x, y }
      : mixup(x, y, { alpha: remedy.mixup, numClasses: 10 });
  };
  const stopping = new EarlyStopping(model, { patience: 40 });
  const { history } = await fit({
    model,
    optimizer,
    // In evaluation the loss is the plain one, so that the runs can be compared.
    loss: (y: Tensor, t: Tensor) =>
      crossEntropy(y, t, { labelSmoothing: model.training ? labelSmoothing : 0 }),
    train: new DataLoader(train, { batchSize: 50, shuffle: true, seed, collate }),
    validation: new DataLoader(validation, { batchSize: 200 }),
    epochs: 40,
    callbacks: [stopping],
  });
  const tested = await evaluate(model, new DataLoader(test, { batchSize: 500 }));
  const [last, best] = [history.at(-1)!, stopping.best!];
  return {
    row: [last.loss, last.valLoss!, best.value, best.epoch, tested.loss, 100 * tested.accuracy!],
    text: gapReport(history).text,
  };
}

const REMEDIES: Readonly<Record<string, Remedy>> = {
  plain: {},
  dropout: { dropout: 0.5 },
  'input noise': { noise: 0.5 },
  'weight decay': { weightDecay: 1 },
  'max-norm': { maxNorm: 0.6 },
  'label smoothing': { labelSmoothing: 0.1 },
  mixup: { mixup: 0.4 },
  'dropout, mixup': { dropout: 0.5, mixup: 0.4 },
};
console.log('                   loss  valLoss   lowest  (epoch) testLoss  accuracy');
for (const [name, remedy] of Object.entries(REMEDIES)) {
  const runs: Awaited<ReturnType<typeof run>>[] = [];
  for (const seed of SEEDS) runs.push(await run(remedy, seed));
  const means = runs[0]!.row.map(
    (_, i) => runs.reduce((sum, r) => sum + r.row[i]!, 0) / runs.length,
  );
  const cells = means.map((mean, i) => mean.toFixed(i === 3 || i === 5 ? 1 : 3).padStart(8));
  console.log(`${name.padEnd(15)}${cells.join(' ')}%`);
  if (name === 'plain') console.log(`  ${runs[0]!.text}`);
}
