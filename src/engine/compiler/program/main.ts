import { FuncBuilder, i32 } from '../ir/builder.js';
import type { Func, Val } from '../ir/ir.js';
import type { Launch } from './launch.js';
import { align } from './memory.js';

/** The table begins with what threads meet on: arrivals, generation, abort, and the guard's word. */
const BARRIER_AT = 0;
const GUARD_AT = 12;
const HEAD_BYTES = 64;

export interface Row {
  readonly launch: Launch;
  /** Byte offset of its words in the table; the word before them holds the extent. */
  readonly at: number;
  readonly extent: number | undefined;
}

export interface Main {
  readonly func: Func;
  readonly rows: readonly Row[];
  readonly tableBytes: number;
  readonly guardAt: number;
}

/** Launches that run as one kernel, with no barrier between them. */
export interface Run {
  readonly launches: readonly Launch[];
  /** They overwrite variables: a step whose guard fails leaves them out. */
  readonly update: boolean;
}

/**
 * The function (table, thread, threads) that runs a step: every thread calls each kernel on its
 * share, and they meet at a barrier before the next. A run of several launches is one loop over
 * rows of the table.
 */
export function emitMain(runs: readonly Run[], guarded: boolean): Main {
  const b = new FuncBuilder('main');
  const table = b.param('table');
  const thread = b.param('thread');
  const threads = b.param('threads');
  const rows: Row[] = [];
  let at = HEAD_BYTES;
  const emitRun = ({ launches }: Run): void => {
    const first = launches[0]!;
    const rowBytes = 4 * (first.words.length + 1);
    const start = at + 4;
    for (const launch of launches) {
      const extent = launches.length > 1 ? launch.stages[0]!.extent : undefined;
      rows.push({ launch, at: at + 4, extent });
      at += rowBytes;
    }
    if (launches.length === 1) {
      for (const stage of first.stages) {
        if (stage.extent === 0) continue;
        share(b, stage.entry, b.add(table, i32(start)), i32(stage.extent), thread, threads);
        b.barrier(b.add(table, i32(BARRIER_AT)), threads);
      }
      return;
    }
    const base = b.add(table, i32(start));
    b.for(i32(0), i32(rowBytes * launches.length), rowBytes, (offset) => {
      const p = b.add(base, offset);
      const extent = b.load('i32', 1, b.sub(p, i32(4)));
      share(b, first.stages[0]!.entry, p, extent, thread, threads);
    });
    b.barrier(b.add(table, i32(BARRIER_AT)), threads);
  };
  const after = runs.filter((run) => run.update);
  for (const run of runs) if (!run.update) emitRun(run);
  if (guarded) {
    const value = b.load('f32', 1, b.load('i32', 1, table, GUARD_AT));
    const zero = b.sub(value, value); // NaN unless finite
    b.if(b.cmp('eq', zero, zero), () => after.forEach(emitRun));
  } else after.forEach(emitRun);
  return { func: b.finish(true), rows, tableBytes: align(at), guardAt: GUARD_AT };
}

/** Calls a kernel on this thread's part of its units. */
function share(
  b: FuncBuilder,
  entry: string,
  p: Val,
  extent: Val,
  thread: Val,
  threads: Val,
): void {
  const chunk = b.div(b.sub(b.add(extent, threads), i32(1)), threads);
  const lo = b.bin('min', extent, b.mul(thread, chunk));
  const hi = b.bin('min', extent, b.add(lo, chunk));
  b.call(entry, [p, lo, hi]);
}

/** Joins neighbouring launches of equal code that do not depend on each other. */
export function joinRuns(launches: readonly Launch[], firstUpdate: number): Run[] {
  const runs: { launches: Launch[]; update: boolean }[] = [];
  launches.forEach((launch, i) => {
    const run = runs[runs.length - 1];
    const first = run?.launches[0];
    const joins =
      run !== undefined &&
      i !== firstUpdate &&
      launch.stages.length === 1 &&
      first!.stages.length === 1 &&
      first!.stages[0]!.entry === launch.stages[0]!.entry &&
      run.launches.every((other) => !launch.group.before.has(other.group));
    if (joins) run.launches.push(launch);
    else runs.push({ launches: [launch], update: i >= firstUpdate });
  });
  return runs;
}
