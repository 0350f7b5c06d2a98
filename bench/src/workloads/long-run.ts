import type { LongRun } from '../results.js';
import { mlpName, makeMlpTask } from './mlp-step.js';
import type { Workload } from './index.js';

const MARKS = [1000, 10_000, 50_000, 100_000];

/** Steps over which the garbage of a step is averaged; too few for the collector to run. */
const GARBAGE_STEPS = 50;

export const longRun: Workload = {
  name: 'long-run',
  title: 'Memory over 100,000 training steps',
  about:
    `The step of the ${mlpName}, in Gradus. The heap is what is left after a full ` +
    'collection; garbage is what a step leaves for the collector; the arena is the ' +
    'WebAssembly memory. In the first thousands of steps V8 still compiles and keeps what it ' +
    'compiles, so the second half shows whether steps leave anything behind.',
  async run(field) {
    const started = await field.start('gradus');
    if (!started) return undefined;
    const { peer } = started;
    const { task, check } = makeMlpTask(field);
    const prepared = await field.prepare(peer, 'long run', task, check);
    if (!prepared) return undefined;
    const { handle } = prepared.cell;
    const memory = (collect: boolean) =>
      peer.request<'memory'>({ command: 'memory', handle, collect });
    const run = (iterations: number) => peer.request<'run'>({ command: 'run', handle, iterations });
    const scale = field.options.quick ? 0.1 : 1;
    const marks = MARKS.map((steps) => steps * scale);
    const samples: LongRun['samples'][number][] = [];
    let steps = check.runs;
    let collections = 0;
    for (const mark of marks) {
      const before = (await memory(false)).collections;
      await run(mark - steps);
      steps = mark;
      collections = (await memory(false)).collections - before;
      const { heapUsed, arrayBuffers, arena, rss } = await memory(true);
      samples.push({ steps, heapUsed, arrayBuffers, arena, rss });
    }
    const start = (await memory(true)).heapUsed;
    await run(GARBAGE_STEPS);
    const garbage = (await memory(false)).heapUsed - start;
    await field.stop(peer);
    return { kind: 'longRun', samples, collections, garbagePerStep: garbage / GARBAGE_STEPS };
  },
};
