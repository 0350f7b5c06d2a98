import type { DType, TypedArray } from '../core/dtype.js';
import type { Shape } from '../core/shape.js';
import type { GraphNode } from '../graph/node.js';
import type { Profile } from './profile.js';
import type { Variable } from './storage.js';

/** What a traced function computes: values to return, and variables to overwrite at its end. */
export interface ProgramSpec {
  /** Leaves of kind input, by position; a position the function does not use may be absent. */
  readonly inputs: readonly { readonly shape: Shape; readonly dtype: DType }[];
  readonly outputs: readonly GraphNode[];
  readonly assigns: readonly { readonly target: Variable; readonly value: GraphNode }[];
  /**
   * Index of an f32 scalar among the outputs. In a run in which it is not finite, no variable is
   * overwritten, so that the run can be repeated to look for the cause.
   */
  readonly guard?: number;
  /** Whether its kernels are to be timed. Default: false. */
  readonly profiled?: boolean;
  /** Whether it will probably run only once, so that it should be ready soon. Default: false. */
  readonly once?: boolean;
}

/** A compiled function. */
export interface Program {
  /** Runs it once: `inputs` by position, each with the row-major values of its shape. */
  run(inputs: readonly TypedArray[]): TypedArray[];
  /** Kernels, what was fused into each, FLOPs, bytes, memory plan; for a person to read. */
  explain(): string;
  /**
   * Of a program with kernels that was compiled to be timed: runs it several times, each as `run`
   * does, on one thread, and tells how long each kernel took.
   */
  profile?(inputs: readonly TypedArray[], steps: number): Profile;
}

/** Where programs run. */
export interface Device {
  /** For messages and tests: `interpreter`, `wasm`, `wasm-relaxed`, `native`. */
  readonly name: string;
  /** Makes a program of what was traced; its structure may be compiled already. */
  compile(spec: ProgramSpec): Program;
  /** Of one that needs a compiler: whether that has compiled a program. */
  readonly proven?: boolean;
}
