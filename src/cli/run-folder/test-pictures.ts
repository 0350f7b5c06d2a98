import type { ArrayDataset } from '../../data/index.js';
import { FormatError } from '../../engine/core/errors.js';
import { sizeOf } from '../../engine/core/shape.js';
import type { NamedArray } from '../../io/index.js';
import { loadNpz, saveNpz } from '../../io/node.js';
import { Jaccard } from '../../metrics/index.js';
import { compile, fromData, noGrad, type Tensor } from '../../tensor/index.js';
import { maskImage } from '../class-colours.js';
import { isImages } from '../data/training-data.js';
import { predictClasses } from '../predictions.js';
import type { Training } from '../training.js';
import { version } from '../version.js';

/** Pictures that a model makes of the first images of the test part, beside these. */
export interface TestPictures {
  /** u8 [K, C, H, W]. */
  readonly images: NamedArray;
  /** The right masks, u8 [K, 3, H, W]; none where an image is to come out as it went in. */
  readonly wanted?: NamedArray | undefined;
  /** u8 [K, C′, H, W]. */
  readonly given: NamedArray;
  /** Intersection over union of each class, over the whole test part. */
  readonly iou?: ArrayLike<number> | undefined;
}

/** Pictures that are kept. */
const KEPT = 8;

/** What a model that makes pictures makes of the test part; undefined for other models. */
export function testPictures(training: Training): TestPictures | undefined {
  const { plan, model, task, test } = training;
  if (!isImages(plan.data)) return undefined;
  const kept = Int32Array.from({ length: Math.min(KEPT, test.length) }, (_, i) => i);
  const images = plan.data.test.batch(kept).x;
  if (task.kind === 'segmentation') {
    const labels = Int32Array.from(test.column('y').values);
    const predicted = predictClasses(model, test);
    const pixels = labels.length / test.length;
    const shape = [kept.length, 3, ...task.inputShape.slice(1)];
    const masks = (all: Int32Array): NamedArray => {
      const values = new Uint8Array(sizeOf(shape));
      for (const i of kept) {
        values.set(maskImage(all.subarray(i * pixels, (i + 1) * pixels)), 3 * i * pixels);
      }
      return { dtype: 'u8', shape, values };
    };
    const iou = new Jaccard({ average: 'macro', classes: task.classes.length });
    iou.update(labels, predicted);
    return { images, wanted: masks(labels), given: masks(predicted), iou: iou.perClass() };
  }
  if (task.kind !== 'reconstruction') return undefined;
  return { images, given: { ...images, dtype: 'u8', values: givenBack(training, test, kept) } };
}

/** The images that come out, as bytes. */
function givenBack(
  { model }: Training,
  test: ArrayDataset<'x' | 'y'>,
  kept: Int32Array,
): Uint8Array {
  model.eval();
  const { values, shape } = test.batch(kept).x;
  const run = compile((x: Tensor) => noGrad(() => model.forward(x).clamp(0, 1).mul(255).round()));
  return Uint8Array.from(run(fromData(values, shape)).dataSync());
}

/** Writes them as a NumPy archive. */
export async function savePictures(file: string, pictures: TestPictures): Promise<void> {
  const { images, wanted, given, iou } = pictures;
  const shares = iou && {
    dtype: 'f64' as const,
    shape: [iou.length],
    values: Float64Array.from(iou),
  };
  const arrays = { images, given, ...(wanted && { wanted }), ...(shares && { iou: shares }) };
  await saveNpz(file, arrays, { compress: true });
}

/**
 * Reads what `savePictures` wrote.
 *
 * @throws FileError, FormatError, naming the path.
 */
export async function loadPictures(file: string, classes: number): Promise<TestPictures> {
  const arrays = await loadNpz(file, { maxBytes: 2 ** 28 });
  const fail = (what: string): never => {
    throw new FormatError(`${file}: ${what}; train again with Gradus ${version()}.`);
  };
  const [images, wanted, given] = ['images', 'wanted', 'given'].map((name) => arrays.get(name));
  if (!images || !given) return fail('it does not hold images and what the model gave');
  for (const array of [images, given, ...(wanted ? [wanted] : [])]) {
    const { dtype, shape, values } = array;
    const fits = dtype === 'u8' && shape.length === 4 && shape[0] === images.shape[0];
    if (!fits || values.length !== sizeOf(shape)) fail('its images are not u8 [K, C, H, W]');
  }
  const iou = arrays.get('iou')?.values;
  if (iou && iou.length !== classes) fail(`its figures are not those of ${classes} classes`);
  return { images, wanted, given, iou };
}
