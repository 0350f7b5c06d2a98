import type { GraphNode } from '../engine/graph/node.js';
import { leafGradients } from './backward.js';
import { formatTensor } from './format.js';
import { noGrad } from './grad-mode.js';
import { cutFrom } from './history.js';
import type { NestedArray } from './nested.js';
import { toNested } from './nested.js';
import { ProductTensor } from './product.js';
import { activeScope } from './step-scope.js';
import { activeTrace } from './trace.js';
import { evaluate } from './value.js';

/** Options of `Tensor.backward`. */
export interface BackwardOptions {
  /** The gradients can be differentiated again. Default false. */
  readonly createGraph?: boolean;
}

/**
 * An immutable array of numbers of one dtype. Operations return new tensors and compute nothing;
 * the values are computed, with all that they depend on, when `data()`, `item()`, printing or the
 * like asks for them. Nothing has to be disposed of. Make one with `tensor()`, `zeros()`, `rand()`
 * and the like.
 *
 * @example
 * const x = tensor([[1, 2], [3, 4]]);
 * const y = x.matmul(x.T).relu().sum();
 * console.log(y.item()); // 52
 */
export class Tensor extends ProductTensor<Tensor> {
  protected override wrap(node: GraphNode, requiresGrad: boolean): Tensor {
    return new Tensor({
      shape: node.shape,
      dtype: node.dtype,
      node,
      requiresGrad,
      isLeaf: !requiresGrad,
    });
  }

  /** A tensor of the same values. Gradients flow through. */
  clone(): Tensor {
    return this.result(this.node());
  }

  /**
   * Adds the gradient of this tensor to `grad` of each tensor with `requiresGrad` that it depends
   * on: Σ ⟨seed, ∂this / ∂x⟩. The seed defaults to 1 and is needed unless this is a single number.
   * Outside a compiled function all gradients are computed at once.
   *
   * @equation (2.1), (2.18), (2.19)
   *
   * @example
   * const w = tensor([1, 2], { requiresGrad: true });
   * w.mul(w).sum().backward();
   * w.grad; // [2, 4]
   */
  backward(seed?: Tensor, { createGraph = false }: BackwardOptions = {}): void {
    const parts = leafGradients(this, seed);
    const gradients = parts.map(({ leaf, node }) => {
      const owner = leaf as Tensor;
      const kept = createGraph ? this.wrap(node, true) : this.wrap(cutFrom(node), false);
      const before = owner.grad;
      const total = before === null ? kept : noGradUnless(createGraph, () => before.add(kept));
      owner.grad = total;
      return total;
    });
    if (!activeTrace() && !activeScope() && !createGraph) evaluate(this, ...gradients);
  }

  /** The values as nested arrays; a number for a scalar. bool gives truth values. */
  array(): NestedArray {
    return toNested(this.storage().hostValues(), this.shape, this.dtype === 'bool');
  }

  /** As `array()`: PyTorch's name. */
  tolist(): NestedArray {
    return this.array();
  }

  /**
   * The values as PyTorch prints them: four digits, aligned columns, and beyond 1000 elements only
   * three at each edge; then shape and dtype. Inside a compiled function there are no values.
   */
  override toString(): string {
    if (this.trace) return formatTensor(undefined, this.shape, this.dtype);
    return formatTensor(this.storage().hostValues(), this.shape, this.dtype);
  }

  /** What Node's console.log prints. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

function noGradUnless<R>(on: boolean, f: () => R): R {
  return on ? f() : noGrad(f);
}
