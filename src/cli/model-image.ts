import { resizeImage } from '../data/index.js';
import { FormatError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import { decodeImage, type NamedArray } from '../io/index.js';
import type { LoadedModel } from '../train/index.js';

/** Channels, height and width of the images that a model takes; undefined where it takes none. */
export function imageShapeOf({
  preprocessing,
  task,
}: LoadedModel): readonly [channels: 1 | 3, height: number, width: number] | undefined {
  const [channels, height, width] = task.inputShape;
  if (preprocessing.kind !== 'pixels' || task.inputShape.length !== 3) return undefined;
  return channels === 1 || channels === 3 ? [channels, height!, width!] : undefined;
}

/**
 * An image file as a model takes it, as images of a folder come to it: grey or colours as the model has them,
 * transparent places white, resized with its proportions kept, u8 [C, H, W].
 *
 * @throws FormatError, in a sentence that names the file, where it cannot be read or the model takes none.
 */
export async function readModelImage(
  bytes: Uint8Array,
  file: string,
  loaded: LoadedModel,
): Promise<NamedArray> {
  const shape = imageShapeOf(loaded);
  if (shape === undefined) {
    throw new FormatError(
      `${file}: this is an image, and the model takes none but samples of shape ` +
        `${formatShape(loaded.task.inputShape)}; give these.`,
    );
  }
  const [channels, height, width] = shape;
  const image = await decodeImage(bytes, { channels, source: file });
  return resizeImage(image, { size: [height, width] });
}
