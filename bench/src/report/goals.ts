import { median, medianRatio } from '../measure/statistics.js';
import type {
  BundleSizes,
  CompileTimes,
  Entry,
  LongRun,
  Outcome,
  Results,
  Timings,
} from '../results.js';
import {
  CACHED_LENET,
  LENET,
  LONG_SCAN,
  NATIVE_LENET,
  SHORT_SCAN,
} from '../workloads/compile-time.js';
import { MLP_BUNDLE } from '../workloads/bundle-size.js';
import { CONVS, convName } from '../workloads/conv.js';
import type { Pass } from '../workloads/conv-reference.js';
import { SEGMENT_OPS, segmentName, segmentSizes } from '../workloads/segment.js';
import { mlpName } from '../workloads/mlp-step.js';
import { digits, mebibytes, percent, times, type Table } from './format.js';
import { epochGoals } from './epoch-goals.js';
import { nativeGoals, sharedProductGoals } from './native-goals.js';
import { memoryBoundGoals, trainingGoals } from './step-goals.js';
import { entryOf, growthPerStep, shareOfPeak } from './tables.js';

/** What this milestone asks for, and what came out. */
export interface Goal {
  readonly text: string;
  readonly measured: string;
  readonly met: boolean;
}

const PEAK_SHARE = 0.65;
const ODD_SIZE_LOSS = 0.15;
const OVER_TFJS = 8;
const OVER_JAX_JS = 5;
/** Bytes: the smallest object has 12, so with less than that per step nothing is kept. */
const HEAP_GROWTH = 8;

function timingsOf(results: Results, name: string): Timings | undefined {
  const outcome: Outcome | undefined = results.workloads[name];
  return outcome?.kind === 'timings' ? outcome : undefined;
}

function matmulGoals(timings: Timings): Goal[] {
  const entry = (name: string): Entry | undefined => entryOf(timings, name, 'gradus');
  const shares = ['256', '512', '1024'].flatMap((name) => {
    const measured = entry(name);
    const share = measured && shareOfPeak(timings, measured, 'peak');
    if (share === undefined) return [];
    const text = `product, n = ${name}: at least ${percent(PEAK_SHARE)} of the mul + add peak`;
    return [{ text, measured: percent(share, 1), met: share >= PEAK_SHARE }];
  });
  const even = entry('256');
  const odd = ['255', '257'].flatMap((name) => {
    const measured = entry(name);
    if (!even || !measured) return [];
    const scale = measured.flops! / even.flops!;
    const rate = scale * medianRatio(even.ms, measured.ms);
    const text = `product, n = ${name}: within ${percent(ODD_SIZE_LOSS)} of the GFLOP/s at 256`;
    return [
      {
        text,
        measured: `${rate >= 1 ? '+' : ''}${percent(rate - 1, 1)}`,
        met: rate >= 1 - ODD_SIZE_LOSS,
      },
    ];
  });
  return [...shares, ...odd];
}

const SAME_LOSS = 0.1;
const GRADIENT_COST = 1.5;

function convGoals(timings: Timings): Goal[] {
  const entry = (layer: string, pass: Pass): Entry | undefined =>
    entryOf(timings, convName(layer, pass), 'gradus');
  const rate = (of: Entry, by: Entry): number => {
    return (of.flops! / by.flops!) * medianRatio(by.ms, of.ms);
  };
  const [same, valid] = [entry('same', 'forward'), entry('valid', 'forward')];
  const padding: Goal[] = [];
  if (same && valid) {
    const ratio = rate(same, valid);
    const text = `convolution: \`same\` within ${percent(SAME_LOSS)} of \`valid\` per FLOP`;
    const measured = `${ratio >= 1 ? '+' : ''}${percent(ratio - 1, 1)}`;
    padding.push({ text, measured, met: ratio >= 1 - SAME_LOSS });
  }
  const gradients = Object.keys(CONVS).flatMap((layer) => {
    const forward = entry(layer, 'forward');
    const [input, weight] = [entry(layer, 'input'), entry(layer, 'weight')];
    if (!forward || !input || !weight) return [];
    const costs = [input, weight].map((e) => rate(forward, e));
    const text = `convolution, ${layer}: gradients within ${GRADIENT_COST}× forward per FLOP`;
    const measured = costs.map((c) => times(c)).join(', ');
    return [{ text, measured, met: Math.max(...costs) <= GRADIENT_COST }];
  });
  return [...padding, ...gradients];
}

/** Ten times the edges may take so many times as long, though they leave the caches behind. */
const TENFOLD = 20;

function segmentGoals(timings: Timings): Goal[] {
  return SEGMENT_OPS.flatMap((op) => {
    const entries = segmentSizes.flatMap((edges) => {
      const entry = entryOf(timings, segmentName(op, edges), 'gradus');
      return entry ? [{ edges, entry }] : [];
    });
    if (entries.length < segmentSizes.length) return [];
    const each = entries.map(({ edges, entry }) => (median(entry.ms) * 1e6) / edges);
    const worst = each.slice(1).map((ns, i) => (10 * ns) / each[i]!);
    const name = op === 'sum' ? 'segment sum' : 'spmm';
    return [
      {
        text: `${name}: linear from 10^4 to 10^7 edges (at most ${TENFOLD}× the time for 10×)`,
        measured: `${each.map((ns) => digits(ns)).join(', ')} ns per edge`,
        met: Math.max(...worst) <= TENFOLD,
      },
    ];
  });
}

