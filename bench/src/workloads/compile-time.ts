import type { Field } from '../field.js';
import type { Check } from '../measure/check.js';
import type { CompileTask } from '../measure/protocol.js';
import type { CompileTimes } from '../results.js';
import type { Workload } from './index.js';
import { lstmReference, type LstmShape } from './lstm-reference.js';
import { COLD, FROM_CACHE, cacheOf } from './native-cache.js';
import { randomNumbers, uniform } from './random.js';

const PROCESSES = 7;
const QUICK_PROCESSES = 2;
const LSTM = { batch: 4, inputs: 8, hidden: 16 };

export const LENET = 'LeNet-5, batch 64';
export const NATIVE_LENET = `${LENET}, native, ${COLD}`;
export const CACHED_LENET = `${LENET}, native, ${FROM_CACHE}`;
export const SHORT_SCAN = 'LSTM, 16 steps';
export const LONG_SCAN = 'LSTM, 1024 steps';

function makeLeNet(field: Field): { task: CompileTask; check: Check } {
  const shape = [64, 1, 28, 28];
  const images = uniform(randomNumbers(5), 64 * 784, 0, 1);
  const task = { kind: 'compile', model: 'lenet', x: field.store(images, shape) } as const;
  // Its last layer starts from zeros: every class is as likely.
  const expected = Float64Array.of(Math.log(10));
  return { task, check: { runs: 1, expected, tolerance: 1e-6 } };
}

function makeLstm(field: Field, steps: number): { task: CompileTask; check: Check } {
  const { batch, inputs, hidden } = LSTM;
  const random = randomNumbers(steps);
  const shape: LstmShape = { steps, ...LSTM };
  const x = uniform(random, steps * batch * inputs, -1, 1);
  const wx = uniform(random, inputs * 4 * hidden, -0.25, 0.25);
  const wh = uniform(random, hidden * 4 * hidden, -0.25, 0.25);
  const task = {
    kind: 'compile',
    model: 'lstm',
    x: field.store(x, [steps, batch, inputs]),
    wx: field.store(wx, [inputs, 4 * hidden]),
    wh: field.store(wh, [hidden, 4 * hidden]),
  } as const;
  const expected = Float64Array.of(lstmReference(shape, { x, wx, wh }));
  return { task, check: { runs: 1, expected, tolerance: 1e-5 } };
}

export const compileTime: Workload = {
  name: 'compile',
  title: 'Tracing and compiling a training step',
  about:
    'What passes between the first call of a compiled training step (forward, backward, update) and its ' +
    `first kernel, in ${PROCESSES} fresh processes for each: LeNet-5 with Adam, and an LSTM over a scan, ` +
    'whose program must not grow with the number of steps. Native code is compiled by all cores, or found ' +
    'in the cache. The loss of the first step is checked.',
  async run(field) {
    const lenet = makeLeNet(field);
    const tasks = [
      { name: LENET, peer: 'gradus', ...lenet },
      { name: NATIVE_LENET, peer: 'gradus-native', ...lenet },
      { name: CACHED_LENET, peer: 'gradus-native', ...lenet },
      { name: SHORT_SCAN, peer: 'gradus', ...makeLstm(field, 16) },
      { name: LONG_SCAN, peer: 'gradus', ...makeLstm(field, 1024) },
    ];
    const entries = tasks.map(({ name }) => ({ name, ms: [] as number[] }));
    for (let i = 0; i < (field.options.quick ? QUICK_PROCESSES : PROCESSES); i++) {
      const cache = cacheOf(field);
      for (const [n, { name, peer, task, check }] of tasks.entries()) {
        const started = await field.start(peer, cache);
        if (!started) continue;
        const ready = await field.prepare(started.peer, name, task, check);
        if (ready?.compileMs !== undefined) entries[n]!.ms.push(ready.compileMs);
        await field.stop(started.peer);
      }
    }
    const measured: CompileTimes['entries'] = entries.filter((e) => e.ms.length > 0);
    return { kind: 'compileTimes', entries: measured };
  },
};
