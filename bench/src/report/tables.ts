import { medianRatio } from '../measure/statistics.js';
import { contender } from '../peers/registry.js';
import type {
  BundleSizes,
  CompileTimes,
  Entry,
  FirstSteps,
  LongRun,
  Outcome,
  Texts,
  Timings,
} from '../results.js';
import { digits, mebibytes, percent, times, withSpread, type Table } from './format.js';

const COPY = 'copy';
const PEAKS = ['peak', 'peak-relaxed', 'peak-native'];
/** What times are set against, with its name in the heading. */
const MEASURES = { gradus: 'Gradus’s', 'gradus-native': 'Gradus native’s' } as const;

/** GFLOP/s by round. */
export function rates({ ms, flops }: Entry): readonly number[] | undefined {
  return flops === undefined ? undefined : ms.map((value) => flops / (value * 1e6));
}

export function entryOf(timings: Timings, name: string, peer: string): Entry | undefined {
  return timings.cases.find((c) => c.name === name)?.entries.find((e) => e.peer === peer);
}

/** GB/s by round. */
function bandwidths({ ms, bytes }: Entry): readonly number[] | undefined {
  return bytes === undefined ? undefined : ms.map((value) => bytes / (value * 1e6));
}

/** Images a second, by round. */
export function imageRates({ ms, images = NaN }: Entry): readonly number[] {
  return ms.map((value) => (1000 * images) / value);
}

/** Share of the rate at which a copy moves its bytes, measured in the same rounds. */
export function shareOfCopy(entry: Entry, entries: readonly Entry[]): number | undefined {
  const copy = entries.find((e) => e.peer === COPY);
  if (copy?.bytes === undefined || entry.bytes === undefined) return undefined;
  return medianRatio(bandwidths(entry)!, bandwidths(copy)!);
}

/** Share of the peak, measured in the same rounds. */
export function shareOfPeak(timings: Timings, entry: Entry, peakId: string): number | undefined {
  const peak = entryOf(timings, 'peak', peakId);
  if (!peak || entry.flops === undefined) return undefined;
  return medianRatio(rates(entry)!, rates(peak)!);
}

const isPeak = ({ peer }: Entry): boolean => PEAKS.includes(peer);
const isMeasure = (entry: Entry): boolean => isPeak(entry) || entry.peer === COPY;

function labelOf({ peer, threads }: Entry): string {
  const { label } = contender(peer);
  return threads === undefined ? label : `${label} (${threads})`;
}

interface Column {
  readonly head: string;
  readonly cell: (entry: Entry, name: string, entries: readonly Entry[]) => string;
}

/** Its columns; what does not vary or was not measured has none. A peak has a rate alone. */
function timingColumns(timings: Timings): Column[] {
  const columns: Column[] = [
    { head: 'peer', cell: labelOf },
    { head: 'ms', cell: (entry) => (isPeak(entry) ? '' : withSpread(entry.ms)) },
  ];
  const entries = timings.cases.flatMap((c) => c.entries);
  if (timings.cases.length > 1) {
    columns.unshift({ head: 'case', cell: (entry, name) => (isPeak(entry) ? '' : name) });
  }
  if (entries.some((e) => e.flops !== undefined)) {
    columns.push({ head: 'GFLOP/s', cell: (entry) => withSpread(rates(entry) ?? []) });
  }
  if (entries.some((e) => e.bytes !== undefined)) {
    const cell: Column['cell'] = (entry, _, ofCase) => {
      const share = entry.peer === COPY ? undefined : shareOfCopy(entry, ofCase);
      return share === undefined ? '' : percent(share);
    };
    columns.push(
      { head: 'GB/s', cell: (entry) => withSpread(bandwidths(entry) ?? []) },
      { head: 'of copy', cell },
    );
  }
  if (entries.some((e) => e.images !== undefined)) {
    columns.push({ head: 'images/s', cell: (entry) => withSpread(imageRates(entry)) });
  }
  for (const id of PEAKS.filter((peak) => entryOf(timings, 'peak', peak))) {
    const cell = (entry: Entry): string => {
      const share = isPeak(entry) ? undefined : shareOfPeak(timings, entry, id);
      return share === undefined ? '' : percent(share);
    };
    columns.push({ head: `of ${contender(id).label}`, cell });
  }
  for (const [id, whose] of Object.entries(MEASURES)) {
    if (!entries.some((e) => e.peer === id)) continue;
    const cell: Column['cell'] = (entry, _, ofCase) => {
      const measure = ofCase.find((e) => e.peer === id);
      return !measure || isMeasure(entry) ? '' : times(medianRatio(entry.ms, measure.ms));
    };
    columns.push({ head: `its time ÷ ${whose}`, cell });
  }
  return columns;
}

