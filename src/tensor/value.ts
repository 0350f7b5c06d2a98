import type { DType, TypedArray } from '../engine/core/dtype.js';
import { isFloat } from '../engine/core/dtype.js';
import { ArgumentError, DTypeError, ShapeError } from '../engine/core/errors.js';
import type { Shape } from '../engine/core/shape.js';
import { formatShape, sizeOf } from '../engine/core/shape.js';
import type { GraphNode } from '../engine/graph/node.js';
import { build } from '../engine/ops/index.js';
import type { Storage } from '../engine/runtime/storage.js';
import { realize } from './evaluate.js';
import { isGradEnabled } from './grad-mode.js';
import { cutFrom, identity, setOwner } from './history.js';
import type { StepScope } from './step-scope.js';
import { activeScope, refuseInScope } from './step-scope.js';
import type { Trace } from './trace.js';
import { activeTrace } from './trace.js';

/** What a tensor is made from: a node that computes its values, or the values. */
export interface Content {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly node?: GraphNode;
  readonly storage?: Storage;
  /** Gradients flow through it, and end in it if it is a leaf. */
  readonly requiresGrad?: boolean;
  /** Gradients end here. Default: what has values, or requires no gradient. */
  readonly isLeaf?: boolean;
}

/**
 * What all tensors have: shape, dtype, values that are computed when first asked for, and a
 * gradient. `T` is the class of tensors that operations return.
 */
export abstract class TensorValue<T> {
  /** Extents, outermost first; [] for a scalar. */
  readonly shape: Shape;
  readonly dtype: DType;
  /** Whether gradients end here: made by a person, not by an operation on tracked tensors. */
  readonly isLeaf: boolean;
  /** The compiled function being traced when this was made. */
  protected readonly trace: Trace | undefined;
  /** The step of a scan in which this was made. */
  private readonly scope: StepScope | undefined;
  private graph: GraphNode | undefined;
  private values: Storage | undefined;
  private leafNode: GraphNode | undefined;
  private tracked: boolean;
  private gradient: T | null = null;

  /** @internal Tensors are made by `tensor()`, `zeros()` and the like. */
  constructor(content: Content) {
    this.shape = content.shape;
    this.dtype = content.dtype;
    this.tracked = content.requiresGrad === true;
    this.isLeaf = content.isLeaf ?? (content.storage !== undefined || !this.tracked);
    this.graph = content.node;
    this.values = content.storage;
    this.trace = content.storage ? undefined : activeTrace();
    this.scope = content.storage ? undefined : activeScope();
    if (this.tracked) this.checkTrackable();
    if (this.tracked && this.isLeaf && this.graph) this.ownGraph(this.graph);
  }

  /** A tensor of the class that operations return. */
  protected abstract wrap(node: GraphNode, requiresGrad: boolean): T;

