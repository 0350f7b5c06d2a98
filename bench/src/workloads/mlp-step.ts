import type { Field, Prepared } from '../field.js';
import type { Check } from '../measure/check.js';
import type { MlpStepTask } from '../measure/protocol.js';
import type { Workload } from './index.js';
import { LAYERS, makeMlpData, storeMlpTask } from './mlp-data.js';
import { referenceLosses } from './mlp-reference.js';
import { takeTimings } from './timings.js';

/** Steps whose losses are compared; by then every moment and its correction has had its part. */
const CHECKED_STEPS = 5;
/** Relative; the peers reach 3e-6, and 2% more learning rate is off by 2e-3. */
const TOLERANCE = 2e-5;

export const mlpName = `MLP ${LAYERS.join('-')}`;

/** The task, with the losses that every peer has to arrive at. */
export function makeMlpTask(
  field: Field,
  steps = CHECKED_STEPS,
): {
  task: MlpStepTask;
  check: Check;
} {
  const data = makeMlpData();
  const task = storeMlpTask(field, data);
  const expected = referenceLosses(data, task, steps);
  return { task, check: { runs: steps, expected, tolerance: TOLERANCE, relative: true } };
}

export const mlpStep: Workload = {
  name: 'mlp-step',
  title: `Training step of an ${mlpName}, batch 64`,
  about:
    'Forward, cross-entropy, backward, Adam. All start from the same weights and see the ' +
    `same batches; the losses of the first ${CHECKED_STEPS} steps must agree with a ` +
    `reference in f64 to ${TOLERANCE}. Batches are made before the clock runs; the loss is read ` +
    "once per timed slice. Adam is TensorFlow.js's own, written out inside one jitted function " +
    'for jax-js, whose optimizers are not on npm, and for JAX, which has none, and ' +
    '`torch.optim.Adam(fused=True)` for PyTorch, eager, or with the loss by `torch.compile`.',
  async run(field) {
    const { task, check } = makeMlpTask(field);
    const ids = [
      'gradus',
      'gradus-native',
      'gradus-all',
      'gradus-native-all',
      'tfjs',
      'jax-js',
      'deepbox',
      'pytorch',
      'pytorch-best',
      'pytorch-compiled',
      'jax',
      'jax-best',
    ];
    const prepared: Prepared[] = [];
    for (const peer of await field.startAll(ids)) {
      const ready = await field.prepare(peer, mlpName, task, check);
      if (ready) prepared.push(ready);
    }
    return await takeTimings(prepared, field.options.pace);
  },
};
