import type { Field, Prepared } from '../field.js';
import type { Timings } from '../results.js';
import type { Workload } from './index.js';
import { makeMemoryCases, type MemoryCase } from './memory-data.js';
import { takeTimings } from './timings.js';

const PEERS = ['copy', 'gradus', 'gradus-native', 'gradus-native-all', 'pytorch', 'pytorch-best'];

/** One operation in processes of its own, so that none holds the arrays of another. */
async function take(field: Field, operation: MemoryCase, copy: MemoryCase): Promise<Timings> {
  const prepared: Prepared[] = [];
  for (const peer of await field.startAll(PEERS)) {
    const { task, check } = peer.id === 'copy' ? copy : operation;
    const ready = await field.prepare(peer, operation.name, task, check);
    if (ready) prepared.push(ready);
  }
  const { pace } = field.options;
  const timings = await takeTimings(prepared, pace, { bytes: () => operation.bytes });
  await field.stopAll();
  return timings;
}

export const memory: Workload = {
  name: 'memory',
  title: 'Memory-bound operations, f32',
  about:
    'On 10^7 elements, 40 MB, with operands and results that stay in place: a chain of five elementwise ' +
    'operations, (|x| · 0.5 + 1) · x − 0.25, exp, softmax over rows of 1000, the sum, and a step of Adam ' +
    'with given gradients; and 10^5 rows out of a table [50000, 64], with the gradient of the table. Bytes ' +
    'count each array that goes in or comes out once: one read and one written, of the sum one, of Adam ' +
    'four and three, of the rows the table, the indices, the rows, their gradient and the table’s. The copy ' +
    'is `TypedArray.set` of 40 MB, read and written, on one core in the same rounds. PyTorch writes into ' +
    'given tensors and has `Adam(fused=True)`. Every element is checked against f64.',
  async run(field) {
    const { copy, cases } = makeMemoryCases(field);
    const all: Timings['cases'][number][] = [];
    for (const operation of cases) all.push(...(await take(field, operation, copy)).cases);
    return { kind: 'timings', cases: all };
  },
};
