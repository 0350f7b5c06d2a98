import { FormatError } from '../engine/core/errors.js';
import { formatShape, sameShape, sizeOf } from '../engine/core/shape.js';
import { encodePng, type NamedArray } from '../io/index.js';
import { loadImage, writeFileAtomic } from '../io/node.js';
import { reconstruct, segment, type LoadedModel } from '../train/index.js';
import { colourOf, maskImage } from './class-colours.js';
import { percent, table } from './format.js';
import { printLine, type Io } from './io.js';
import { UsageError } from './usage-error.js';

/** What the flags of `gradus predict` say about pictures. */
export interface PictureOptions {
  /** PNG file for the mask, or for what is given back. */
  readonly out?: string;
  readonly json?: boolean;
}

/** Whether a model makes a picture of a picture: a mask, or the picture again. */
export function givesPictures({ task }: LoadedModel): boolean {
  return task.kind === 'segmentation' || task.kind === 'reconstruction';
}

/**
 * Tells what a model makes of images, and writes it where `out` says.
 *
 * @throws UsageError for `out` with several images; FileError, FormatError, naming the file.
 */
export async function predictPictures(
  loaded: LoadedModel,
  files: readonly string[],
  { out, json = false }: PictureOptions,
  io: Io,
): Promise<void> {
  if (out !== undefined && files.length > 1) {
    throw new UsageError(`--out is for one image, and ${files.length} are given; give one.`);
  }
  const images: NamedArray[] = [];
  for (const file of files) images.push(await readPicture(file, loaded));
  for (const [i, image] of images.entries()) {
    const { picture, lines, facts } =
      loaded.task.kind === 'segmentation' ? maskOf(loaded, image) : givenBack(loaded, image);
    if (out !== undefined) await writeFileAtomic(out, encodePng(picture));
    const saved = out === undefined ? {} : { out };
    if (json) printLine(io, JSON.stringify({ input: files[i]!, ...facts, ...saved }));
    else {
      printLine(io, files[i]!);
      for (const line of lines) printLine(io, `  ${line}`);
      if (out !== undefined) printLine(io, `  saved ${out}`);
    }
  }
}

/** An image as the model takes it, u8 [C, H, W]. */
async function readPicture(file: string, { task }: LoadedModel): Promise<NamedArray> {
  const { inputShape } = task;
  const [channels] = inputShape;
  const image = await loadImage(file, channels === 1 || channels === 3 ? { channels } : {});
  if (sameShape(image.shape, inputShape)) return image;
  throw new FormatError(
    `${file}: the image has shape ${formatShape(image.shape)}, the model takes ` +
      `${formatShape(inputShape)}; give one of that size.`,
  );
}

/** A picture, and what is told of it. */
interface Told {
  readonly picture: NamedArray;
  readonly lines: readonly string[];
  readonly facts: object;
}

/** The classes of an image's pixels, and how much of it each has. */
function maskOf(loaded: LoadedModel, image: NamedArray): Told {
  const { labels, size } = segment(loaded, image);
  const classes = loaded.task.kind === 'segmentation' ? loaded.task.classes : [];
  const shares = classes.map((name, c) => {
    const pixels = labels.reduce((n, label) => n + Number(label === c), 0);
    return { class: name, label: c, share: pixels / labels.length };
  });
  const rows = shares.map(({ class: name, label, share }) => [
    name,
    percent(share),
    `#${colourOf(label)
      .map((v) => v.toString(16).padStart(2, '0'))
      .join('')}`,
  ]);
  return {
    picture: { dtype: 'u8', shape: [3, ...size], values: maskImage(labels) },
    lines: table(rows),
    facts: { classes: shares },
  };
}

/** What comes out of an image, and how far it is from it. */
function givenBack(loaded: LoadedModel, image: NamedArray): Told {
  const { values } = reconstruct(loaded, image);
  const size = sizeOf(image.shape);
  let sum = 0;
  for (let at = 0; at < size; at++) sum += (values[at]! - image.values[at]! / 255) ** 2;
  const bytes = Uint8Array.from(values, (v) => Math.round(255 * Math.min(1, Math.max(0, v))));
  return {
    picture: { dtype: 'u8', shape: image.shape, values: bytes },
    lines: [`mean squared error ${(sum / size).toFixed(5)}`],
    facts: { mse: sum / size },
  };
}
