import type { Part } from '../compiler/program/main.js';
import type { LoadedPlan } from './threads.js';

/** A step in parts that are timed. */
export interface TimedStep {
  /** Runs one step with the table at this address, and adds to the milliseconds of each kernel. */
  run(table: number, ms: Float64Array): void;
}

/** Runs the parts of a plan's step one by one, on one thread. */
export function timedParts(parts: readonly Part[], { entries }: LoadedPlan): TimedStep {
  const runAll = (list: readonly Part[], table: number, ms: Float64Array): void => {
    for (const part of list) {
      if (part.kind === 'kernel') {
        const start = performance.now();
        entries[part.entry]!(table, 0, 1);
        ms[part.kernel]! += performance.now() - start;
        continue;
      }
      entries[part.once]!(table, 0, 1);
      for (let step = 0; step < part.length; step++) {
        entries[part.move]!(table, step);
        runAll(part.parts, table, ms);
      }
    }
  };
  return { run: (table, ms) => runAll(parts, table, ms) };
}