  /** Number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** Number of axes: PyTorch's name for `rank`. */
  get ndim(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** Whether the values have been computed. */
  get isConcrete(): boolean {
    return this.values !== undefined;
  }

  /**
   * Whether `backward()` computes gradients for this tensor or through it. Set it on a leaf to ask
   * for its gradient. Throws a DTypeError unless the dtype is a float.
   */
  get requiresGrad(): boolean {
    this.assumeTracked();
    return this.tracked;
  }

  set requiresGrad(on: boolean) {
    if (on === this.tracked) return;
    if (activeTrace() !== this.trace) {
      throw new ArgumentError(
        'requiresGrad: set inside a compiled function it would be set only once, when that is ' +
          'traced; set it outside.',
      );
    }
    if (!this.isLeaf) {
      throw new ArgumentError(
        `requiresGrad: a tensor ${formatShape(this.shape)} made by an operation cannot stop ` +
          'requiring a gradient; use detach() for a tensor without history.',
      );
    }
    this.tracked = on;
    if (on) this.checkTrackable();
    if (this.graph) this.ownGraph(this.graph);
    this.leafNode = undefined;
  }

  /**
   * The gradient that `backward()` has added up, of the same shape and dtype; null before.
   *
   * A compiled function has its own: inside it gradients start as null, and when it returns they
   * are gone. Reading one from outside inside a compiled function throws an ArgumentError.
   */
  get grad(): T | null {
    const trace = activeTrace();
    if (!trace || this.trace === trace) return this.gradient;
    const inside = trace.gradients.get(this);
    if (inside !== undefined) return inside as T | null;
    if (this.gradient === null) return null;
    throw new ArgumentError(
      `compile: a gradient of shape ${formatShape(this.shape)} computed outside '${trace.name}' is ` +
        'read inside; call zeroGrad() before, or pass gradients as arguments.',
    );
  }

  set grad(value: T | null) {
    const trace = activeTrace();
    if (activeScope() && this.scope !== activeScope()) {
      refuseInScope('grad', 'the gradient of a tensor from outside cannot be set');
    }
    if (trace && this.trace !== trace) trace.gradients.set(this, value as object | null);
    else this.gradient = value;
  }

  /**
   * The node that stands for this tensor in the graph being recorded. For the tensor layer and
   * whoever adds operations to it.
   */
  node(): GraphNode {
    const trace = activeTrace();
    if (this.trace && this.trace !== trace) throw this.escaped();
    if (this.scope && !this.scope.isOpen) throw this.leftStep(this.scope);
    this.assumeTracked();
    if (this.graph && this.trace === trace) return this.graph;
    if (!this.leafNode) {
      this.leafNode = build.leaf(this.storage(), this.shape, this.dtype);
      if (this.tracked && this.isLeaf) setOwner(this.leafNode, this);
    }
    return this.leafNode;
  }

  /** The storage with the values, which are computed now if they have not been. */
  storage(): Storage {
    if (!this.values) {
      this.checkReadable();
      evaluate(this);
    }
    return this.values!;
  }

  /** The values in row-major order, a copy. f32 and f64 as such, i32, u8 and bool as bytes 0, 1. */
  async data(): Promise<TypedArray> {
    return this.dataSync();
  }

  /** As `data()`, at once. */
  dataSync(): TypedArray {
    const storage = this.storage();
    return storage.resident ? storage.hostValues() : storage.hostValues().slice();
  }

  /** The value of a tensor with one element; 0 or 1 for bool. Throws a ShapeError for others. */
  item(): number {
    if (this.size !== 1) {
      throw new ShapeError(
        `item: a tensor of shape ${formatShape(this.shape)} has ${this.size} elements, not one; ` +
          'use data(), or reduce it first.',
      );
    }
    return this.storage().hostValues()[0]!;
  }

  /** The result of an operation on this tensor and `others` that `node` computes. */
  protected result(node: GraphNode, ...others: readonly unknown[]): T {
    const tracked =
      (this.tracked || others.some((x) => x instanceof TensorValue && x.tracked)) &&
      isFloat(node.dtype);
    if (!tracked || isGradEnabled()) return this.wrap(node, tracked);
    return this.wrap(cutFrom(node), false);
  }

  /** The same values without history: gradients do not flow through the result. */
  detach(): T {
    return this.wrap(this.tracked ? cutFrom(this.node()) : this.node(), false);
  }

  /** @internal The node to evaluate, if the values are not known. */
  unevaluated(): GraphNode | undefined {
    if (this.values) return undefined;
    this.checkReadable();
    return this.graph;
  }

  /** @internal Takes computed values; the graph stays only where gradients flow through it. */
  settleValues(values: Storage): void {
    this.values = values;
    if (!this.tracked) this.graph = undefined;
  }

  /** A program is bound to which tensors from outside require gradients. */
  protected assumeTracked(): void {
    const trace = activeTrace();
    if (trace && this.trace !== trace) trace.assumedGrad.set(this, this.tracked);
  }

  private ownGraph(node: GraphNode): void {
    this.graph = this.tracked ? cutFrom(node) : identity(node);
    if (this.tracked) setOwner(this.graph, this);
  }

  private checkTrackable(): void {
    if (isFloat(this.dtype)) return;
    throw new DTypeError(
      `requiresGrad: a tensor of dtype ${this.dtype} has no gradient; use f32 or f64.`,
    );
  }

  private checkReadable(): void {
    if (this.scope) throw this.scope.isOpen ? this.inStep(this.scope) : this.leftStep(this.scope);
    if (this.trace) throw this.trace === activeTrace() ? this.unreadable() : this.escaped();
  }

  private inStep({ op }: StepScope): ArgumentError {
    return new ArgumentError(
      `${op}: the values of a tensor ${formatShape(this.shape)} are read while the function is ` +
        'recorded, when only its shape is known; use tensor operations such as where().',
    );
  }

  private leftStep({ op }: StepScope): ArgumentError {
    return new ArgumentError(
      `${op}: a tensor ${formatShape(this.shape)} made inside the function is used after that has ` +
        'returned; return it from the function.',
    );
  }

  private unreadable(): ArgumentError {
    return new ArgumentError(
      `compile: the values of a tensor ${formatShape(this.shape)} are read while ` +
        `'${this.trace!.name}' is traced, when only its shape is known; return it and read the ` +
        'result, or use tensor operations such as where().',
    );
  }

  private escaped(): ArgumentError {
    return new ArgumentError(
      `compile: a tensor ${formatShape(this.shape)} made inside '${this.trace!.name}' is used ` +
        'after that has returned; return it from the function, or assign it to a StateTensor.',
    );
  }
}

/**
 * Computes the values of several tensors in one program. Asking for them one by one gives the same
 * values, but computes what they share each time.
 */
export function evaluate(...tensors: readonly TensorValue<unknown>[]): void {
  const open = tensors.filter((t) => t.unevaluated() !== undefined);
  realize(open.map((t) => t.unevaluated()!)).forEach((storage, i) => {
    open[i]!.settleValues(storage);
  });
}
