import { FuncBuilder, i32 } from '../ir/builder.js';
import type { Func, Val } from '../ir/ir.js';
import type { Launch, Stage } from './launch.js';
import type { Loop, Run, Step } from './steps.js';
import type { Table } from './table.js';
import { BARRIER_AT, GUARD_AT, MOVER_BYTES } from './table.js';

/**
 * The function (table, thread, threads) that runs a step: every thread calls each kernel on its
 * share, and they meet at a barrier before the next. A run of several launches is one loop over
 * rows of the table; the body of a scan, one over its steps.
 */
export function emitMain(steps: readonly Step[], layout: Table, guarded: boolean): Func {
  const b = new FuncBuilder('main');
  const table = b.param('table');
  const thread = b.param('thread');
  const threads = b.param('threads');
  const emitStage = (stage: Stage, launch: Launch): void => {
    if (stage.extent === 0) return;
    const row = b.add(table, i32(layout.rowOf.get(launch)!.at));
    share(b, stage.entry, row, i32(stage.extent), thread, threads);
    b.barrier(b.add(table, i32(BARRIER_AT)), threads);
  };
  const emitRun = ({ launches }: Run, done: Loop['once'] | undefined): void => {
    const [first] = launches;
    if (launches.length === 1) {
      for (const stage of first!.stages) if (!done?.has(stage)) emitStage(stage, first!);
      return;
    }
    const start = layout.rowOf.get(first!)!.at;
    const rowBytes = 4 * (first!.words.length + 1);
    const base = b.add(table, i32(start));
    b.for(i32(0), i32(rowBytes * launches.length), rowBytes, (offset) => {
      const p = b.add(base, offset);
      const extent = b.load('i32', 1, b.sub(p, i32(4)));
      share(b, first!.stages[0]!.entry, p, extent, thread, threads);
    });
    b.barrier(b.add(table, i32(BARRIER_AT)), threads);
  };
  const emitLoop = (loop: Loop): void => {
    const { length, reverse } = loop.scan.attrs;
    for (const [stage, launch] of loop.once) emitStage(stage, launch);
    b.for(i32(0), i32(length), 1, (step) => {
      const t = reverse ? b.sub(i32(length - 1), step) : step;
      const movers = layout.movers.get(loop);
      if (movers) {
        move(b, table, movers.bySteps, t);
        move(b, table, movers.byTurns, b.bin('and', step, i32(1)));
      }
      for (const inner of loop.steps) emitStep(inner, loop.once);
    });
  };
  const emitStep = (step: Step, done?: Loop['once']): void => {
    if (step.kind === 'run') emitRun(step, done);
    else emitLoop(step);
  };
  const isUpdate = (step: Step): boolean => step.kind === 'run' && step.update;
  const after = steps.filter(isUpdate);
  for (const step of steps) if (!isUpdate(step)) emitStep(step);
  if (guarded) {
    const value = b.load('f32', 1, b.load('i32', 1, table, GUARD_AT));
    const zero = b.sub(value, value); // NaN unless finite
    b.if(b.cmp('eq', zero, zero), () => after.forEach((step) => emitStep(step)));
  } else for (const step of after) emitStep(step);
  return b.finish(true);
}

/**
 * Sets the words of the table that change from step to step to base + stride · `by`. Every thread
 * does so, with the same result: none may go on before the words are set, all have read the old ones
 * before the barrier that ended the last step, and a barrier of its own would cost more.
 */
function move(b: FuncBuilder, table: Val, [from, to]: readonly [number, number], by: Val): void {
  if (from === to) return;
  const start = b.add(table, i32(from));
  b.for(i32(0), i32(to - from), MOVER_BYTES, (offset) => {
    const p = b.add(start, offset);
    const moved = b.mul(b.load('i32', 1, p, 8), by);
    const word = b.add(table, b.load('i32', 1, p));
    b.store('i32', word, b.add(b.load('i32', 1, p, 4), moved));
  });
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
