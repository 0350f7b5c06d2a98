import type { FirstSteps } from '../results.js';
import type { Workload } from './index.js';
import { mlpName, makeMlpTask } from './mlp-step.js';

const PROCESSES = 5;
const QUICK_PROCESSES = 2;

export const firstStep: Workload = {
  name: 'first-step',
  title: 'First training step, cold',
  about:
    `The ${mlpName} in a fresh process: loading the library, building the model from given ` +
    'weights and handing over the data, and the first step up to its loss, with tracing and ' +
    `compiling. Medians of ${PROCESSES} processes each, in turns.`,
  async run(field) {
    const { task, check } = makeMlpTask(field, 1);
    const ids = ['gradus', 'tfjs', 'jax-js', 'pytorch'];
    const entries = ids.map((peer) => ({
      peer,
      importMs: [] as number[],
      buildMs: [] as number[],
      firstMs: [] as number[],
    }));
    for (let i = 0; i < (field.options.quick ? QUICK_PROCESSES : PROCESSES); i++) {
      for (const entry of entries) {
        const started = await field.start(entry.peer);
        if (!started) continue;
        const ready = await field.prepare(started.peer, 'first step', task, check);
        if (ready) {
          entry.importMs.push(started.opened.importMs);
          entry.buildMs.push(ready.buildMs);
          entry.firstMs.push(ready.firstMs);
        }
        await field.stop(started.peer);
      }
    }
    const measured: FirstSteps['entries'] = entries.filter((e) => e.firstMs.length > 0);
    return { kind: 'firstSteps', entries: measured };
  },
};