/** Milliseconds until the first step can run. */
const READY: readonly (readonly [step: string, ms: number])[] = [
  [LENET, 250],
  [NATIVE_LENET, 1500],
  [CACHED_LENET, 100],
];
const LONGER = 1.2;

function compileGoals({ entries }: CompileTimes): Goal[] {
  const of = (name: string): readonly number[] | undefined =>
    entries.find((e) => e.name === name)?.ms;
  const [short, long] = [of(SHORT_SCAN), of(LONG_SCAN)];
  const goals = READY.flatMap(([step, bar]): Goal[] => {
    const times = of(step);
    if (!times) return [];
    const ms = median(times);
    const text = `step ready in under ${bar} ms: ${step}`;
    return [{ text, measured: `${digits(ms)} ms`, met: ms < bar }];
  });
  if (short && long) {
    const ratio = median(long) / median(short);
    const text = `a scan of 1024 steps compiled within ${LONGER}× of one of 16`;
    goals.push({ text, measured: times(ratio), met: ratio <= LONGER });
  }
  return goals;
}

function stepGoals(timings: Timings): Goal[] {
  const gradus = entryOf(timings, mlpName, 'gradus');
  const goal = (peer: string, label: string, bar: number): Goal[] => {
    const entry = entryOf(timings, mlpName, peer);
    if (!entry || !gradus) return [];
    const ratio = medianRatio(entry.ms, gradus.ms);
    const text = `training step: ${bar}× ${label} or more`;
    return [{ text, measured: times(ratio), met: ratio >= bar }];
  };
  return [...goal('tfjs', 'TensorFlow.js', OVER_TFJS), ...goal('jax-js', 'jax-js', OVER_JAX_JS)];
}

function memoryGoals(run: LongRun): Goal[] {
  const [first, before, last] = [run.samples[0]!, run.samples.at(-2)!, run.samples.at(-1)!];
  const growth = growthPerStep(run);
  const kept = first.arena === last.arena && before.arrayBuffers >= last.arrayBuffers;
  const range = `${before.steps.toLocaleString('en')} to ${last.steps.toLocaleString('en')}`;
  const arena = last.arena === undefined ? '' : `, arena ${mebibytes(last.arena)} MiB`;
  return [
    {
      text: `heap flat from step ${range}, arena from step ${first.steps.toLocaleString('en')}`,
      measured: `${digits(growth)} bytes a step${arena}`,
      met: growth < HEAP_GROWTH && kept,
    },
  ];
}

/** Bytes by gzip that a page may have to load to train a network. */
const BUNDLE = 120_000;

function bundleGoals({ entries }: BundleSizes): Goal[] {
  return entries
    .filter(({ name }) => name === MLP_BUNDLE)
    .map(({ bundler, gzip }) => ({
      text: `an MLP with Adam in under ${BUNDLE / 1000} kB by gzip, ${bundler}`,
      measured: `${(gzip / 1000).toFixed(1)} kB`,
      met: gzip < BUNDLE,
    }));
}

export function goalsOf(results: Results): Goal[] {
  const product = timingsOf(results, 'matmul');
  const convs = timingsOf(results, 'conv');
  const segments = timingsOf(results, 'segment');
  const step = timingsOf(results, 'mlp-step');
  const steps = [step, timingsOf(results, 'networks')].filter((t) => t !== undefined);
  const epoch = timingsOf(results, 'lenet-epoch');
  const memory = timingsOf(results, 'memory');
  const run = results.workloads['long-run'];
  const compiling = results.workloads['compile'];
  const bundles = results.workloads['bundle-size'];
  return [
    ...(product ? matmulGoals(product) : []),
    ...(convs ? convGoals(convs) : []),
    ...nativeGoals(product, convs),
    ...(product ? sharedProductGoals(product, results.machine.cores) : []),
    ...trainingGoals(steps),
    ...(epoch ? epochGoals(epoch) : []),
    ...(memory ? memoryBoundGoals(memory) : []),
    ...(segments ? segmentGoals(segments) : []),
    ...(step ? stepGoals(step) : []),
    ...(compiling?.kind === 'compileTimes' ? compileGoals(compiling) : []),
    ...(bundles?.kind === 'bundleSizes' ? bundleGoals(bundles) : []),
    // A quick run ends while V8 still compiles, which takes heap as well.
    ...(run?.kind === 'longRun' && !results.quick ? memoryGoals(run) : []),
  ];
}

export function goalTable(goals: readonly Goal[]): Table {
  const rows = goals.map(({ text, measured, met }) => [text, measured, met ? 'yes' : 'NO']);
  return { head: ['goal', 'measured', 'met'], rows, names: 1 };
}
