import { medianRatio } from '../measure/statistics.js';
import type { Entry, Timings } from '../results.js';
import { CONVS, PASSES, convName } from '../workloads/conv.js';
import { percent, times } from './format.js';
import type { Goal } from './goals.js';
import { entryOf, shareOfPeak } from './tables.js';

const NATIVE = 'gradus-native';
const PEAK_SHARE = 0.88;
const ODD_SIZE_LOSS = 0.2;
/** PyTorch's time in ours: at least; the plain layers have highly tuned code there. */
const OVER_PYTORCH = 1;
const PLAIN_OVER_PYTORCH = 0.9;
const PLAIN = ['same', 'valid'];

/** What is asked of the native tier on one thread. */
export function nativeGoals(products: Timings | undefined, convs: Timings | undefined): Goal[] {
  return [...(products ? productGoals(products) : []), ...(convs ? convGoals(convs) : [])];
}

/** Of so many times the peak of one thread, on as many cores. */
const ALL_CORES = [
  { own: 'gradus-native-all', peak: 'peak-native', tier: 'native', size: '256', bar: 0.75 },
  { own: 'gradus-native-all', peak: 'peak-native', tier: 'native', size: '512', bar: PEAK_SHARE },
  { own: 'gradus-native-all', peak: 'peak-native', tier: 'native', size: '1024', bar: PEAK_SHARE },
  { own: 'gradus-all', peak: 'peak', tier: 'WebAssembly', size: '512', bar: 0.7 },
  { own: 'gradus-all', peak: 'peak', tier: 'WebAssembly', size: '1024', bar: 0.7 },
] as const;

/** Products on all cores. */
export function sharedProductGoals(timings: Timings, cores: number): Goal[] {
  return ALL_CORES.flatMap(({ own, peak, tier, size, bar }): Goal[] => {
    const entry = entryOf(timings, size, own);
    const ofOne = entry && shareOfPeak(timings, entry, peak);
    if (ofOne === undefined) return [];
    const share = ofOne / cores;
    const text = `${tier} product, n = ${size}, all cores: at least ${percent(bar)} of their peak`;
    return [{ text, measured: percent(share, 1), met: share >= bar }];
  });
}

function productGoals(timings: Timings): Goal[] {
  const entry = (name: string): Entry | undefined => entryOf(timings, name, NATIVE);
  const shares = ['256', '512', '1024'].flatMap((name): Goal[] => {
    const measured = entry(name);
    const share = measured && shareOfPeak(timings, measured, 'peak-native');
    if (share === undefined) return [];
    const text = `native product, n = ${name}: at least ${percent(PEAK_SHARE)} of the native peak`;
    return [{ text, measured: percent(share, 1), met: share >= PEAK_SHARE }];
  });
  const [even, odd] = [entry('256'), entry('257')];
  if (!even || !odd) return shares;
  const rate = (odd.flops! / even.flops!) * medianRatio(even.ms, odd.ms);
  const text = `native product, n = 257: within ${percent(ODD_SIZE_LOSS)} of the GFLOP/s at 256`;
  const measured = `${rate >= 1 ? '+' : ''}${percent(rate - 1, 1)}`;
  return [...shares, { text, measured, met: rate >= 1 - ODD_SIZE_LOSS }];
}

function convGoals(timings: Timings): Goal[] {
  return Object.keys(CONVS).flatMap((layer): Goal[] => {
    const total = (peer: string): readonly number[] | undefined => {
      const entries = PASSES.map((pass) => entryOf(timings, convName(layer, pass), peer));
      if (entries.includes(undefined)) return undefined;
      return entries[0]!.ms.map((_, round) => entries.reduce((sum, e) => sum + e!.ms[round]!, 0));
    };
    const [own, other] = [total(NATIVE), total('pytorch')];
    if (!own || !other) return [];
    const bar = PLAIN.includes(layer) ? PLAIN_OVER_PYTORCH : OVER_PYTORCH;
    const ratio = medianRatio(other, own);
    const text = `native convolution, ${layer}, all three: ${bar}× PyTorch or more`;
    return [{ text, measured: times(ratio), met: ratio >= bar }];
  });
}
