// What the parent process and a peer's process say to each other: one JSON object a line.

/** An array in row-major order in a file of its own, little-endian. */
export interface ArrayFile {
  readonly path: string;
  readonly shape: readonly number[];
  readonly dtype: 'f32' | 'i32' | 'u8';
}

/** C = A B with A [m, k] and B [k, n]. */
export interface MatmulTask {
  readonly kind: 'matmul';
  readonly a: ArrayFile;
  readonly b: ArrayFile;
}

/**
 * A training step of an MLP with relu between its layers: cross-entropy, then Adam as in PyTorch.
 * Step t (from 0) takes the images t mod `images.shape[0]` and the labels t mod `labels.shape[0]`.
 */
export interface MlpStepTask {
  readonly kind: 'mlpStep';
  /** Of each layer [inFeatures, outFeatures]. */
  readonly weights: readonly ArrayFile[];
  readonly biases: readonly ArrayFile[];
  /** [sets, N, inFeatures] */
  readonly images: ArrayFile;
  /** [sets, N], i32 */
  readonly labels: ArrayFile;
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
}

/** A convolution with weight [O, C / groups, …K], or [C, O / groups, …K] where it is transposed. */
export interface ConvLayer {
  readonly weight: ArrayFile;
  /** A number for each spatial axis, as the other lists. */
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
  readonly transposed: boolean;
  /** Zeros where it is not transposed. */
  readonly outputPadding: readonly number[];
}

/**
 * Convolutions one after the other of x [N, C, …S], or a gradient of them: by x, or by all weights,
 * one behind the other.
 */
export interface ConvTask {
  readonly kind: 'conv';
  readonly pass: 'forward' | 'input' | 'weight';
  readonly x: ArrayFile;
  readonly layers: readonly ConvLayer[];
  /** What flows back into the result, in its shape. */
  readonly gradient: ArrayFile;
}

/** Sums over the edges of each node: of rows x [E, F], or of values · x[index] for x [V, F]. */
export interface SegmentTask {
  readonly kind: 'segment';
  readonly op: 'sum' | 'spmm';
  /** [V + 1], i32: node v has the edges ptr[v] to ptr[v + 1] - 1. */
  readonly ptr: ArrayFile;
  /** [E], i32 */
  readonly index: ArrayFile;
  /** [E] */
  readonly values: ArrayFile;
  readonly x: ArrayFile;
}

/** A training step to compile; the outcome is the loss of the first step. */
export type CompileTask = { readonly kind: 'compile' } & (
  | { readonly model: 'lenet'; readonly x: ArrayFile }
  | {
      readonly model: 'lstm';
      /** [T, N, D] */
      readonly x: ArrayFile;
      /** [D, 4 · H] and [H, 4 · H]; the gates are i, f, g, o. */
      readonly wx: ArrayFile;
      readonly wh: ArrayFile;
    }
);

export type NetworkName = 'cnn' | 'lstm' | 'attention' | 'gcn';

/**
 * A training step of a network of `workloads/network-data.ts`: its loss, backward, Adam as in PyTorch.
 * Step t takes batch t mod `x.shape[0]` of x and t mod `y.shape[0]` of y.
 */
export interface NetworkTask {
  readonly kind: 'network';
  readonly network: NetworkName;
  readonly parameters: Readonly<Record<string, ArrayFile>>;
  readonly x: ArrayFile;
  /** Classes, i32; of attention, which has none, [1, 1]. */
  readonly y: ArrayFile;
  /** Of a graph network: i32 [E] each, and f32 [E], the symmetric matrix that it multiplies by. */
  readonly edges?: {
    readonly rows: ArrayFile;
    readonly columns: ArrayFile;
    readonly values: ArrayFile;
  };
  readonly heads?: number;
  readonly lr: number;
}

/** Images in an order, in batches, normalised: (pixel / 255 - mean) / std. */
export interface ImageBatches {
  /** u8 [M, 1, H, W]. */
  readonly images: ArrayFile;
  /** i32 [M]. */
  readonly labels: ArrayFile;
  /** i32 [M]: the image that comes first, and so on; the same in each epoch. */
  readonly order: ArrayFile;
  readonly batchSize: number;
  readonly mean: number;
  readonly std: number;
  /** Whether images are cropped and flipped at random, in a worker ahead of the loop. */
  readonly augmented: boolean;
}

