import type { DType } from '../engine/core/dtype.js';
import { ArgumentError } from '../engine/core/errors.js';
import type { Tensor } from '../tensor/index.js';
import { Parameter, ones, zeros } from '../tensor/index.js';
import { requireCount } from './check.js';
import { groupNorm } from './functional/group-norm.js';
import { requireEps } from './functional/normalize.js';
import { Module } from './module.js';

/** Options of `GroupNorm`. */
export interface GroupNormOptions {
  /** ε, which is added to the variance, ≥ 0. Default 1e-5. */
  readonly eps?: number;
  /** Scale and shift each channel by trained parameters. Default true. */
  readonly affine?: boolean;
  /** f32 (the default) or f64. */
  readonly dtype?: DType;
}

/**
 * `groupNorm` of inputs [N, C, …]: each sample by groups of channels. Wu and He, 2018,
 * arXiv:1803.08494.
 *
 * @example
 * new GroupNorm(2, 6).forward(rand([8, 6, 4, 4])); // by 3 channels each
 */
export class GroupNorm extends Module {
  readonly eps: number;
  /** γ [C], ones at first, or null. */
  readonly weight: Parameter | null;
  /** β [C], zeros at first, or null. */
  readonly bias: Parameter | null;

  /** @throws ArgumentError unless numGroups divides numChannels, and ε is at least 0. */
  constructor(
    readonly numGroups: number,
    readonly numChannels: number,
    { eps = 1e-5, affine = true, dtype = 'f32' }: GroupNormOptions = {},
  ) {
    super();
    requireCount('GroupNorm', 'numGroups', numGroups);
    requireCount('GroupNorm', 'numChannels', numChannels);
    requireEps('GroupNorm', eps);
    if (numChannels % numGroups !== 0) {
      throw new ArgumentError(
        `GroupNorm: numGroups is ${numGroups}, which does not divide numChannels, ${numChannels}; ` +
          'use a divisor.',
      );
    }
    this.eps = eps;
    this.weight = affine ? new Parameter(ones([numChannels], { dtype })) : null;
    this.bias = affine ? new Parameter(zeros([numChannels], { dtype })) : null;
  }

  forward(x: Tensor): Tensor {
    return groupNorm(x, this.numGroups, this.weight, this.bias, { eps: this.eps });
  }

  override extraRepr(): string {
    const { numGroups, numChannels, eps, weight } = this;
    return `${numGroups}, ${numChannels}, eps=${eps}, affine=${weight !== null}`;
  }
}
