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
  const e = new StepEmitter('main', layout);
  const { b } = e;
  const isUpdate = (step: Step): boolean => step.kind === 'run' && step.update;
  const after = steps.filter(isUpdate);
  for (const step of steps) if (!isUpdate(step)) e.step(step);
  if (guarded) {
    const value = b.load('f32', 1, b.load('i32', 1, e.table, GUARD_AT));
    const zero = b.sub(value, value); // NaN unless finite
    b.if(b.cmp('eq', zero, zero), () => after.forEach((step) => e.step(step)));
  } else for (const step of after) e.step(step);
  return b.finish(true);
}

/** A program in parts that are called one by one, so that each can be timed. */
export type Part =
  /** The kernel of this number, in the order of the summary. */
  | { readonly kind: 'kernel'; readonly entry: string; readonly kernel: number }
  /** What a loop does once; the words of the table that it sets at the beginning of each step. */
  | {
      readonly kind: 'loop';
      readonly length: number;
      readonly once: string;
      readonly move: string;
      readonly parts: readonly Part[];
    };

/** As `emitMain`, in functions (table, thread, threads), and (table, step) for what moves in a loop. */
export function emitParts(
  steps: readonly Step[],
  layout: Table,
): { functions: Func[]; parts: Part[] } {
  const functions: Func[] = [];
  let kernels = 0;
  const keep = (func: Func): string => {
    functions.push(func);
    return func.name;
  };
  const partsOf = (list: readonly Step[], done?: Loop['once']): Part[] =>
    list.map((step): Part => {
      if (step.kind === 'run') {
        const kernel = kernels++;
        const e = new StepEmitter(`kernel${kernel}`, layout);
        e.run(step, done);
        return { kind: 'kernel', entry: keep(e.b.finish(true)), kernel };
      }
      const number = functions.length;
      const once = new StepEmitter(`once${number}`, layout);
      once.once(step);
      const b = new FuncBuilder(`move${number}`);
      moveWords(b, b.param('table'), step, layout, b.param('step'));
      const names = { once: keep(once.b.finish(true)), move: keep(b.finish(true)) };
      const { length } = step.scan.attrs;
      return { kind: 'loop', length, ...names, parts: partsOf(step.steps, step.once) };
    });
  return { parts: partsOf(steps), functions };
}

/** Writes the code of steps into a function (table, thread, threads). */
class StepEmitter {
  readonly b: FuncBuilder;
  readonly table: Val;
  private readonly thread: Val;
  private readonly threads: Val;

  constructor(
    name: string,
    private readonly layout: Table,
  ) {
    this.b = new FuncBuilder(name);
    this.table = this.b.param('table');
    this.thread = this.b.param('thread');
    this.threads = this.b.param('threads');
  }

  step(step: Step, done?: Loop['once']): void {
    if (step.kind === 'run') this.run(step, done);
    else this.loop(step);
  }

  run({ launches }: Run, done: Loop['once'] | undefined): void {
    const { b, layout } = this;
    const [first] = launches;
    if (launches.length === 1) {
      for (const stage of first!.stages) if (!done?.has(stage)) this.stage(stage, first!);
      return;
    }
    const start = layout.rowOf.get(first!)!.at;
    const rowBytes = 4 * (first!.words.length + 1);
    const base = b.add(this.table, i32(start));
    b.for(i32(0), i32(rowBytes * launches.length), rowBytes, (offset) => {
      const p = b.add(base, offset);
      const extent = b.load('i32', 1, b.sub(p, i32(4)));
      this.share(first!.stages[0]!.entry, p, extent);
    });
    this.meet();
  }

  /** The stages that a loop runs once, before its steps. */
  once(loop: Loop): void {
    for (const [stage, launch] of loop.once) this.stage(stage, launch);
  }

  private loop(loop: Loop): void {
    const { b } = this;
    this.once(loop);
    b.for(i32(0), i32(loop.scan.attrs.length), 1, (step) => {
      moveWords(b, this.table, loop, this.layout, step);
      for (const inner of loop.steps) this.step(inner, loop.once);
    });
  }

  private stage(stage: Stage, launch: Launch): void {
    if (stage.extent === 0) return;
    const { b, layout } = this;
    const row = b.add(this.table, i32(layout.rowOf.get(launch)!.at));
    this.share(stage.entry, row, i32(stage.extent));
    this.meet();
  }

  /** Calls a kernel on this thread's part of its units. */
  private share(entry: string, p: Val, extent: Val): void {
    const { b, thread, threads } = this;
    const chunk = b.div(b.sub(b.add(extent, threads), i32(1)), threads);
    const lo = b.bin('min', extent, b.mul(thread, chunk));
    const hi = b.bin('min', extent, b.add(lo, chunk));
    b.call(entry, [p, lo, hi]);
  }

  private meet(): void {
    this.b.barrier(this.b.add(this.table, i32(BARRIER_AT)), this.threads);
  }
}

/** Sets the words of the table that change from step to step of a loop. */
function moveWords(b: FuncBuilder, table: Val, loop: Loop, layout: Table, step: Val): void {
  const movers = layout.movers.get(loop);
  if (!movers) return;
  const { length, reverse } = loop.scan.attrs;
  const t = reverse ? b.sub(i32(length - 1), step) : step;
  move(b, table, movers.bySteps, t);
  move(b, table, movers.byTurns, b.bin('and', step, i32(1)));
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
