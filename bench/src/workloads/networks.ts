import { interpreterDevice, setDevice } from 'gradus';
import type { Field, Prepared } from '../field.js';
import type { Check } from '../measure/check.js';
import type { NetworkTask } from '../measure/protocol.js';
import { networkStep } from '../peers/gradus-networks.js';
import type { Workload } from './index.js';
import { networksOf, storeNetworkTask, type NetworkSpec } from './network-data.js';
import { takeTimings } from './timings.js';

/** Steps whose losses are compared: from the second on they tell of gradients and updates. */
const CHECKED_STEPS = 2;
const TOLERANCE = 1e-4;

/** The losses from the interpreter, in f64. */
function referenceOf(task: NetworkTask): Float64Array {
  setDevice(interpreterDevice);
  const step = networkStep(task, 'f64');
  return Float64Array.from({ length: CHECKED_STEPS }, () => step().item());
}

/** The task, with the losses that every peer has to arrive at. */
export function makeNetworkTask(
  field: Field,
  spec: NetworkSpec,
): { task: NetworkTask; check: Check } {
  const task = storeNetworkTask(field, spec);
  const expected = referenceOf(task);
  return { task, check: { runs: CHECKED_STEPS, expected, tolerance: TOLERANCE, relative: true } };
}

export const networkSteps: Workload = {
  name: 'networks',
  title: 'Training steps of larger networks',
  about:
    'Forward, loss, backward, Adam, f32. CNN: 3 × 3 convolutions to 32 and 64 channels on 28 × 28, each ' +
    'with a pooling by 2, then 128 and 10 units. LSTM: 64 inputs, 256 units, 10 classes from the last ' +
    'step. Transformer block: width 192, 6 heads, causal, four times the width inside, exact GELU. ' +
    'GCN: 16 hidden units, 1433 and 128 features, those of musae-facebook being its 4714 taken modulo ' +
    '128; where no folder of data is given, on random graphs with as many nodes and edges. In Gradus ' +
    'all are functions of tensors. PyTorch, eager, has its own LSTM, ' +
    'attention (`scaled_dot_product_attention`) and `Adam(fused=True)`, and for the GCN a sparse ' +
    'product whose gradient is written by hand, as the matrix is symmetric; compiled, the loss and its ' +
    'gradients are by `torch.compile`, which leaves its LSTM and sparse product as they are. In JAX a step is one jitted ' +
    'function with Adam written out in it: the CNN with its channels last and poolings as maxima over ' +
    'axes, the fastest way there, the LSTM as a `lax.scan`, the GCN with `segment_sum` over sorted rows, ' +
    'with the same gradient by hand. TensorFlow.js is given the first two; its LSTM is written out ' +
    `step by step, as its layers do. The losses of the first ` +
    `${CHECKED_STEPS} steps must agree with an interpreter in f64 to ${TOLERANCE}.`,
  async run(field) {
    const peers = await field.startAll([
      'gradus',
      'gradus-native',
      'gradus-all',
      'gradus-native-all',
      'tfjs',
      'pytorch',
      'pytorch-best',
      'pytorch-compiled',
      'jax',
      'jax-best',
    ]);
    const prepared: Prepared[] = [];
    for (const spec of networksOf(field.options.dataDir)) {
      const { task, check } = makeNetworkTask(field, spec);
      for (const peer of peers) {
        const ready = await field.prepare(peer, spec.title, task, check);
        if (ready) prepared.push(ready);
      }
    }
    return await takeTimings(prepared, field.options.pace);
  },
};
