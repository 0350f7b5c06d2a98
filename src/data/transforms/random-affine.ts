import { ArgumentError } from '../../engine/core/errors.js';
import type { NamedArray } from '../../io/named-array.js';
import type { RandomStream } from '../random.js';
import { affine, checkInterpolation, type AffineOptions } from './affine.js';
import {
  checkRange,
  extentOf,
  roundHalfEven,
  type ImageTransform,
  type TransformSpec,
} from './image-transform.js';

/** Options of `RandomAffine`. */
export interface RandomAffineOptions extends AffineOptions {
  /** Greatest shares of width and height to move by, each way; default not to move. */
  translate?: readonly [x: number, y: number] | undefined;
  /** Range of the factor; default 1. */
  scale?: readonly [low: number, high: number] | undefined;
  /**
   * Degrees: a number s for -s … s along x, [low, high] along x, or four numbers for x and y; default none.
   */
  shear?: number | readonly number[] | undefined;
}

/**
 * Turns, moves, scales and shears the image by amounts drawn uniformly; torchvision's `RandomAffine`.
 *
 * @param degrees a range of angles, clockwise; a number d is -d … d.
 * @throws ArgumentError for ranges that are none.
 * @example
 * new RandomAffine(15, { translate: [0.1, 0.1], scale: [0.9, 1.1], interpolation: 'bilinear' });
 */
export class RandomAffine implements ImageTransform {
  readonly degrees: readonly [number, number];
  readonly options: RandomAffineOptions;
  /** Ranges along x and along y. */
  private readonly shears: readonly [readonly [number, number], readonly [number, number]];

  constructor(degrees: number | readonly [number, number], options: RandomAffineOptions = {}) {
    const op = 'RandomAffine';
    const { translate = [0, 0], scale = [1, 1], shear = 0, interpolation = 'nearest' } = options;
    this.degrees = symmetric(op, 'degrees', degrees);
    this.options = { ...options };
    checkInterpolation(op, interpolation);
    checkRange(op, 'scale', scale, Number.MIN_VALUE);
    if (translate.length !== 2 || !translate.every((v) => v >= 0 && v <= 1)) {
      throw new ArgumentError(
        `${op}: translate is [${translate.join(', ')}]; give shares of width and height from 0 to 1.`,
      );
    }
    const list = typeof shear === 'number' ? [-Math.abs(shear), Math.abs(shear)] : shear;
    const [xLow, xHigh, yLow = 0, yHigh = 0] = list as [number, number, number?, number?];
    if (list.length !== 2 && list.length !== 4) checkRange(op, 'shear', list, -90);
    checkRange(op, 'shear', [xLow, xHigh], -90);
    checkRange(op, 'shear', [yLow, yHigh], -90);
    this.shears = [
      [xLow, xHigh],
      [yLow, yHigh],
    ];
  }

  apply(image: NamedArray, random: RandomStream): NamedArray {
    const { width, height } = extentOf('RandomAffine', image);
    const { translate = [0, 0], scale = [1, 1] } = this.options;
    const [shearX, shearY] = this.shears;
    const [maxX, maxY] = [translate[0] * width, translate[1] * height];
    const map = {
      angle: random.uniform(...this.degrees),
      translate: [
        roundHalfEven(random.uniform(-maxX, maxX)),
        roundHalfEven(random.uniform(-maxY, maxY)),
      ] as const,
      scale: random.uniform(scale[0], scale[1]),
      shear: [random.uniform(...shearX), random.uniform(...shearY)] as const,
    };
    return affine(image, map, this.options);
  }

  toJSON(): TransformSpec {
    return { transform: 'RandomAffine', degrees: this.degrees, ...this.options };
  }
}

/**
 * Turns the image by an angle drawn uniformly; torchvision's `RandomRotation` without `expand`.
 *
 * @param degrees a range of angles, counter-clockwise; a number d is -d … d.
 * @throws ArgumentError for a range that is none.
 * @example
 * new RandomRotation(10, { interpolation: 'bilinear' });
 */
export class RandomRotation implements ImageTransform {
  readonly degrees: readonly [number, number];
  readonly options: AffineOptions;

  constructor(degrees: number | readonly [number, number], options: AffineOptions = {}) {
    this.degrees = symmetric('RandomRotation', 'degrees', degrees);
    this.options = { ...options };
    checkInterpolation('RandomRotation', options.interpolation ?? 'nearest');
  }

  apply(image: NamedArray, random: RandomStream): NamedArray {
    const angle = -random.uniform(...this.degrees);
    return affine(image, { angle, translate: [0, 0], scale: 1, shear: [0, 0] }, this.options);
  }

  toJSON(): TransformSpec {
    return { transform: 'RandomRotation', degrees: this.degrees, ...this.options };
  }
}

/** A number d stands for -d … d. */
function symmetric(
  op: string,
  name: string,
  given: number | readonly [number, number],
): readonly [number, number] {
  if (typeof given === 'number' && !(given >= 0)) {
    throw new ArgumentError(`${op}: ${name} is ${given}; give a number of at least 0, or a range.`);
  }
  const range = typeof given === 'number' ? ([-given, given] as const) : given;
  checkRange(op, name, range, -Infinity);
  return range;
}
