import { ArgumentError } from '../engine/core/errors.js';
import { ArrayDataset } from './array-dataset.js';
import type { Normalization } from './normalization.js';
import { checkSeed, RandomStream } from './random.js';

/** Options of `scenes`. */
export interface ScenesOptions {
  /** Number of scenes; default 2,000. */
  count?: number;
  /** Default 0. */
  seed?: number;
  /** Scenes of the two parts are drawn independently; default `train`. */
  part?: 'train' | 'test';
  /** Height and width in pixels, at least 16; default 48. */
  size?: number;
}

/** What a pixel can be of. */
export const SCENE_CLASSES = ['ground', 'stripes', 'checks', 'dots'];

/** Of the pixels, as 0 … 1: the colours are drawn uniformly. */
export const SCENES_NORMALIZATION = { mean: 0.5, std: 0.29 } satisfies Normalization;

type Colour = readonly [red: number, green: number, blue: number];

/** Whether a place is of the second colour of a texture. */
type Texture = (x: number, y: number) => boolean;

/** First streams of the generator for the parts. */
const FIRST_STREAM = { train: 0, test: 2 ** 41 };
/** Two colours of a shape, or a colour and that of the ground, differ by so much in all channels together. */
const LEAST_CONTRAST = 160;
/** Colours differ in brightness at most this much between pixels of the same. */
const NOISE = 14;

/**
 * Scenes to be segmented: on a plain ground lie two to four ellipses and rectangles, some over others,
 * which are striped, checked or dotted. All colours are drawn anew in each scene, by the same chances for
 * all classes: the colour of a pixel says nothing about its class, only what is around it does.
 *
 * Scene i depends on (seed, part, i) and the size only, to the bit on every platform.
 *
 * @returns columns `x`, u8 `[N, 3, H, W]`, and `y`, i32 `[N, H, W]`: the class of each pixel, as numbered
 *   by `SCENE_CLASSES`.
 * @throws ArgumentError for a count, a size or a seed out of range.
 * @example
 * const { x, y } = scenes({ count: 4, seed: 1 }).batch([0, 1, 2, 3]);
 * console.log(x.shape, y.shape); // [4, 3, 48, 48] [4, 48, 48]
 */
export function scenes(options: ScenesOptions = {}): ArrayDataset<'x' | 'y'> {
  const { count = 2_000, seed = 0, part = 'train', size = 48 } = options;
  checkSeed('scenes', seed);
  if (!Number.isInteger(count) || count < 1 || count > 100_000) {
    throw new ArgumentError(`scenes: count is ${count}; give an integer from 1 to 100,000.`);
  }
  if (!Number.isInteger(size) || size < 16 || size > 512) {
    throw new ArgumentError(`scenes: size is ${size}; give an integer from 16 to 512.`);
  }
  const pixels = size * size;
  const images = new Uint8Array(count * 3 * pixels);
  const labels = new Int32Array(count * pixels);
  for (let i = 0; i < count; i++) {
    const random = new RandomStream(seed, 'scenes', FIRST_STREAM[part] + i);
    drawScene(
      random,
      size,
      images.subarray(3 * i * pixels, 3 * (i + 1) * pixels),
      labels.subarray(i * pixels, (i + 1) * pixels),
    );
  }
  return new ArrayDataset({
    x: { dtype: 'u8', shape: [count, 3, size, size], values: images },
    y: { dtype: 'i32', shape: [count, size, size], values: labels },
  });
}

function drawScene(random: RandomStream, size: number, image: Uint8Array, mask: Int32Array): void {
  const pixels = size * size;
  const ground = colourFrom(random, []);
  for (let c = 0; c < 3; c++) image.fill(ground[c]!, c * pixels, (c + 1) * pixels);
  const shapes = 2 + random.below(3);
  for (let n = 0; n < shapes; n++) {
    const label = 1 + random.below(SCENE_CLASSES.length - 1);
    const first = colourFrom(random, [ground]);
    const second = colourFrom(random, [ground, first]);
    const inside = shapeFrom(random, size);
    const isSecond = textureFrom(random, label);
    for (let at = 0; at < pixels; at++) {
      const [x, y] = [at % size, Math.floor(at / size)];
      if (!inside(x, y)) continue;
      const colour = isSecond(x, y) ? second : first;
      for (let c = 0; c < 3; c++) image[c * pixels + at] = colour[c]!;
      mask[at] = label;
    }
  }
  for (let at = 0; at < pixels; at++) {
    const change = random.uniform(-NOISE, NOISE);
    for (let c = 0; c < 3; c++) {
      const value = Math.round(image[c * pixels + at]! + change);
      image[c * pixels + at] = Math.max(0, Math.min(255, value));
    }
  }
}

/** A colour that differs from `others`, or the last of many that were drawn. */
function colourFrom(random: RandomStream, others: readonly Colour[]): Colour {
  for (let tries = 0; ; tries++) {
    const colour: Colour = [random.below(256), random.below(256), random.below(256)];
    const differs = (other: Colour): boolean =>
      other.reduce((sum, v, c) => sum + Math.abs(v - colour[c]!), 0) >= LEAST_CONTRAST;
    if (tries === 100 || others.every(differs)) return colour;
  }
}

/** Coordinates along a direction that is drawn, and across it. */
function turnedFrom(random: RandomStream): (x: number, y: number) => readonly [number, number] {
  // A point within the ring of 0.5 … 1, by square roots alone: platforms agree on those.
  for (;;) {
    const [u, v] = [random.uniform(-1, 1), random.uniform(-1, 1)];
    const length = Math.sqrt(u * u + v * v);
    if (length < 0.5 || length > 1) continue;
    const [c, s] = [u / length, v / length];
    return (x, y) => [c * x + s * y, c * y - s * x];
  }
}

/** Whether a pixel lies in an ellipse or a rectangle somewhere in the scene. */
function shapeFrom(random: RandomStream, size: number): (x: number, y: number) => boolean {
  const turned = turnedFrom(random);
  const [cx, cy] = [random.uniform(0.15, 0.85) * size, random.uniform(0.15, 0.85) * size];
  const [a, b] = [random.uniform(0.17, 0.3) * size, random.uniform(0.17, 0.3) * size];
  const isRound = random.below(2) === 0;
  return (x, y) => {
    const [u, v] = turned(x - cx, y - cy);
    if (isRound) return (u * u) / (a * a) + (v * v) / (b * b) <= 1;
    return Math.abs(u) <= a && Math.abs(v) <= b;
  };
}

/** Stripes, checks or dots of a size and a direction that are drawn. */
function textureFrom(random: RandomStream, label: number): Texture {
  const turned = turnedFrom(random);
  const period = random.uniform(4, 6);
  const [from, across] = [random.uniform(0, period), random.uniform(0, period)];
  /** Place within a period, 0 … 1. */
  const within = (t: number): number => t / period - Math.floor(t / period);
  return (x, y) => {
    const [p, q] = turned(x, y);
    const [u, v] = [within(p + from), within(q + across)];
    if (label === 1) return u < 0.5;
    if (label === 2) return u < 0.5 !== v < 0.5;
    return (u - 0.5) * (u - 0.5) + (v - 0.5) * (v - 0.5) < 0.09;
  };
}
