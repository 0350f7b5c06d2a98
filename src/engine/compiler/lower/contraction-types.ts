import type { FuncBuilder } from '../ir/builder.js';
import type { Func, Target, Val } from '../ir/ir.js';

/** One batch dimension of a contraction: its extent and the strides of its index. */
export interface BatchDim {
  readonly extent: number;
  /** In elements. */
  readonly aStride: number;
  readonly bStride: number;
}

/** An outer dimension of k: its extent and the strides of its index, in elements. */
export interface OuterK {
  readonly extent: number;
  readonly a: number;
  readonly b: number;
}

/**
 * Of a convolution that is padded along one axis: tap k of the second dimension of k (that below the
 * channels) is there at batch index p if 0 ≤ stride · p + dilation · k - low < extent. What is not
 * there is not read, and adds nothing.
 */
export interface PaddedAxis {
  /** The operand that is padded; it is read in place. */
  readonly side: 'a' | 'b';
  /** Which of the batch dimensions is p. */
  readonly batch: number;
  readonly stride: number;
  readonly dilation: number;
  readonly low: number;
  readonly extent: number;
}

/**
 * out[β, m, n] = Σ_k A[β, m, k] · B[β, k, n], with A and B reached through strides in elements
 * (any of them may be 0 or larger than the next dimension's extent, none negative). The index k may
 * run over several dimensions, as the channels, rows and columns of a convolution's kernel do.
 *
 * Order of the sum: one ascending chain over k that starts at 0, in every lane, for every tile,
 * orientation and number of threads.
 */
export interface Contraction {
  readonly elem: 'f32' | 'f64' | 'i32';
  readonly batch: readonly BatchDim[];
  readonly m: number;
  readonly n: number;
  /** All of k: the product of the outer extents and the innermost one. */
  readonly k: number;
  /** The dimensions of k but for the innermost, outermost first. */
  readonly outerK: readonly OuterK[];
  readonly padded?: PaddedAxis;
  /** Whether a packed copy of an operand is made once for many runs: of a weight in a loop. */
  readonly lasting?: { readonly a: boolean; readonly b: boolean };
  /**
   * Strides; that of k is the innermost dimension's. `rows`: the offset of each m in elements, where
   * these are at no constant distance; then m is at most the rows of the target's tile.
   */
  readonly a: { readonly m: number; readonly k: number; readonly rows?: readonly number[] };
  readonly b: { readonly k: number; readonly n: number };
  /** Words of the kernel's parameter row that hold the byte addresses of A[0], B[0], workspace. */
  readonly words: { readonly a: number; readonly b: number; readonly workspace: number };
}

/** A place of the output: element indices as scalar i32, `lanes` consecutive ones along n. */
export interface OutputIndex {
  readonly batch: readonly Val[];
  readonly m: Val;
  readonly n: Val;
  readonly lanes: number;
}

/**
 * Emits what happens to finished sums: bias, activation, store. `p` is the address of the
 * parameter row. Called for whole vectors and, at the edges, for single lanes. It is called a few
 * times only, always within loops over the output, so it may be long.
 */
export type Epilogue = (b: FuncBuilder, p: Val, index: OutputIndex, sums: Val) => void;

/** A kernel (p, lo, hi) whose work `lo…hi` of `extent` units may be split between threads. */
export interface LoweredKernel {
  readonly entry: string;
  readonly extent: number;
  /** It reads the operand whose address is in this word, and nothing else. */
  readonly reads?: number;
}

/** What the contraction became. Stages run one after the other with a barrier between them. */
export interface LoweredContraction {
  /**
   * Callees before callers. Names begin with the prefix that was asked for, but those of shared
   * functions, which begin with `shared_`: equal names are equal functions, and a module that
   * holds several contractions keeps one of each.
   */
  readonly functions: readonly Func[];
  /** None when the output has no elements. */
  readonly stages: readonly LoweredKernel[];
  /** Bytes of scratch memory, 64-byte aligned, whose address is in words.workspace. */
  readonly workspaceBytes: number;
  /** How the operands are reached, in a few words, for explain(). */
  readonly plan: string;
}

export type LowerContraction = (
  c: Contraction,
  target: Target,
  prefix: string,
  epilogue: Epilogue,
) => LoweredContraction;
