import type { TypedArray } from '../engine/core/dtype.js';
import { build } from '../engine/ops/index.js';
import { advanceCounter } from '../engine/graph/advance-counter.js';
import type { Aval, GraphNode } from '../engine/graph/node.js';
import { ArgumentError } from '../engine/core/errors.js';
import { InputSource, type Variable } from '../engine/runtime/storage.js';

/** A check of an input's values, made before each run of a program. */
export interface InputCheck {
  readonly position: number;
  /** Throws if the values are not within the limits. */
  readonly check: (values: TypedArray, limits: readonly number[]) => void;
  /** Numbers that may depend on shapes, as they were at the recording. */
  readonly limits: readonly number[];
}

/** A check of computed values, made where checks are on. */
export interface ValueCheck extends Omit<InputCheck, 'position'> {
  readonly node: GraphNode;
}

/** What a compiled function reads and sets outside itself, without it being a tensor. */
export interface Setting {
  value: unknown;
}

/** The recording of one call of a compiled function: what it takes, reads, assigns and assumes. */
export class Trace {
  readonly inputs: Aval[] = [];
  readonly checks: InputCheck[] = [];
  /** Checks of computed values, if it is recorded with checks. */
  readonly computed: ValueCheck[] = [];
  /** Settings the function read before it set them: what they were. */
  readonly assumed = new Map<Setting, unknown>();
  /** Settings the function set. */
  readonly set = new Map<Setting, unknown>();
  /** Tensors from outside, and whether they required a gradient. */
  readonly assumedGrad = new Map<{ readonly requiresGrad: boolean }, boolean>();
  /** Gradients of tensors from outside, as seen inside. */
  readonly gradients = new Map<object, object | null>();
  private readonly leaves = new Map<Variable, GraphNode>();
  private readonly assigned = new Map<Variable, GraphNode>();
  private readonly draws = new Map<Variable, number>();

  constructor(
    readonly name: string,
    /** Computed values are checked as well. */
    readonly checked = false,
  ) {}

  /** A new input of the program. */
  input(shape: readonly number[], dtype: Aval['dtype']): GraphNode {
    const position = this.inputs.push({ shape, dtype }) - 1;
    return build.leaf(new InputSource(position), shape, dtype);
  }

  /** The variable's value at this point of the function. */
  read(variable: Variable): GraphNode {
    return this.assigned.get(variable) ?? this.leaf(variable);
  }

  /** Lets later reads see `value`, which the program stores in the variable when it ends. */
  assign(variable: Variable, value: GraphNode): void {
    this.assigned.set(variable, value);
  }

  /** The state of a random generator and how many draws have been made from it before `count` more. */
  draw(state: Variable, count: number): { readonly state: GraphNode; readonly offset: number } {
    const offset = this.draws.get(state) ?? 0;
    this.draws.set(state, offset + count);
    return { state: this.leaf(state), offset };
  }

  /** All assignments of the program, the advance of random generators included. */
  assignments(): { readonly target: Variable; readonly value: GraphNode }[] {
    const advanced = [...this.draws].map(([target, count]) => ({
      target,
      value: advanceCounter(build, this.leaf(target), build.constant(count, [], 'i32')),
    }));
    const assigned = [...this.assigned]
      .filter(([target, value]) => value !== this.leaves.get(target))
      .map(([target, value]) => ({ target, value }));
    return [...assigned, ...advanced];
  }

  private leaf(variable: Variable): GraphNode {
    let leaf = this.leaves.get(variable);
    if (!leaf) {
      leaf = build.leaf(variable, variable.shape, variable.dtype);
      this.leaves.set(variable, leaf);
    }
    return leaf;
  }
}

let active: Trace | undefined;

/** The trace being recorded, if a compiled function is being traced. */
export function activeTrace(): Trace | undefined {
  return active;
}

/** The result of `f`, recorded in `trace`. */
export function record<R>(trace: Trace, f: () => R): R {
  if (active)
    throw new ArgumentError(`compile: '${trace.name}' is traced inside '${active.name}'.`);
  active = trace;
  try {
    return f();
  } finally {
    active = undefined;
  }
}
