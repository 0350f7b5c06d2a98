import type { Tensor } from '../tensor/index.js';
import type { AdaptiveSize } from './functional/adaptive-pool.js';
import {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool1dWithIndices,
  adaptiveMaxPool2d,
  adaptiveMaxPool2dWithIndices,
  adaptiveMaxPool3d,
  adaptiveMaxPool3dWithIndices,
} from './functional/adaptive-pool.js';
import type { PooledWithIndices } from './functional/max-pool.js';
import { Module } from './module.js';

/** A pooling whose windows follow from the extents of its output. */
abstract class AdaptivePool extends Module {
  /** @param outputSize One extent for all spatial axes or one for each, null to keep an axis. */
  constructor(readonly outputSize: AdaptiveSize) {
    super();
  }

  override extraRepr(): string {
    return `outputSize=${JSON.stringify(this.outputSize)}`;
  }
}

/**
 * `adaptiveAvgPool1d` of inputs [N, C, L] or [C, L].
 *
 * @example
 * new AdaptiveAvgPool1d(4).forward(rand([8, 3, 50])); // [8, 3, 4]
 */
export class AdaptiveAvgPool1d extends AdaptivePool {
  forward(x: Tensor): Tensor {
    return adaptiveAvgPool1d(x, this.outputSize);
  }
}

/**
 * `adaptiveAvgPool2d` of inputs [N, C, H, W] or [C, H, W].
 *
 * @example
 * new AdaptiveAvgPool2d(4).forward(rand([8, 3, 30, 20])); // [8, 3, 4, 4]
 */
export class AdaptiveAvgPool2d extends AdaptivePool {
  forward(x: Tensor): Tensor {
    return adaptiveAvgPool2d(x, this.outputSize);
  }
}

/**
 * `adaptiveAvgPool3d` of inputs [N, C, D, H, W] or [C, D, H, W].
 *
 * @example
 * new AdaptiveAvgPool3d(4).forward(rand([2, 3, 8, 6, 7])); // [2, 3, 4, 4, 4]
 */
export class AdaptiveAvgPool3d extends AdaptivePool {
  forward(x: Tensor): Tensor {
    return adaptiveAvgPool3d(x, this.outputSize);
  }
}

/**
 * `adaptiveMaxPool1d` of inputs [N, C, L] or [C, L].
 *
 * @example
 * new AdaptiveMaxPool1d(4).forward(rand([8, 3, 50])); // [8, 3, 4]
 */
export class AdaptiveMaxPool1d extends AdaptivePool {
  forward(x: Tensor): Tensor {
    return adaptiveMaxPool1d(x, this.outputSize);
  }

  /** The output, and where in the input the maxima lie. */
  forwardWithIndices(x: Tensor): PooledWithIndices {
    return adaptiveMaxPool1dWithIndices(x, this.outputSize);
  }
}

/**
 * `adaptiveMaxPool2d` of inputs [N, C, H, W] or [C, H, W].
 *
 * @example
 * new AdaptiveMaxPool2d(4).forward(rand([8, 3, 30, 20])); // [8, 3, 4, 4]
 */
export class AdaptiveMaxPool2d extends AdaptivePool {
  forward(x: Tensor): Tensor {
    return adaptiveMaxPool2d(x, this.outputSize);
  }

  /** The output, and where in the input the maxima lie. */
  forwardWithIndices(x: Tensor): PooledWithIndices {
    return adaptiveMaxPool2dWithIndices(x, this.outputSize);
  }
}

/**
 * `adaptiveMaxPool3d` of inputs [N, C, D, H, W] or [C, D, H, W].
 *
 * @example
 * new AdaptiveMaxPool3d(4).forward(rand([2, 3, 8, 6, 7])); // [2, 3, 4, 4, 4]
 */
export class AdaptiveMaxPool3d extends AdaptivePool {
  forward(x: Tensor): Tensor {
    return adaptiveMaxPool3d(x, this.outputSize);
  }

  /** The output, and where in the input the maxima lie. */
  forwardWithIndices(x: Tensor): PooledWithIndices {
    return adaptiveMaxPool3dWithIndices(x, this.outputSize);
  }
}
