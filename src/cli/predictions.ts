import { DataLoader, type ArrayDataset, type Dataset } from '../data/index.js';
import { compile, noGrad, type Tensor } from '../tensor/index.js';
import type { TrainableModel } from '../train/index.js';

const BATCH = 500;

/** The class that the model gives each sample of a set, or each pixel, in evaluation mode. */
export function predictClasses(model: TrainableModel, set: ArrayDataset<'x' | 'y'>): Int32Array {
  const { length } = set.column('y').values;
  const perSample = length / set.length;
  const classes = new Int32Array(length);
  each(
    model,
    set,
    (output) => output.argmax(1),
    (values, at) => classes.set(values, at * perSample),
  );
  return classes;
}

/** The one output that the model has for each sample of a set, in evaluation mode. */
export function modelOutputs(model: TrainableModel, set: Dataset<'x' | 'y'>): Float32Array {
  const outputs = new Float32Array(set.length);
  each(
    model,
    set,
    (output) => output,
    (values, at) => outputs.set(values, at),
  );
  return outputs;
}

function each(
  model: TrainableModel,
  set: Dataset<'x' | 'y'>,
  result: (output: Tensor) => Tensor,
  take: (values: ArrayLike<number>, at: number) => void,
): void {
  const mode = model.training;
  model.eval();
  const predict = compile((x: Tensor) => noGrad(() => result(model.forward(x))));
  let at = 0;
  for (const { x } of new DataLoader(set, { batchSize: Math.min(BATCH, set.length) })) {
    take(predict(x).dataSync(), at);
    at += x.shape[0]!;
  }
  model.train(mode);
}
