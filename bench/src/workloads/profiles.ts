import type { Check } from '../measure/check.js';
import type { Field } from '../field.js';
import type { ProfileReply, Task } from '../measure/protocol.js';
import { contender } from '../peers/registry.js';
import type { Texts } from '../results.js';
import type { Workload } from './index.js';
import { LENET } from './compile-time.js';
import { makeEpochTask, storeBatches } from './epoch-data.js';
import { withLosses } from './lenet-epoch.js';
import { makeMlpTask, mlpName } from './mlp-step.js';
import { makeNetworkTask } from './networks.js';
import { networksOf } from './network-data.js';

const STEPS = 50;
const QUICK_STEPS = 5;
const NETWORKS = ['cnn', 'lstm'];
/** Kernels that the sentence is about. */
const LONGEST = 3;

interface Step {
  readonly name: string;
  readonly task: Task;
  readonly check: Check;
}

async function makeSteps(field: Field): Promise<Step[]> {
  const specs = networksOf(undefined).filter((spec) => NETWORKS.includes(spec.network));
  const lenet = makeEpochTask(field, await storeBatches(field));
  return [
    { name: mlpName, ...makeMlpTask(field) },
    ...specs.map((spec) => ({ name: spec.title, ...makeNetworkTask(field, spec) })),
    { name: LENET, ...withLosses(lenet) },
  ];
}

function sentenceOf(name: string, peer: string, { kernels }: ProfileReply): string {
  const sum = (ms: readonly number[]): number => ms.reduce((total, value) => total + value, 0);
  const longest = kernels.toSorted((a, b) => b - a).slice(0, LONGEST);
  const share = Math.round((100 * sum(longest)) / sum(kernels));
  const { label } = contender(peer);
  return `${name}, ${label}: the ${longest.length} longest of ${kernels.length} kernels take ${share}% of the step.`;
}

export const profiles: Workload = {
  name: 'profiles',
  title: 'Where training steps spend their time',
  about:
    'What `profile` of a compiled step prints: each kernel timed by itself, on one thread, with its share ' +
    'of the step, its rates, and their shares of what one core multiplies and copies. `n × m` is the ' +
    'n-th kernel, which runs m times in a step.',
  async run(field) {
    const steps = await makeSteps(field);
    const texts: Texts['texts'][number][] = [];
    for (const id of ['gradus', 'gradus-native']) {
      const started = await field.start(id);
      if (!started) continue;
      const { peer } = started;
      for (const { name, task, check } of steps) {
        const ready = await field.prepare(peer, name, task, check);
        if (!ready) continue;
        const reply = await peer.request<'profile'>({
          command: 'profile',
          handle: ready.cell.handle,
          steps: field.options.quick ? QUICK_STEPS : STEPS,
        });
        texts.push({ about: sentenceOf(name, id, reply), text: reply.text.replace(/ +$/gm, '') });
      }
      await field.stop(peer);
    }
    return { kind: 'texts', texts };
  },
};
