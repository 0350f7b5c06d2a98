import { ArgumentError } from '../engine/core/errors.js';
import type { Linear } from '../nn/index.js';
import { Module } from '../nn/index.js';
import { spmm } from '../sparse/index.js';
import type { DType, Parameter, Tensor } from '../tensor/index.js';
import { fromData, ones, where } from '../tensor/index.js';
import { requirePositive } from './checks.js';
import type { EdgeIndex } from './edge-index.js';
import { byTarget, requireNodeRows, sumAtSources } from './edge-rows.js';
import { inverseRoot, requireWeights } from './gcn-propagate.js';
import type { GraphLayerOptions } from './glorot.js';
import { glorotLinear, zeroBias } from './glorot.js';

/** How a Laplacian is normalised: I - D^(-1/2) A D^(-1/2), I - D^(-1) A, or D - A. */
export type LaplacianNormalization = 'sym' | 'rw' | null;

/** Options of `ChebConv`. */
export interface ChebConvOptions extends GraphLayerOptions {
  /** Which Laplacian. Default 'sym'. */
  readonly normalization?: LaplacianNormalization;
}

/**
 * Chebyshev convolution: X' = Σ_k T_k W_kᵀ + b for k < K, where T_0 = X, T_1 = L̂ X,
 * T_k = 2 L̂ T_{k-1} - T_{k-2}, and L̂ = 2 L / λ - I is a Laplacian scaled by its largest eigenvalue.
 * Loops are left out, and degrees are those of edges that begin at a node. Defferrard, Bresson and
 * Vandergheynst, 2016, arXiv:1606.09375.
 *
 * Input x [V, in], result [V, out].
 *
 * @throws ShapeError where rows do not match; ArgumentError for a negative weight; DTypeError.
 * @example
 * const layer = new ChebConv(1433, 16, 3);
 * layer.forward(graph.x, graph.edgeIndex); // [V, 16]
 */
export class ChebConv extends Module {
  readonly normalization: LaplacianNormalization;
  /** W_0 … W_{K-1}, each [out, in]. */
  readonly lins: readonly Linear[];
  /** [out], or null. */
  readonly bias: Parameter | null;

  /** @param K The number of polynomials, at least 1. */
  constructor(
    readonly inChannels: number,
    readonly outChannels: number,
    readonly K: number,
    options: ChebConvOptions = {},
  ) {
    super();
    requirePositive('ChebConv', 'K', K);
    const { normalization = 'sym' } = options;
    if (normalization !== null && normalization !== 'sym' && normalization !== 'rw') {
      throw new ArgumentError(
        `ChebConv: normalization is '${String(normalization)}'; use 'sym', 'rw' or null.`,
      );
    }
    this.normalization = normalization;
    const plain = { ...options, bias: false };
    this.bias = zeroBias(outChannels, options);
    this.lins = Array.from({ length: K }, () => glorotLinear(inChannels, outChannels, plain));
  }

  /**
   * @param edgeWeight [E], at least 0; default ones.
   * @param lambdaMax λ. Default: 2, or for D - A twice the largest degree.
   */
  forward(
    x: Tensor,
    edges: EdgeIndex,
    edgeWeight: Tensor | null = null,
    lambdaMax?: number,
  ): Tensor {
    requireNodeRows('ChebConv', 'x', x, edges);
    const shifted = this.scaledLaplacian(edges, edgeWeight, x.dtype, lambdaMax);
    let [before, last] = [x, x];
    let y = this.lins[0]!.forward(x);
    for (const [k, lin] of this.lins.entries()) {
      if (k === 0) continue;
      const next = k === 1 ? shifted(x) : shifted(last).mul(2).sub(before);
      y = y.add(lin.forward(next));
      [before, last] = [last, next];
    }
    return this.bias ? y.add(this.bias) : y;
  }

  override extraRepr(): string {
    return `${this.inChannels}, ${this.outChannels}, K=${this.K}`;
  }

  /** The map x ↦ L̂ x. */
  private scaledLaplacian(
    edges: EdgeIndex,
    edgeWeight: Tensor | null,
    dtype: DType,
    lambdaMax: number | undefined,
  ): (x: Tensor) => Tensor {
    if (edgeWeight) requireWeights('ChebConv', edgeWeight, edges);
    const given = edgeWeight ? byTarget(edgeWeight, edges) : ones([edges.numEdges], { dtype });
    const values = given.mul(withoutLoops(edges).to(dtype));
    const degree = sumAtSources(values, edges);
    const column = (t: Tensor): Tensor => t.reshape([t.size, 1]);
    if (this.normalization === null) {
      const twice = edges.numNodes === 0 ? degree.sum() : degree.max();
      // A graph without edges has the Laplacian 0, whatever it is divided by.
      const factor =
        lambdaMax === undefined ? where(twice.gt(0), twice, 1).reciprocal() : 2 / lambdaMax;
      return (x) =>
        column(degree)
          .mul(x)
          .sub(spmm(edges.incoming, x, values))
          .mul(factor)
          .sub(x);
    }
    const root = inverseRoot(degree);
    const [before, after] = this.normalization === 'sym' ? [root, root] : [root.mul(root), null];
    return (x) => {
      const spread = spmm(edges.incoming, x.mul(column(before)), values);
      const laplacian = x.sub(after ? spread.mul(column(after)) : spread);
      return laplacian.mul(2 / (lambdaMax ?? 2)).sub(x);
    };
  }
}

/** f64 [E], by target: 0 for loops, else 1. */
function withoutLoops(edges: EdgeIndex): Tensor {
  return edges.derived('withoutLoops', () => {
    const order = edges.incoming.order.dataSync();
    const { sources, targets } = edges;
    const kept = Float64Array.from(order, (e) => (sources[e] === targets[e] ? 0 : 1));
    return fromData(kept, [kept.length]);
  });
}
