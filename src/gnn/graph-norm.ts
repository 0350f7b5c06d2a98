import { Module } from '../nn/index.js';
import type { DType, Tensor } from '../tensor/index.js';
import { Parameter, ones, segmentGather, segmentMean, zeros } from '../tensor/index.js';
import { requirePositive } from './checks.js';
import { wholeGraph } from './global-pool.js';
import { pyTorchNames } from './py-torch-names.js';

/** Options of `GraphNorm`. */
export interface GraphNormOptions {
  /** ε, which is added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** f32 (the default) or f64. */
  readonly dtype?: DType;
}

/**
 * Normalises each feature over the nodes of each graph: z = x - α · mean(x), y = γ z / √(mean(z²) + ε)
 * + β, with trained α, β and γ. Cai and others, 2021, arXiv:2009.03294.
 *
 * Input and result [V, F].
 *
 * @example
 * const layer = new GraphNorm(16);
 * layer.forward(rand([5, 16]), tensor([0, 2, 5]).int());
 */
export class GraphNorm extends Module {
  readonly eps: number;
  /** γ [F], ones at first. */
  readonly weight: Parameter;
  /** β [F], zeros at first. */
  readonly bias: Parameter;
  /** α [F], ones at first. */
  readonly meanScale: Parameter;

  constructor(
    readonly inChannels: number,
    { eps = 1e-5, dtype = 'f32' }: GraphNormOptions = {},
  ) {
    super();
    requirePositive('GraphNorm', 'inChannels', inChannels);
    this.eps = eps;
    this.weight = new Parameter(ones([inChannels], { dtype }));
    this.bias = new Parameter(zeros([inChannels], { dtype }));
    this.meanScale = new Parameter(ones([inChannels], { dtype }));
  }

  /** @param ptr i32 [B + 1], as `GraphBatch.ptr`. Default: all nodes are of one graph. */
  forward(x: Tensor, ptr: Tensor | null = null): Tensor {
    const bounds = ptr ?? wholeGraph(x);
    const overNodes = (y: Tensor): Tensor =>
      segmentGather(segmentMean(y, bounds), bounds, x.shape[0]!);
    const z = x.sub(overNodes(x).mul(this.meanScale));
    return this.weight
      .mul(z)
      .div(overNodes(z.mul(z)).add(this.eps).sqrt())
      .add(this.bias);
  }

  protected override *members(): Generator<[string, unknown]> {
    yield* pyTorchNames(super.members());
  }

  override extraRepr(): string {
    return `${this.inChannels}, eps=${this.eps}`;
  }
}
