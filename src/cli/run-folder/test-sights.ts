import { FormatError } from '../../engine/core/errors.js';
import type { ArrayDataset } from '../../data/index.js';
import type { NamedArray } from '../../io/index.js';
import { loadNpz, saveNpz } from '../../io/node.js';
import { Conv2d } from '../../nn/index.js';
import { embeddings, featureMaps, filters, gradCam, tSne } from '../../seeing/index.js';
import { fromData, tensor, type Tensor } from '../../tensor/index.js';
import type { TrainableModel } from '../../train/index.js';
import { isImages } from '../data/training-data.js';
import type { Training } from '../training.js';
import { version } from '../version.js';
import type { TestPredictions } from './test-predictions.js';

/** What an image network sees in the test part. */
export interface TestSights {
  /** Kernels of the first convolution, f32 [P, 1 or 3, kH, kW]; absent without convolutions. */
  readonly filters?: NamedArray | undefined;
  /** What layers give for the first image, f32 [1, K, H, W] each, by their names. */
  readonly maps: ReadonlyMap<string, NamedArray>;
  /** Where images speak for the class that the model gives them, and for their own; absent likewise. */
  readonly cams?: TestCams | undefined;
  /** A map of some samples as the last layer is given them. */
  readonly embedding?: TestEmbedding | undefined;
}

/** Of each class the first image that the model gets right, and the first that it does not. */
export interface TestCams {
  /** u8 [K, C, H, W]. */
  readonly images: NamedArray;
  /** Which samples they are, [K]. */
  readonly index: ArrayLike<number>;
  /** Grad-CAM of the class given and of the right one, f32 [K, h, w]. */
  readonly given: NamedArray;
  readonly right: NamedArray;
}

/** Places of some samples. */
export interface TestEmbedding {
  /** f32 [M, 2]. */
  readonly points: NamedArray;
  /** Which samples they are, [M]. */
  readonly index: ArrayLike<number>;
}

/** Images of as many classes. */
const MOST_CLASSES = 20;
/** Points of the map of embeddings, fewer than three say nothing. */
const POINTS = { least: 10, most: 400 };
/** Maps of a layer, fewer where they are large. */
const MAPS = { small: 16, large: 6, side: 64 };
const FILTERS = 64;

/** Computes what the model sees in the test part; undefined where it has no images or no classes. */
export function seeTest(training: Training, predictions: TestPredictions): TestSights | undefined {
  const { plan, model, test, task } = training;
  const { data } = plan;
  if (!isImages(data) || task.kind !== 'classification' || task.inputShape.length !== 3)
    return undefined;
  const inputs = (index: ArrayLike<number>): Tensor => {
    const { values, shape } = test.batch(Int32Array.from(index)).x;
    return fromData(values as Float32Array, shape);
  };
  const first = [...model.modules()].find((module) => module instanceof Conv2d);
  const embedding = embed(model, inputs, test);
  if (first === undefined) return { maps: new Map(), embedding };
  const kernels = filters(first);
  const shown = Array.from({ length: Math.min(FILTERS, kernels.shape[0]!) }, (_, i) => i);
  const index = examples(predictions, Math.min(MOST_CLASSES, task.classes.length));
  const classOf = (of: ArrayLike<number>): Tensor =>
    tensor(
      Int32Array.from(index, (i) => of[i]!),
      { dtype: 'i32' },
    );
  const maps = (target: Tensor): NamedArray => {
    const cams = gradCam(model, inputs(index), { target });
    return floats(cams.squeeze(1));
  };
  return {
    filters: floats(kernels.indexSelect(0, tensor(shown, { dtype: 'i32' }))),
    maps: mapsOf(model, inputs([index[0]!])),
    cams: {
      images: data.test.batch(Int32Array.from(index)).x,
      index,
      given: maps(classOf(predictions.predicted)),
      right: maps(classOf(predictions.labels)),
    },
    embedding,
  };
}

function floats(t: Tensor): NamedArray {
  return { dtype: 'f32', shape: t.shape, values: Float32Array.from(t.dataSync()) };
}

/** Of each class in turn the first right sample, and the first wrong one. */
function examples({ labels, predicted }: TestPredictions, classes: number): number[] {
  const found: number[] = [];
  for (let c = 0; c < classes; c++) {
    for (const isRight of [true, false]) {
      const at = Array.prototype.findIndex.call(
        labels,
        (label: number, i) => label === c && (predicted[i] === label) === isRight,
      );
      if (at >= 0) found.push(at);
    }
  }
  return found.length > 0 ? found : [0];
}

