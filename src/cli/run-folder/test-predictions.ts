import type { Dataset } from '../../data/index.js';
import { DataLoader } from '../../data/index.js';
import { FormatError } from '../../engine/core/errors.js';
import type { NamedArray } from '../../io/index.js';
import { loadNpz, saveNpz } from '../../io/node.js';
import { compile, noGrad, type Tensor } from '../../tensor/index.js';
import type { TrainableModel } from '../../train/index.js';
import { isImages } from '../data/training-data.js';
import type { Training } from '../training.js';
import { version } from '../version.js';

/** What a model makes of the test part, sample by sample, with some of the images. */
export interface TestPredictions {
  /** [N], the classes that are right. */
  readonly labels: ArrayLike<number>;
  /** [N], the classes that the model gives. */
  readonly predicted: ArrayLike<number>;
  /** [N], the probabilities that it gives them. */
  readonly confidence: ArrayLike<number>;
  /** [N, C], those of all classes, where these are few. */
  readonly probabilities?: ArrayLike<number> | undefined;
  /** Some images, u8 [K, C, H, W], and which of the samples they are, [K]; none of rows or texts. */
  readonly images: NamedArray;
  readonly imageIndex: ArrayLike<number>;
}

const BATCH = 500;
/** Images that are kept: of wrong answers and of right ones, as many of each at most. */
const KEPT = { wrong: 24, right: 12 };
/** Probabilities that are kept: some megabytes at most. */
const MOST_PROBABILITIES = 1_000_000;

/** Computes what the model makes of the test part, in evaluation mode; undefined without classes. */
export function predictTest({ plan, model, task, test }: Training): TestPredictions | undefined {
  if (task.kind !== 'classification') return undefined;
  const { predicted, confidence, shares } = predict(model, test, task.classes.length);
  const labels = test.column('y').values;
  const { data } = plan;
  const images = isImages(data) ? data.test : undefined;
  const chosen = images ? chooseSamples(labels, predicted, task.classes.length) : [];
  const shown = images ? images.batch(Int32Array.from(chosen)).x : NO_IMAGES;
  const probabilities = shares.length <= MOST_PROBABILITIES ? shares : undefined;
  return { labels, predicted, confidence, probabilities, images: shown, imageIndex: chosen };
}

const NO_IMAGES: NamedArray = { dtype: 'u8', shape: [0, 1, 1, 1], values: new Uint8Array() };

function predict(
  model: TrainableModel,
  set: Dataset<'x' | 'y'>,
  classes: number,
): { predicted: Int32Array; confidence: Float32Array; shares: Float32Array } {
  const mode = model.training;
  model.eval();
  const run = compile((x: Tensor) =>
    noGrad(() => {
      const output = model.forward(x);
      const share = output.softmax(1);
      return { label: output.argmax(1), share, greatest: share.max(1) };
    }),
  );
  const predicted = new Int32Array(set.length);
  const confidence = new Float32Array(set.length);
  const shares = new Float32Array(set.length * classes);
  let at = 0;
  for (const { x } of new DataLoader(set, { batchSize: Math.min(BATCH, set.length) })) {
    const { label, share, greatest } = run(x);
    predicted.set(label.dataSync(), at);
    confidence.set(greatest.dataSync(), at);
    shares.set(share.dataSync(), at * classes);
    at += x.shape[0]!;
  }
  model.train(mode);
  return { predicted, confidence, shares };
}

/**
 * Samples to show: the first ones of the set, not the worst or the best, taken class by class in
 * turn, so that each class is seen.
 */
export function chooseSamples(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
): number[] {
  const pick = (isWanted: (i: number) => boolean, most: number): number[] => {
    const queues = Array.from({ length: classes }, (): number[] => []);
    for (let i = 0; i < labels.length; i++) if (isWanted(i)) queues[labels[i]!]!.push(i);
    const picked: number[] = [];
    for (let turn = 0; picked.length < most; turn++) {
      const round = queues.flatMap((queue) => queue.slice(turn, turn + 1));
      if (round.length === 0) break;
      picked.push(...round.slice(0, most - picked.length));
    }
    return picked;
  };
  return [
    ...pick((i) => predicted[i] !== labels[i], KEPT.wrong),
    ...pick((i) => predicted[i] === labels[i], KEPT.right),
  ];
}

/** Writes them as a NumPy archive. */
export async function savePredictions(file: string, p: TestPredictions): Promise<void> {
  const numbers = (values: ArrayLike<number>): NamedArray => {
    const array = Int32Array.from(values);
    return { dtype: 'i32', shape: [array.length], values: array };
  };
  const floats = (values: ArrayLike<number>, shape: number[]): NamedArray => {
    return { dtype: 'f32', shape, values: Float32Array.from(values) };
  };
  const samples = p.labels.length;
  const shares = p.probabilities;
  await saveNpz(
    file,
    {
      labels: numbers(p.labels),
      predicted: numbers(p.predicted),
      confidence: floats(p.confidence, [samples]),
      ...(shares && { probabilities: floats(shares, [samples, shares.length / samples]) }),
      images: p.images,
      imageIndex: numbers(p.imageIndex),
    },
    { compress: true },
  );
}

/**
 * Reads what `savePredictions` wrote.
 *
 * @throws FileError, FormatError, naming the path.
 */
export async function loadPredictions(file: string, classes: number): Promise<TestPredictions> {
  const arrays = await loadNpz(file, { maxBytes: 2 ** 28 });
  const fail = (what: string): never => {
    throw new FormatError(`${file}: ${what}; train again with Gradus ${version()}.`);
  };
  const get = (name: string): NamedArray => arrays.get(name) ?? fail(`it holds no '${name}'`);
  const [labels, predicted] = [get('labels').values, get('predicted').values];
  const [confidence, images] = [get('confidence').values, get('images')];
  const imageIndex = get('imageIndex').values;
  const isClass = (v: number): boolean => Number.isInteger(v) && v >= 0 && v < classes;
  if (predicted.length !== labels.length || confidence.length !== labels.length) {
    fail('its arrays differ in length');
  }
  if (!labels.every(isClass) || !predicted.every(isClass)) {
    fail(`a class in it is none of the ${classes} of the run`);
  }
  const probabilities = arrays.get('probabilities')?.values;
  if (probabilities && probabilities.length !== labels.length * classes) {
    fail(`its probabilities are not those of ${classes} classes`);
  }
  const isSample = (v: number): boolean => v >= 0 && v < labels.length;
  const fits = images.shape.length === 4 && images.shape[0] === imageIndex.length;
  if (images.dtype !== 'u8' || !fits || !imageIndex.every(isSample)) {
    fail('its images are not u8 [K, C, H, W] with an index each');
  }
  return { labels, predicted, confidence, probabilities, images, imageIndex };
}
