import type { TypedArray } from '../engine/core/dtype.js';
import { ArgumentError, DTypeError, ShapeError } from '../engine/core/errors.js';
import { formatShape, sameShape } from '../engine/core/shape.js';
import type { GraphNode } from '../engine/graph/node.js';
import { build } from '../engine/ops/index.js';
import type { Storage } from '../engine/runtime/storage.js';
import { Variable } from '../engine/runtime/storage.js';
import { full } from './create.js';
import { constantNode } from './constant-node.js';
import { addPending, dropPending, realize } from './evaluate.js';
import { formatTensor } from './format.js';
import { cutFrom, setOwner } from './history.js';
import { refuseInScope } from './step-scope.js';
import { Tensor } from './tensor.js';
import { activeTrace } from './trace.js';

/**
 * A tensor whose values can be assigned: state that outlives a step, such as a running mean, an
 * optimizer's moment or a step number. PyTorch calls it a buffer. Tensors computed from it before
 * an assignment keep the old values. Inside a compiled function, reading it makes it an input of
 * the program and assigning it writes it in place when the program ends.
 *
 * @example
 * const count = new StateTensor(zeros([]));
 * const step = compile(() => count.assign(count.add(1)));
 * step();
 * step();
 * count.item(); // 2
 */
export class StateTensor extends Tensor {
  /** Where the values live. */
  readonly variable: Variable;
  private pending: GraphNode | undefined;
  private current: { readonly storage: Storage; readonly node: GraphNode } | undefined;

  /** Takes the values of `initial`, a copy. */
  constructor(initial: Tensor, { requiresGrad = false }: { readonly requiresGrad?: boolean } = {}) {
    const variable = new Variable(initial.shape, initial.dtype);
    // The base class gets the storage as content, but never reads it: this class has its own.
    super({ ...shapeOf(initial), storage: variable.storage, requiresGrad, isLeaf: true });
    this.variable = variable;
    refuseInScope('StateTensor', 'state cannot be made');
    this.start(initial);
  }

  private start(initial: Tensor): void {
    if (!activeTrace() || initial.isConcrete) {
      this.assignOutside(initial);
      return;
    }
    // State made while a function is traced, such as moments of a first step: it exists from now
    // on, so its first value must be known now.
    const node = constantNode(initial.node());
    if (!node) {
      throw new ArgumentError(
        `StateTensor: its first value ${formatShape(initial.shape)} is computed inside a compiled ` +
          'function; create it outside, or start from a constant such as zeros() and assign().',
      );
    }
    this.settle(realize([node])[0]!);
  }

  /**
   * Replaces the values, at once outside a compiled function, when the program ends inside one;
   * whatever reads it later in the function gets the new ones. `value` is a tensor of the same shape
   * and dtype, or a number. Gradients do not flow through. Throws a ShapeError or a DTypeError.
   */
  assign(value: Tensor | number): void {
    refuseInScope('assign', 'no state can be assigned');
    const next = typeof value === 'number' ? full(this.shape, value, { dtype: this.dtype }) : value;
    this.checkFit(next);
    const trace = activeTrace();
    if (trace) trace.assign(this.variable, cutFrom(next.node()));
    else this.assignOutside(next);
  }

  /** Replaces the values by those of an array in row-major order, a copy. Outside programs only. */
  load(values: ArrayLike<number>): void {
    refuseInScope('load', 'no state can be assigned');
    if (activeTrace())
      throw new ArgumentError('load: not inside a compiled function; use assign().');
    if (values.length !== this.size) {
      throw new ShapeError(
        `load: ${values.length} values for a tensor ${formatShape(this.shape)} of ${this.size}.`,
      );
    }
    const copy: TypedArray = this.variable.storage.hostValues().slice();
    copy.set(values);
    this.drop();
    this.variable.set(copy);
  }

  override node(): GraphNode {
    const node = activeTrace()?.read(this.variable) ?? this.pending ?? this.snapshotNode();
    setOwner(node, this.requiresGrad ? this : undefined);
    return node;
  }

  private snapshotNode(): GraphNode {
    const storage = this.variable.snapshot();
    if (this.current?.storage !== storage) {
      this.current = { storage, node: build.leaf(storage, this.shape, this.dtype) };
    }
    return this.current.node;
  }

  override storage(): Storage {
    const trace = activeTrace();
    if (trace) {
      throw new ArgumentError(
        `compile: the values of a ${this.constructor.name} ${formatShape(this.shape)} are read while ` +
          `'${trace.name}' is traced, and would be frozen in the program; compute with it instead.`,
      );
    }
    if (this.pending) realize([]);
    return this.variable.storage;
  }

  override get isConcrete(): boolean {
    return !activeTrace() && this.pending === undefined;
  }

  override toString(): string {
    return activeTrace() ? formatTensor(undefined, this.shape, this.dtype) : super.toString();
  }

  /** @internal */
  override unevaluated(): GraphNode | undefined {
    return this.pending;
  }

  /** @internal */
  override settleValues(): void {
    // `settle` has taken the values already.
  }

  /** @internal What an assignment outside a program has still to compute. */
  get pendingNode(): GraphNode {
    return this.pending!;
  }

  /** @internal Takes the values of a pending assignment, which other tensors may hold as well. */
  settle(values: Storage): void {
    this.pending = undefined;
    this.variable.storage = values;
    values.captured = true;
  }

  /**
   * An assignment takes effect at once, as `node()` gives the new value from now on; computing it
   * is put off until something is evaluated, so that all updates of a step are one program.
   */
  private assignOutside(next: Tensor): void {
    if (next.isConcrete) {
      this.drop();
      this.settle(next.storage());
      return;
    }
    const node = next.node();
    if (this.pending) realize([]);
    this.pending = cutFrom(node);
    addPending(this);
  }

  private drop(): void {
    dropPending(this);
    this.pending = undefined;
  }

  /** @internal Throws unless `next` can be assigned. */
  checkFit(next: Tensor): void {
    if (!sameShape(next.shape, this.shape)) {
      throw new ShapeError(
        `assign: a value of shape ${formatShape(next.shape)} for a tensor of shape ` +
          `${formatShape(this.shape)}; use reshape() or broadcastTo().`,
      );
    }
    if (next.dtype !== this.dtype) {
      throw new DTypeError(
        `assign: a value of dtype ${next.dtype} for a tensor of dtype ${this.dtype}; use ` +
          `to('${this.dtype}').`,
      );
    }
  }
}

/**
 * A tensor that training changes: state that requires a gradient.
 *
 * @example
 * const w = new Parameter(randn([3]));
 * w.mul(w).sum().backward();
 * w.assign(w.sub(w.grad!.mul(0.1)));
 */
export class Parameter extends StateTensor {
  constructor(initial: Tensor, { requiresGrad = true }: { readonly requiresGrad?: boolean } = {}) {
    super(initial, { requiresGrad });
  }
}

/**
 * Several assignments at once: all values are those before any of them. Outside a compiled function
 * they are computed in one program. Throws before any takes effect if one does not fit.
 */
export function assignAll(pairs: readonly (readonly [StateTensor, Tensor])[]): void {
  const values = pairs.map(([target, value]) => [target, value.detach()] as const);
  for (const [target, value] of values) target.checkFit(value);
  for (const [target, value] of values) target.assign(value);
}

function shapeOf({ shape, dtype }: Tensor): Pick<Tensor, 'shape' | 'dtype'> {
  return { shape, dtype };
}
