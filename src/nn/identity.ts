import type { Tensor } from '../tensor/index.js';
import { Module } from './module.js';

/** Its input, unchanged: a placeholder. */
export class Identity extends Module {
  forward(x: Tensor): Tensor {
    return x;
  }
}
