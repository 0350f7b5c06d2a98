import { DataLoader, type Dataset } from '../data/index.js';
import { compile, noGrad, type Tensor } from '../tensor/index.js';
import type { TrainableModel } from '../train/index.js';

const BATCH = 500;

/** The class that the model gives each sample of a set, in evaluation mode. */
export function predictClasses(model: TrainableModel, set: Dataset<'x' | 'y'>): Int32Array {
  const mode = model.training;
  model.eval();
  const predict = compile((x: Tensor) => noGrad(() => model.forward(x).argmax(1)));
  const classes = new Int32Array(set.length);
  let at = 0;
  for (const { x } of new DataLoader(set, { batchSize: Math.min(BATCH, set.length) })) {
    classes.set(predict(x).dataSync(), at);
    at += x.shape[0]!;
  }
  model.train(mode);
  return classes;
}
