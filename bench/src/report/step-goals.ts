import { geometricMean, medianRatio } from '../measure/statistics.js';
import type { Entry, Timings } from '../results.js';
import { ADAM, CHAIN } from '../workloads/memory-data.js';
import { mlpName } from '../workloads/mlp-step.js';
import { titleOf } from '../workloads/network-data.js';
import type { NetworkName } from '../measure/protocol.js';
import { percent, times } from './format.js';
import type { Goal } from './goals.js';
import { entryOf, shareOfCopy } from './tables.js';

const NATIVE = 'gradus-native';

/** Who is compared with whom. */
interface Setting {
  readonly own: string;
  /** PyTorch comes first. */
  readonly peers: readonly { readonly id: string; readonly name: string }[];
  readonly where: string;
}

const SETTINGS: readonly Setting[] = [
  {
    own: NATIVE,
    peers: [
      { id: 'pytorch', name: 'PyTorch' },
      { id: 'jax', name: 'JAX' },
    ],
    where: 'on one thread',
  },
  {
    own: 'gradus-native-all',
    peers: [
      { id: 'pytorch-best', name: 'PyTorch' },
      { id: 'jax-best', name: 'JAX' },
    ],
    where: 'on all cores',
  },
];

/** PyTorch's time in ours: at least. Of others, and of JAX, no step may be slower. */
const OVER_PYTORCH: Readonly<Record<string, number>> = {
  [mlpName]: 1.5,
  [titleOf('cnn')]: 2,
  [titleOf('attention')]: 1.5,
  [titleOf('lstm')]: 1.15,
};
const NOT_SLOWER = 1;
const ON_AVERAGE = 1.5;
const LSTM_OVER_TFJS = 30;
/** Our time on WebAssembly in that of PyTorch. */
const CNN_OF_PYTORCH = 2;

/** How many times ours each peer takes for a step, by name, of those that took part. */
function ratiosOf(
  steps: readonly Timings[],
  name: string,
  { own, peers }: Setting,
): Map<string, number> {
  const ratios = new Map<string, number>();
  for (const timings of steps) {
    const ours = entryOf(timings, name, own);
    for (const peer of peers) {
      const other = entryOf(timings, name, peer.id);
      if (ours && other) ratios.set(peer.name, medianRatio(other.ms, ours.ms));
    }
  }
  return ratios;
}

/** What is asked of training steps; the MLP's and the networks' may both be given. */
export function trainingGoals(steps: readonly Timings[]): Goal[] {
  const native = SETTINGS.flatMap((setting) => goalsIn(setting, steps));
  return [...native, ...steps.flatMap(wasmGoals)];
}

function goalsIn(setting: Setting, steps: readonly Timings[]): Goal[] {
  const { where, peers } = setting;
  const first = peers[0]!.name;
  const names = steps.flatMap(({ cases }) => cases.map(({ name }) => name));
  const measured = names.flatMap((name) => {
    const ratios = ratiosOf(steps, name, setting);
    return ratios.size > 0 ? [{ name, ratios }] : [];
  });
  const goals = measured.flatMap(({ name, ratios }) =>
    [...ratios].map(([peer, ratio]): Goal => {
      const bar = peer === first ? (OVER_PYTORCH[name] ?? NOT_SLOWER) : NOT_SLOWER;
      const text = `native step, ${name}: ${bar}× ${peer} ${where} or more`;
      return { text, measured: times(ratio), met: ratio >= bar };
    }),
  );
  const over = measured.flatMap(({ ratios }) => ratios.get(first) ?? []);
  // The mean is that of all: the MLP and the networks.
  if (steps.length < 2 || over.length < names.length) return goals;
  const mean = geometricMean(over);
  const text = `native steps, geometric mean: ${ON_AVERAGE}× ${first} ${where} or more`;
  return [...goals, { text, measured: times(mean), met: mean >= ON_AVERAGE }];
}

function wasmGoals(steps: Timings): Goal[] {
  const entry = (network: NetworkName, peer: string): Entry | undefined =>
    entryOf(steps, titleOf(network), peer);
  const goals: Goal[] = [];
  const [lstm, tfjs] = [entry('lstm', 'gradus'), entry('lstm', 'tfjs')];
  if (lstm && tfjs) {
    const ratio = medianRatio(tfjs.ms, lstm.ms);
    const text = `WebAssembly, LSTM: ${LSTM_OVER_TFJS}× TensorFlow.js or more`;
    goals.push({ text, measured: times(ratio), met: ratio >= LSTM_OVER_TFJS });
  }
  const [cnn, pytorch] = [entry('cnn', 'gradus'), entry('cnn', 'pytorch')];
  if (cnn && pytorch) {
    const ratio = medianRatio(cnn.ms, pytorch.ms);
    const text = `WebAssembly, CNN: within ${CNN_OF_PYTORCH}× of PyTorch on one thread`;
    goals.push({ text, measured: times(ratio), met: ratio <= CNN_OF_PYTORCH });
  }
  return goals;
}

const COPY_SHARE = 0.85;
const ADAM_OVER_PYTORCH = 0.95;

/** What is asked of the native tier where memory is the limit, on one thread. */
export function memoryBoundGoals(timings: Timings): Goal[] {
  const shares = [CHAIN, ADAM].flatMap((name): Goal[] => {
    const own = entryOf(timings, name, NATIVE);
    const share = own && shareOfCopy(own, timings.cases.find((c) => c.name === name)!.entries);
    if (share === undefined) return [];
    const text = `native, ${name}: at least ${percent(COPY_SHARE)} of the bandwidth of a copy`;
    return [{ text, measured: percent(share), met: share >= COPY_SHARE }];
  });
  const [own, other] = [NATIVE, 'pytorch'].map((peer) => entryOf(timings, ADAM, peer));
  if (!own || !other) return shares;
  const ratio = medianRatio(other.ms, own.ms);
  const text = `native, ${ADAM}: ${ADAM_OVER_PYTORCH}× PyTorch’s fused one or more`;
  return [...shares, { text, measured: times(ratio), met: ratio >= ADAM_OVER_PYTORCH }];
}
