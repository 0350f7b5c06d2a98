import type { FirstSteps } from '../results.js';
import type { Workload } from './index.js';
import { mlpName, makeMlpTask } from './mlp-step.js';

import { COLD, FROM_CACHE, cacheOf } from './native-cache.js';

const PROCESSES = 5;
const QUICK_PROCESSES = 2;

type Entry = FirstSteps['entries'][number];

const starts: readonly Pick<Entry, 'peer' | 'variant'>[] = [
  { peer: 'gradus' },
  { peer: 'gradus-native', variant: COLD },
  { peer: 'gradus-native', variant: FROM_CACHE },
  { peer: 'tfjs' },
  { peer: 'jax-js' },
  { peer: 'pytorch' },
];

export const firstStep: Workload = {
  name: 'first-step',
  title: 'First training step, cold',
  about:
    `The ${mlpName} in a fresh process: loading the library, building the model from given ` +
    'weights and handing over the data, and the first step up to its loss, with tracing and ' +
    `compiling. Medians of ${PROCESSES} processes each, in turns. Native code is compiled anew where ` +
    'that says so, and else found in the cache.',
  async run(field) {
    const { task, check } = makeMlpTask(field, 1);
    const entries = starts.map((start) => ({
      ...start,
      importMs: [] as number[],
      buildMs: [] as number[],
      firstMs: [] as number[],
    }));
    for (let i = 0; i < (field.options.quick ? QUICK_PROCESSES : PROCESSES); i++) {
      const cache = cacheOf(field);
      for (const entry of entries) {
        const started = await field.start(entry.peer, cache);
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
    return { kind: 'firstSteps', entries: entries.filter((e) => e.firstMs.length > 0) };
  },
};
