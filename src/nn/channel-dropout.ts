import type { Tensor } from '../tensor/index.js';
import { Dropout } from './dropout.js';
import { dropout1d, dropout2d, dropout3d } from './functional/channel-dropout.js';

/**
 * `dropout1d` of inputs [N, C, L] or [C, L] in training: whole channels; in evaluation nothing
 * happens.
 *
 * @example
 * const layer = new Dropout1d(0.2);
 * layer.forward(ones([4, 8, 10])); // some of 32 rows are 0, the others 1.25
 */
export class Dropout1d extends Dropout {
  override forward(x: Tensor): Tensor {
    return dropout1d(x, this);
  }
}

/** `dropout2d` of inputs [N, C, H, W]; otherwise as `Dropout1d`. */
export class Dropout2d extends Dropout {
  override forward(x: Tensor): Tensor {
    return dropout2d(x, this);
  }
}

/** `dropout3d` of inputs [N, C, D, H, W] or [C, D, H, W]; otherwise as `Dropout1d`. */
export class Dropout3d extends Dropout {
  override forward(x: Tensor): Tensor {
    return dropout3d(x, this);
  }
}