function timingTable(timings: Timings): Table {
  const columns = timingColumns(timings);
  const rows = timings.cases.flatMap(({ name, entries }) => {
    return entries.map((entry) => columns.map(({ cell }) => cell(entry, name, entries)));
  });
  const head = columns.map((c) => c.head);
  return { head, rows, names: head.indexOf('ms') };
}

function firstStepTable({ entries }: FirstSteps): Table {
  return {
    head: ['peer', 'load library, ms', 'build, ms', 'first step, ms'],
    rows: entries.map((e) => [
      e.variant === undefined
        ? contender(e.peer).label
        : `${contender(e.peer).label}, ${e.variant}`,
      ...[e.importMs, e.buildMs, e.firstMs].map(withSpread),
    ]),
    names: 1,
  };
}

function compileTable({ entries }: CompileTimes): Table {
  const rows = entries.map((e) => [e.name, withSpread(e.ms)]);
  return { head: ['step', 'ms'], rows, names: 1 };
}

function bundleTable({ entries }: BundleSizes): Table {
  const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(1);
  const rows = entries.map(({ name, bundler, bytes, gzip }) => {
    return [name, bundler, kilobytes(bytes), kilobytes(gzip)];
  });
  return { head: ['program', 'bundler', 'kB', 'kB, gzip'], rows, names: 2 };
}

function longRunTable({ samples }: LongRun): Table {
  const rows = samples.map((s) => [
    s.steps.toLocaleString('en'),
    ...[s.heapUsed, s.arrayBuffers, s.arena, s.rss].map((bytes) =>
      bytes === undefined ? '?' : mebibytes(bytes),
    ),
  ]);
  const head = ['steps', 'heap, MiB', 'array buffers, MiB', 'arena, MiB', 'process, MiB'];
  return { head, rows, names: 0 };
}

/** Bytes by which the heap grows in a step, between the last two samples. */
export function growthPerStep({ samples }: LongRun): number {
  const [before, after] = [samples.at(-2)!, samples.at(-1)!];
  return (after.heapUsed - before.heapUsed) / (after.steps - before.steps);
}

/** What a table leaves to be said, in no or one paragraph. */
export function noteOf(outcome: Outcome): string[] {
  if (outcome.kind !== 'longRun') return [];
  const { collections, garbagePerStep } = outcome;
  const growth = digits(growthPerStep(outcome));
  return [
    `Between the last two rows the heap changes by ${growth} bytes a step. ` +
      `A step leaves ${digits(garbagePerStep)} bytes of garbage; V8 collected ${collections} times ` +
      'in between.',
  ];
}

export function tableOf(outcome: Exclude<Outcome, Texts>): Table {
  switch (outcome.kind) {
    case 'timings':
      return timingTable(outcome);
    case 'firstSteps':
      return firstStepTable(outcome);
    case 'longRun':
      return longRunTable(outcome);
    case 'compileTimes':
      return compileTable(outcome);
    case 'bundleSizes':
      return bundleTable(outcome);
  }
}
