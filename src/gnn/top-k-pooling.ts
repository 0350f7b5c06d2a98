import { ArgumentError } from '../engine/core/errors.js';
import { Module } from '../nn/index.js';
import type { DType, Generator as RandomGenerator, Tensor } from '../tensor/index.js';
import { Parameter, fromData, uniform } from '../tensor/index.js';
import { EdgeIndex } from './edge-index.js';
import { requireNodeRows } from './edge-rows.js';
import { wholeGraph } from './global-pool.js';
import { drawOf } from './glorot.js';
import { segmentSoftmax } from './segment-softmax.js';

/** Options of `TopKPooling`. */
export interface TopKPoolingOptions {
  /** The share of each graph's nodes that are kept, rounded up; or from 1 on, their number. Default 0.5. */
  readonly ratio?: number;
  /** Keep the nodes with a softmax score above this in place of a share. Default: a share is kept. */
  readonly minScore?: number;
  /** What kept features are multiplied by, besides the score. Default 1. */
  readonly multiplier?: number;
  /** f32 (the default) or f64. */
  readonly dtype?: DType;
  /** Where the first weights come from. Default: the generator that `manualSeed` sets. */
  readonly generator?: RandomGenerator;
}

/** What is left of a batch of graphs. */
export interface Pooled {
  /** [V', F]. */
  readonly x: Tensor;
  readonly edges: EdgeIndex;
  /** i32 [B + 1]. */
  readonly ptr: Tensor;
  /** i32 [V']: the nodes that are kept, as they were numbered. */
  readonly kept: Tensor;
  /** i32 [E']: the edges that are kept, as they were numbered. */
  readonly keptEdges: Tensor;
  /** [V']: the scores of the nodes that are kept. */
  readonly score: Tensor;
}

/**
 * Keeps the nodes of each graph that score highest by s = tanh(p · x / ‖p‖), in the order of their
 * scores, with features s · x; and the edges between them. Gao and Ji, 2019, arXiv:1905.05178. Which
 * nodes those are is read while it runs, so it stands outside compiled functions.
 *
 * @throws ShapeError where rows do not match; ArgumentError inside a compiled function.
 * @example
 * const pool = new TopKPooling(16, { ratio: 0.5 });
 * pool.forward(rand([4, 16]), new EdgeIndex([[0, 1, 2, 3], [1, 2, 3, 0]], 4)).x; // [2, 16]
 */
export class TopKPooling extends Module {
  /** Holds p, [1, F], under the name that PyTorch Geometric gives it. */
  readonly select: { readonly weight: Parameter };
  readonly ratio: number;
  readonly minScore: number | null;
  readonly multiplier: number;

  constructor(
    readonly inChannels: number,
    options: TopKPoolingOptions = {},
  ) {
    super();
    const { ratio = 0.5, minScore, multiplier = 1 } = options;
    if (!(ratio > 0 && (ratio < 1 || Number.isInteger(ratio)))) {
      throw new ArgumentError(
        `TopKPooling: ratio is ${ratio}; use a share between 0 and 1, or a number of nodes.`,
      );
    }
    this.ratio = ratio;
    this.minScore = minScore ?? null;
    this.multiplier = multiplier;
    const bound = 1 / Math.sqrt(inChannels);
    this.select = {
      weight: new Parameter(uniform(-bound, bound, [1, inChannels], drawOf(options))),
    };
  }

  /** @param ptr i32 [B + 1], as `GraphBatch.ptr`. Default: all nodes are of one graph. */
  forward(x: Tensor, edges: EdgeIndex, ptr: Tensor | null = null): Pooled {
    requireNodeRows('TopKPooling', 'x', x, edges);
    const bounds = ptr ?? wholeGraph(x);
    const scores = this.scores(x, bounds);
    const nodes = this.chosen(scores.dataSync(), bounds.dataSync());
    const place = new Int32Array(edges.numNodes).fill(-1);
    nodes.flat().forEach((v, i) => (place[v] = i));
    const kept = indices(nodes.flat());
    const { sources, targets } = edges;
    const between = [...sources.keys()].filter(
      (e) => place[sources[e]!]! >= 0 && place[targets[e]!]! >= 0,
    );
    const score = scores.indexSelect(0, kept);
    const scaled = x.indexSelect(0, kept).mul(score.unsqueeze(1));
    let end = 0;
    return {
      x: this.multiplier === 1 ? scaled : scaled.mul(this.multiplier),
      edges: new EdgeIndex(
        [between.map((e) => place[sources[e]!]!), between.map((e) => place[targets[e]!]!)],
        kept.size,
      ),
      ptr: indices([0, ...nodes.map((all) => (end += all.length))]),
      kept,
      keptEdges: indices(between),
      score,
    };
  }

  protected override *members(): Generator<[string, unknown]> {
    yield ['select.weight', this.select.weight];
  }

  override extraRepr(): string {
    return `${this.inChannels}, ratio=${this.ratio}`;
  }

  private scores(x: Tensor, bounds: Tensor): Tensor {
    const { weight } = this.select;
    const plain = x.mul(weight).sum(-1);
    return this.minScore === null
      ? plain.div(weight.norm(-1)).tanh()
      : segmentSoftmax(plain, bounds);
  }

  /** The nodes that are kept of each graph. */
  private chosen(scores: ArrayLike<number>, ptr: ArrayLike<number>): number[][] {
    return Array.from({ length: ptr.length - 1 }, (_, b) => {
      const all = Array.from({ length: ptr[b + 1]! - ptr[b]! }, (_v, i) => ptr[b]! + i);
      if (this.minScore !== null) {
        const best = all.reduce((most, v) => Math.max(most, scores[v]!), -Infinity);
        const least = Math.min(best - TOLERANCE, this.minScore);
        return all.filter((v) => scores[v]! > least);
      }
      const count = this.ratio < 1 ? Math.ceil(this.ratio * all.length) : this.ratio;
      return all.sort((v, w) => scores[w]! - scores[v]! || v - w).slice(0, count);
    });
  }
}

/** At least the best node of a graph is kept. */
const TOLERANCE = 1e-7;

function indices(numbers: readonly number[]): Tensor {
  return fromData(Int32Array.from(numbers), [numbers.length]);
}
