import type { Absence } from './field.js';
import type { Machine } from './measure/machine.js';

/** What one peer took for one case. */
export interface Entry {
  readonly peer: string;
  /** Of one iteration. */
  readonly flops?: number;
  /** Of one iteration: what has to be read and written at least. */
  readonly bytes?: number;
  /** Of one iteration. */
  readonly images?: number;
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
    /** How the processes differ, where the same peer has several entries. */
    readonly variant?: string;
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

/** What a page has to load, in bytes. */
export interface BundleSizes {
  readonly kind: 'bundleSizes';
  readonly entries: readonly {
    readonly name: string;
    readonly bundler: string;
    readonly bytes: number;
    readonly gzip: number;
  }[];
}

/** What was printed, each with a sentence about it. */
export interface Texts {
  readonly kind: 'texts';
  readonly texts: readonly { readonly about: string; readonly text: string }[];
}

export type Outcome = Timings | FirstSteps | LongRun | CompileTimes | BundleSizes | Texts;

/** When something was measured, in how many rounds, and how busy the machine was before. */
export interface Occasion {
  readonly date: string;
  readonly load: number;
  readonly rounds: number;
}

export interface Results {
  readonly date: string;
  readonly machine: Machine;
  readonly rounds: number;
  readonly quick: boolean;
  readonly relaxedSimd: boolean;
  readonly versions: Readonly<Record<string, { version: string; threads: number }>>;
  readonly absences: readonly Absence[];
  readonly workloads: Readonly<Record<string, Outcome>>;
  /** Workloads that have been measured anew since, by themselves. */
  readonly again?: Readonly<Record<string, Occasion>>;
}

/** Whether results of two runs may stand beside each other. */
function comparable(a: Results, b: Results): boolean {
  const conditions = ({ machine, versions, quick, relaxedSimd }: Results): string => {
    const { load: _, ...rest } = machine;
    // Of bundles nothing runs.
    const version = (versions['gradus'] ?? a.versions['gradus'] ?? b.versions['gradus'])?.version;
    return JSON.stringify([rest, quick, relaxedSimd, version]);
  };
  return conditions(a) === conditions(b);
}

/**
 * The results of a run of some workloads, together with those of the others from before; undefined
 * if those are from another machine or were measured in another way.
 */
export function withEarlier(now: Results, earlier: Results): Results | undefined {
  if (!comparable(now, earlier)) return undefined;
  const occasion = { date: now.date, load: now.machine.load, rounds: now.rounds };
  const again = Object.fromEntries(Object.keys(now.workloads).map((name) => [name, occasion]));
  // What was missing in workloads that have been run anew says nothing any more.
  const stands = ({ workload = '' }: Absence): boolean => !(workload in now.workloads);
  return {
    ...earlier,
    versions: { ...earlier.versions, ...now.versions },
    absences: [...earlier.absences.filter(stands), ...now.absences],
    workloads: { ...earlier.workloads, ...now.workloads },
    again: { ...earlier.again, ...again },
  };
}
