import type { Absence } from './field.js';
import type { Machine } from './measure/machine.js';

/** What one peer took for one case. */
export interface Entry {
  readonly peer: string;
  /** Of one iteration. */
  readonly flops?: number;
  /** Of one iteration: what has to be read and written at least. */
  readonly bytes?: number;
  readonly threads?: number;
  /** Largest error of the result, in the measure of the check. */
  readonly error: number;
  readonly iterations: number;
  /** Milliseconds per iteration, by round. */
  readonly ms: readonly number[];
}

/** Cases timed in the same rounds. */
export interface Timings {
  readonly kind: 'timings';
  readonly cases: readonly { readonly name: string; readonly entries: readonly Entry[] }[];
}

/** First steps in fresh processes; milliseconds by process. */
export interface FirstSteps {
  readonly kind: 'firstSteps';
  readonly entries: readonly {
    readonly peer: string;
    readonly importMs: readonly number[];
    readonly buildMs: readonly number[];
    readonly firstMs: readonly number[];
  }[];
}

/** Memory in a long run, in bytes. */
export interface LongRun {
  readonly kind: 'longRun';
  readonly samples: readonly {
    readonly steps: number;
    readonly heapUsed: number;
    readonly arrayBuffers: number;
    readonly arena: number | undefined;
    readonly rss: number;
  }[];
  /** Garbage collections that V8 chose to make between the last two samples. */
  readonly collections: number;
  /** Heap that a step leaves for the collector, on average. */
  readonly garbagePerStep: number;
}

/** Tracing and compiling in fresh processes; milliseconds by process. */
export interface CompileTimes {
  readonly kind: 'compileTimes';
  readonly entries: readonly { readonly name: string; readonly ms: readonly number[] }[];
}

/** What was printed, each with a sentence about it. */
export interface Texts {
  readonly kind: 'texts';
  readonly texts: readonly { readonly about: string; readonly text: string }[];
}

export type Outcome = Timings | FirstSteps | LongRun | CompileTimes | Texts;

export interface Results {
  readonly date: string;
  readonly machine: Machine;
  readonly rounds: number;
  readonly quick: boolean;
  readonly relaxedSimd: boolean;
  readonly versions: Readonly<Record<string, { version: string; threads: number }>>;
  readonly absences: readonly Absence[];
  readonly workloads: Readonly<Record<string, Outcome>>;
}