/** Of each size of maps the last ones, before they become smaller; single pixels show nothing. */
function mapsOf(model: TrainableModel, x: Tensor): Map<string, NamedArray> {
  const bySize = new Map<string, { name: string; output: Tensor }>();
  for (const { name, output } of featureMaps(model, x)) {
    const [, , height, width] = output.shape;
    if (output.rank === 4 && height! * width! > 1)
      bySize.set(`${height}x${width}`, { name, output });
  }
  return new Map(
    [...bySize.values()].map(({ name, output }) => {
      const [, channels, height, width] = output.shape as [number, number, number, number];
      const most = Math.max(height, width) > MAPS.side ? MAPS.large : MAPS.small;
      const index = Array.from({ length: Math.min(most, channels) }, (_, i) => i);
      return [name, floats(output.indexSelect(1, tensor(index, { dtype: 'i32' })))];
    }),
  );
}

/** Places of samples spread evenly over the test part; undefined for too few, or a NaN. */
function embed(
  model: TrainableModel,
  inputs: (index: ArrayLike<number>) => Tensor,
  test: ArrayDataset<'x' | 'y'>,
): TestEmbedding | undefined {
  const count = Math.min(POINTS.most, test.length);
  if (count < POINTS.least) return undefined;
  const index = Array.from({ length: count }, (_, i) => Math.floor((i * test.length) / count));
  const points = embeddings(model, inputs(index));
  // A model whose outputs are no numbers has been told of by then.
  if (!points.dataSync().every(Number.isFinite)) return undefined;
  const perplexity = Math.min(30, Math.floor((count - 1) / 3));
  return { points: floats(tSne(points, { perplexity }).embedding), index };
}

/** Writes them as a NumPy archive. */
export async function saveSights(file: string, sights: TestSights): Promise<void> {
  const { cams, embedding } = sights;
  const whole = (values: ArrayLike<number>): NamedArray => {
    return { dtype: 'i32', shape: [values.length], values: Int32Array.from(values) };
  };
  await saveNpz(
    file,
    {
      ...(sights.filters && { filters: sights.filters }),
      ...Object.fromEntries([...sights.maps].map(([name, map]) => [`maps/${name}`, map])),
      ...(cams && {
        images: cams.images,
        imageIndex: whole(cams.index),
        camGiven: cams.given,
        camRight: cams.right,
      }),
      ...(embedding && { embedding: embedding.points, embeddingIndex: whole(embedding.index) }),
    },
    { compress: true },
  );
}

/**
 * Reads what `saveSights` wrote.
 *
 * @param samples Of the test part.
 * @throws FileError, FormatError, naming the path.
 */
export async function loadSights(file: string, samples: number): Promise<TestSights> {
  const arrays = await loadNpz(file, { maxBytes: 2 ** 28 });
  const fail = (what: string): never => {
    throw new FormatError(`${file}: ${what}; train again with Gradus ${version()}.`);
  };
  const get = (name: string, rank: number, count?: number): NamedArray => {
    const array = arrays.get(name) ?? fail(`it holds no '${name}'`);
    const fits = array.shape.length === rank && (count === undefined || array.shape[0] === count);
    return fits && array.values.length > 0 ? array : fail(`'${name}' has another shape`);
  };
  const indexOf = (name: string): ArrayLike<number> => {
    const { values } = get(name, 1);
    return values.every((i) => i >= 0 && i < samples) ? values : fail(`'${name}' is out of range`);
  };
  const cams = (): TestCams => {
    const index = indexOf('imageIndex');
    const [images, ...heat] = [
      get('images', 4, index.length),
      get('camGiven', 3, index.length),
      get('camRight', 3, index.length),
    ] as const;
    return { images, index, given: heat[0], right: heat[1] };
  };
  const embedding = (): TestEmbedding => {
    const index = indexOf('embeddingIndex');
    return { index, points: get('embedding', 2, index.length) };
  };
  const layers = [...arrays.keys()].filter((name) => name.startsWith('maps/'));
  return {
    filters: arrays.has('filters') ? get('filters', 4) : undefined,
    maps: new Map(layers.map((name) => [name.slice('maps/'.length), get(name, 4, 1)])),
    cams: arrays.has('imageIndex') ? cams() : undefined,
    embedding: arrays.has('embeddingIndex') ? embedding() : undefined,
  };
}
