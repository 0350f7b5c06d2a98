import type { Tensor } from '../tensor/index.js';
import { globalAvgPool, globalMaxPool } from './functional/global-pool.js';
import { Module } from './module.js';

/**
 * `globalAvgPool`: [N, C, …S] to [N, C, 1, …], the mean over all spatial axes.
 *
 * @example
 * new GlobalAvgPool().forward(rand([8, 64, 7, 7])); // [8, 64, 1, 1]
 */
export class GlobalAvgPool extends Module {
  forward(x: Tensor): Tensor {
    return globalAvgPool(x);
  }
}

/**
 * `globalMaxPool`: [N, C, …S] to [N, C, 1, …], the maximum over all spatial axes.
 *
 * @example
 * new GlobalMaxPool().forward(rand([8, 64, 7, 7])); // [8, 64, 1, 1]
 */
export class GlobalMaxPool extends Module {
  forward(x: Tensor): Tensor {
    return globalMaxPool(x);
  }
}
