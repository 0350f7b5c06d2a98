import type { ProfileReply, Task } from '../measure/protocol.js';

/** A task made ready to run. */
export interface Instance {
  /** Runs once; what came out: a product's elements, or a training step's loss. */
  outcome(): ArrayLike<number> | Promise<ArrayLike<number>>;
  /** Runs `iterations` times and waits for the last to be complete. */
  run(iterations: number): void | Promise<void>;
  readonly flops?: number;
  readonly bytes?: number;
  /** Milliseconds that tracing and compiling took, where that is what is measured. */
  readonly compileMs?: number;
  /** Times the kernels, over so many runs. */
  profile?(steps: number): ProfileReply;
  /** Bytes of the memory that programs run in. */
  arena?(): number | undefined;
}

type Prepare<T extends Task> = (task: T) => Instance | Promise<Instance>;

/** One library, as a worker process runs it. */
export interface Peer {
  /** Loads the library. */
  open(): Opened | Promise<Opened>;
  /** How it prepares each kind of task that it can do. */
  readonly prepare: { readonly [K in Task['kind']]?: Prepare<Extract<Task, { kind: K }>> };
}

export interface Opened {
  readonly version: string;
  readonly threads: number;
}