/** Epochs of training LeNet-5 by Adam, PyTorch's defaults; the outcome is the loss of the next step. */
export interface EpochTask extends ImageBatches {
  readonly kind: 'epoch';
  /** By their names in a state dict: `conv1`, `conv2`, `fc1`, `fc2`, `fc3`, `weight` and `bias` each. */
  readonly parameters: Readonly<Record<string, ArrayFile>>;
  readonly lr: number;
}

/** The batches of epochs, without a step; the outcome is the images of the first. */
export interface BatchesTask extends ImageBatches {
  readonly kind: 'batches';
}

/** Images, u8 [M, 1, H, W], out of PNG files in memory that are made of them before. */
export interface DecodeTask {
  readonly kind: 'decode';
  readonly images: ArrayFile;
}

/** One operation on arrays that no cache holds; they and the result stay in place. */
export type MemoryTask = { readonly kind: 'memory' } & (
  | {
      /**
       * `chain`: |x| · 0.5 + 1, that times x, less 0.25. `softmax`: over rows of x [N, D]. `sum`: of
       * all. But for `softmax`, x is a vector.
       */
      readonly op: 'chain' | 'exp' | 'softmax' | 'sum';
      readonly x: ArrayFile;
    }
  | {
      /** A step of Adam, PyTorch's defaults; step t has the gradient t mod 2 of [2, n]. */
      readonly op: 'adam';
      readonly x: ArrayFile;
      readonly gradients: ArrayFile;
    }
  | {
      /** The rows of x [V, D] that index, i32 [E], names; with their gradient [E, D], that of x. */
      readonly op: 'embedding';
      readonly x: ArrayFile;
      readonly index: ArrayFile;
      readonly gradient: ArrayFile;
    }
);

/** A copy of x into memory of the same size. */
export interface CopyTask {
  readonly kind: 'copy';
  readonly x: ArrayFile;
}

/** Multiply-adds in registers alone; `relaxed` takes WebAssembly's fused instruction. */
export interface PeakTask {
  readonly kind: 'peak';
  readonly relaxed: boolean;
}

export type Task =
  | MatmulTask
  | ConvTask
  | SegmentTask
  | MlpStepTask
  | NetworkTask
  | EpochTask
  | BatchesTask
  | DecodeTask
  | CompileTask
  | MemoryTask
  | CopyTask
  | PeakTask;

export interface OpenRequest {
  readonly command: 'open';
}

/** Loads a task, runs it `checks` times and writes what came out to the file `outcome` as f64. */
export interface PrepareRequest {
  readonly command: 'prepare';
  /** Name for later requests. */
  readonly handle: string;
  readonly task: Task;
  readonly checks: number;
  readonly outcome: string;
}

export interface RunRequest {
  readonly command: 'run';
  readonly handle: string;
  readonly iterations: number;
}

/** With `collect`, after a full garbage collection. */
export interface MemoryRequest {
  readonly command: 'memory';
  readonly handle: string;
  readonly collect: boolean;
}

/** Times the kernels of a prepared step. */
export interface ProfileRequest {
  readonly command: 'profile';
  readonly handle: string;
  /** How often it runs while they are timed. */
  readonly steps: number;
}

export type Request = OpenRequest | PrepareRequest | RunRequest | MemoryRequest | ProfileRequest;

export interface OpenReply {
  readonly version: string;
  readonly threads: number;
  /** Milliseconds to load the library. */
  readonly importMs: number;
}

export interface PrepareReply {
  /** Milliseconds to put weights and data in place, and for the first run. */
  readonly buildMs: number;
  readonly firstMs: number;
  /** Threads, where the task has chosen their number. */
  readonly threads?: number;
  /** Of one iteration, where the parent cannot know. */
  readonly flops?: number;
  readonly bytes?: number;
  /** Milliseconds that tracing and compiling took, where that is the task. */
  readonly compileMs?: number;
}

export interface RunReply {
  readonly ms: number;
}

export interface MemoryReply {
  readonly heapUsed: number;
  readonly arrayBuffers: number;
  readonly rss: number;
  /** Size of the memory that the engine's programs run in, if it says. */
  readonly arena?: number;
  /** Garbage collections since the start. */
  readonly collections: number;
}

export interface ProfileReply {
  /** What the library prints. */
  readonly text: string;
  /** Milliseconds of each kernel in a step. */
  readonly kernels: readonly number[];
}

export interface Replies {
  readonly open: OpenReply;
  readonly prepare: PrepareReply;
  readonly run: RunReply;
  readonly memory: MemoryReply;
  readonly profile: ProfileReply;
}

/** Starts each line of the protocol, as libraries print to the same stream. */
export const MARK = '@bench ';
