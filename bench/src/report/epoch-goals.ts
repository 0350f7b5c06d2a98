import { median, medianRatio } from '../measure/statistics.js';
import type { Timings } from '../results.js';
import { ALONE, AUGMENTED, EPOCH } from '../workloads/lenet-epoch.js';
import { percent, times } from './format.js';
import type { Goal } from './goals.js';
import { entryOf, imageRates } from './tables.js';

const OVER_PYTORCH = 1;
/** Of its time by how much an epoch may grow. */
const AUGMENTATION_COST = 0.1;

const SETTINGS = [
  { own: 'gradus-native', peer: 'pytorch', where: 'on one thread' },
  { own: 'gradus-native-all', peer: 'pytorch-best', where: 'on all cores' },
] as const;

/** What is asked of an epoch of LeNet-5, and of what comes before its steps. */
export function epochGoals(timings: Timings): Goal[] {
  const over = SETTINGS.flatMap(({ own, peer, where }): Goal[] => {
    const [ours, theirs] = [own, peer].map((id) => entryOf(timings, EPOCH, id));
    if (!ours || !theirs) return [];
    const ratio = medianRatio(theirs.ms, ours.ms);
    const text = `native epoch of LeNet-5: ${OVER_PYTORCH}× PyTorch ${where} or more`;
    return [{ text, measured: times(ratio), met: ratio >= OVER_PYTORCH }];
  });
  return [...over, ...aheadGoals(timings)];
}

/** That augmentation is not what a step waits for. */
function aheadGoals(timings: Timings): Goal[] {
  const costs = SETTINGS.flatMap(({ own, where }): Goal[] => {
    const [plain, augmented] = [EPOCH, AUGMENTED].map((name) => entryOf(timings, name, own));
    if (!plain || !augmented) return [];
    const cost = medianRatio(augmented.ms, plain.ms) - 1;
    const text = `flip and crop in a worker: an epoch ${where} at most ${percent(AUGMENTATION_COST)} longer`;
    const measured = `${cost >= 0 ? '+' : ''}${percent(cost, 1)}`;
    return [{ text, measured, met: cost <= AUGMENTATION_COST }];
  });
  const [alone, plain] = [
    entryOf(timings, ALONE, 'gradus'),
    entryOf(timings, EPOCH, 'gradus-native-all'),
  ];
  if (!alone || !plain) return costs;
  const [source, taken] = [median(imageRates(alone)), median(imageRates(plain))];
  const text =
    'a worker flips and crops as many images a second as native steps on all cores take, or more';
  return [...costs, { text, measured: times(source / taken), met: source >= taken }];
}
