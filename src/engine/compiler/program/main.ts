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
  /** Launches that run as one kernel: equal code, independent of each other. */
  readonly fused: readonly (readonly Launch[])[];
}

/**
 * The function (table, thread, threads) that runs a step: every thread calls each kernel on its
 * share, and they meet at a barrier before the next. Neighbouring launches of equal code that do
 * not depend on each other become one loop over rows of the table.
 */
export function emitMain(
  launches: readonly Launch[],
  options: { readonly firstUpdate: number; readonly guarded: boolean },
): Main {
  const b = new FuncBuilder('main');
  const table = b.param('table');
  const thread = b.param('thread');
  const threads = b.param('threads');
  const fused = horizontal(launches, options.firstUpdate);
  const rows: Row[] = [];
  let at = HEAD_BYTES;
  const emitRun = (run: readonly Launch[]): void => {
    const first = run[0]!;
    const rowBytes = 4 * (first.words.length + 1);
    const start = at + 4;
    for (const launch of run) {
      const extent = run.length > 1 ? launch.stages[0]!.extent : undefined;
      rows.push({ launch, at: at + 4, extent });
      at += rowBytes;
    }
    if (run.length === 1) {
      for (const stage of first.stages) {
        if (stage.extent === 0) continue;
        share(b, stage.entry, b.add(table, i32(start)), i32(stage.extent), thread, threads);
        b.barrier(b.add(table, i32(BARRIER_AT)), threads);
      }
      return;
    }
    const base = b.add(table, i32(start));
    b.for(i32(0), i32(rowBytes * run.length), rowBytes, (offset) => {
      const p = b.add(base, offset);
      const extent = b.load('i32', 1, b.sub(p, i32(4)));
      share(b, first.stages[0]!.entry, p, extent, thread, threads);
    });
    b.barrier(b.add(table, i32(BARRIER_AT)), threads);
  };
  const before = fused.filter((run) => launches.indexOf(run[0]!) < options.firstUpdate);
  const after = fused.filter((run) => launches.indexOf(run[0]!) >= options.firstUpdate);
  before.forEach(emitRun);
  if (options.guarded) {
    const value = b.load('f32', 1, b.load('i32', 1, table, GUARD_AT));
    const zero = b.sub(value, value); // NaN unless finite
    b.if(b.cmp('eq', zero, zero), () => after.forEach(emitRun));
  } else after.forEach(emitRun);
  return { func: b.finish(true), rows, tableBytes: align(at), guardAt: GUARD_AT, fused };
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

function horizontal(launches: readonly Launch[], firstUpdate: number): Launch[][] {
  const runs: Launch[][] = [];
  launches.forEach((launch, i) => {
    const run = runs[runs.length - 1];
    const joins =
      run !== undefined &&
      i !== firstUpdate &&
      launch.stages.length === 1 &&
      run[0]!.stages.length === 1 &&
      run[0]!.stages[0]!.entry === launch.stages[0]!.entry &&
      run.every((other) => !launch.group.before.has(other.group));
    if (joins) run.push(launch);
    else runs.push([launch]);
  });
  return runs;
}
