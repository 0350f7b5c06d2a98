import { ArgumentError } from '../../engine/core/errors.js';
import {
  Conv2d,
  ConvTranspose2d,
  Flatten,
  Linear,
  Module,
  ReLU,
  Sequential,
  Sigmoid,
  type UnaryModule,
} from '../../nn/index.js';
import type { Tensor } from '../../tensor/index.js';
import type { Family, FamilyOptions, Task } from './family.js';
import { imageInput } from './image-input.js';

/** Images to a code of a few numbers and back, by transposed convolutions. */
export const autoencoderFamily: Family = {
  name: 'autoencoder',
  summary: 'images to a code of a few numbers and back, beside PCA with a code as large',
  examples: ['gradus train autoencoder --data fashion-mnist --data-dir path/to/data --code-size 4'],
  task: 'reconstruction',
  settings: {
    codeSize: {
      kind: 'integer',
      least: 1,
      default: 8,
      summary: 'numbers in the code of an image',
    },
    width: {
      kind: 'integer',
      least: 1,
      default: 16,
      summary: 'channels at half size; there are twice as many at a quarter',
    },
    hidden: {
      kind: 'integer',
      least: 1,
      default: 256,
      summary: 'units between the convolutions and the code',
    },
  },
  recipe: { optimizer: 'adam', lr: 2e-3, lrDecay: 0.8, batchSize: 64 },
  create: createAutoencoder,
};

function createAutoencoder(task: Task, options: FamilyOptions): UnaryModule {
  const { codeSize, width, hidden } = options as Record<'codeSize' | 'width' | 'hidden', number>;
  return new Autoencoder(imageInput('autoencoder', task), { codeSize, width, hidden });
}

/** Sizes of an `Autoencoder`. */
export interface AutoencoderOptions {
  /** Numbers in the code of an image. Default 8. */
  readonly codeSize?: number;
  /** Channels at half size; there are twice as many at a quarter. Default 16. */
  readonly width?: number;
  /** Units between the convolutions and the code. Default 256. */
  readonly hidden?: number;
}

/**
 * A convolutional autoencoder: two convolutions with stride 2 and two dense layers make a code of an image,
 * [N, C, H, W] to [N, codeSize]; two dense layers and two transposed convolutions make the image of the
 * code, as shares from 0 to 1.
 *
 * @param inputShape [C, H, W], H and W multiples of 4.
 * @throws ArgumentError for other images, and sizes that are no counts.
 * @example
 * const model = new Autoencoder([1, 28, 28], { codeSize: 4 });
 * const code = model.encoder.forward(rand([8, 1, 28, 28])); // [8, 4]
 * model.decoder.forward(code); // [8, 1, 28, 28]
 * @see Hinton & Salakhutdinov, "Reducing the dimensionality of data with neural networks", 2006.
 */
export class Autoencoder extends Module {
  readonly codeSize: number;
  readonly encoder: Sequential;
  readonly decoder: Sequential;

  constructor(
    [channels, height, width]: readonly [channels: number, height: number, width: number],
    { codeSize = 8, width: first = 16, hidden = 256 }: AutoencoderOptions = {},
  ) {
    super();
    if (height % 4 !== 0 || width % 4 !== 0) {
      throw new ArgumentError(
        `autoencoder: images of ${height}×${width} cannot be halved twice; use multiples of 4.`,
      );
    }
    const half = { stride: 2, padding: 1 };
    const [h, w] = [height / 4, width / 4];
    const coarse = 2 * first * h * w;
    this.codeSize = codeSize;
    this.encoder = new Sequential({
      conv1: new Conv2d(channels, first, 4, half),
      act1: new ReLU(),
      conv2: new Conv2d(first, 2 * first, 4, half),
      act2: new ReLU(),
      flatten: new Flatten(),
      fc1: new Linear(coarse, hidden),
      act3: new ReLU(),
      code: new Linear(hidden, codeSize),
    });
    this.decoder = new Sequential({
      fc1: new Linear(codeSize, hidden),
      act1: new ReLU(),
      fc2: new Linear(hidden, coarse),
      act2: new ReLU(),
      planes: new Planes([2 * first, h, w]),
      conv1: new ConvTranspose2d(2 * first, first, 4, half),
      act3: new ReLU(),
      conv2: new ConvTranspose2d(first, channels, 4, half),
      pixels: new Sigmoid(),
    });
  }

  forward(x: Tensor): Tensor {
    return this.decoder.forward(this.encoder.forward(x));
  }
}

/** [N, D] as planes [N, C, H, W]. */
class Planes extends Module {
  constructor(readonly shape: readonly number[]) {
    super();
  }

  forward(x: Tensor): Tensor {
    return x.reshape([x.shape[0]!, ...this.shape]);
  }
}
