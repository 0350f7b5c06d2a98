import { ArgumentError } from '../engine/core/errors.js';
import type { UnaryModule } from '../nn/index.js';
import { Module } from '../nn/index.js';
import type { Tensor } from '../tensor/index.js';
import { segmentMean, segmentSum, tensor } from '../tensor/index.js';
import { maxOrZero } from './aggregate.js';
import { segmentSoftmax } from './segment-softmax.js';

/** i32 [2]: all nodes are of one graph. */
export function wholeGraph(x: Tensor): Tensor {
  return tensor([0, x.shape[0] ?? 0], { dtype: 'i32' });
}

/**
 * For each graph the sum over its nodes: x [V, F] → [B, F]; 0 for a graph without nodes.
 *
 * @param ptr i32 [B + 1], as `GraphBatch.ptr`: graph b has the nodes ptr[b] to ptr[b + 1] - 1. Default:
 *   all nodes are of one graph.
 * @throws ShapeError, DTypeError or IndexError for pointers that are not such.
 * @example
 * globalAddPool(tensor([[1], [2], [3]]), tensor([0, 2, 3]).int()); // [[3], [3]]
 */
export function globalAddPool(x: Tensor, ptr: Tensor | null = null): Tensor {
  return segmentSum(x, ptr ?? wholeGraph(x));
}

/**
 * As `globalAddPool`, the mean.
 *
 * @example
 * globalMeanPool(tensor([[1], [2], [3]]), tensor([0, 2, 3]).int()); // [[1.5], [3]]
 */
export function globalMeanPool(x: Tensor, ptr: Tensor | null = null): Tensor {
  return segmentMean(x, ptr ?? wholeGraph(x));
}

/**
 * As `globalAddPool`, the maximum of each feature, whose gradient goes to the first node that has it.
 *
 * @example
 * globalMaxPool(tensor([[1], [2], [3]]), tensor([0, 2, 3]).int()); // [[2], [3]]
 */
export function globalMaxPool(x: Tensor, ptr: Tensor | null = null): Tensor {
  return maxOrZero(x, ptr ?? wholeGraph(x));
}

/**
 * Pooling by attention: for each graph Σ_v softmax(g(x_v)) · h(x_v) over its nodes, where g gives a
 * score for each node, or one for each feature, and h is the identity unless given. Li and others,
 * 2016, arXiv:1511.05493.
 *
 * Input x [V, F], result [B, F'] with F' as h makes it.
 *
 * @example
 * const pool = new AttentionalAggregation(new Linear(16, 1));
 * pool.forward(rand([5, 16]), tensor([0, 2, 5]).int()); // [2, 16]
 */
export class AttentionalAggregation extends Module {
  /**
   * @param gateNn g, from [V, F] to [V, 1] or [V, F'].
   * @param nn h.
   */
  constructor(
    readonly gateNn: UnaryModule,
    readonly nn: UnaryModule | null = null,
  ) {
    super();
  }

  /** @param ptr As for `globalAddPool`. */
  forward(x: Tensor, ptr: Tensor | null = null): Tensor {
    const bounds = ptr ?? wholeGraph(x);
    const gate = this.gateNn.forward(x);
    if (gate.rank !== 2) {
      throw new ArgumentError(
        `AttentionalAggregation: gateNn gives [${gate.shape.join(', ')}]; it should give [V, 1].`,
      );
    }
    const value = this.nn ? this.nn.forward(x) : x;
    return segmentSum(segmentSoftmax(gate, bounds).mul(value), bounds);
  }

  protected override *members(): Generator<[string, unknown]> {
    yield ['gate_nn', this.gateNn];
    yield ['nn', this.nn];
  }
}
