import { medianRatio } from '../measure/statistics.js';
import { contender } from '../peers/registry.js';
import type { Entry, FirstSteps, LongRun, Outcome, Timings } from '../results.js';
import { digits, mebibytes, percent, times, withSpread, type Table } from './format.js';

const PEAKS = ['peak', 'peak-relaxed'];

/** GFLOP/s by round. */
export function rates({ ms, flops }: Entry): readonly number[] | undefined {
  return flops === undefined ? undefined : ms.map((value) => flops / (value * 1e6));
}

export function entryOf(timings: Timings, name: string, peer: string): Entry | undefined {
  return timings.cases.find((c) => c.name === name)?.entries.find((e) => e.peer === peer);
}

/** Share of the peak, measured in the same rounds. */
export function shareOfPeak(timings: Timings, entry: Entry, peakId: string): number | undefined {
  const peak = entryOf(timings, 'peak', peakId);
  if (!peak || entry.flops === undefined) return undefined;
  return medianRatio(rates(entry)!, rates(peak)!);
}

function labelOf({ peer, threads }: Entry): string {
  const { label } = contender(peer);
  return threads === undefined ? label : `${label} (${threads})`;
}

function timingTable(timings: Timings): Table {
  const counted = timings.cases.some((c) => c.entries.some((e) => e.flops !== undefined));
  const peaks = PEAKS.filter((id) => entryOf(timings, 'peak', id));
  const many = timings.cases.length > 1;
  const head = [
    ...(many ? ['case'] : []),
    'peer',
    'ms',
    ...(counted ? ['GFLOP/s'] : []),
    ...peaks.map((id) => `of ${contender(id).label}`),
    'its time ÷ Gradus’s',
  ];
  const rows = timings.cases.flatMap(({ name, entries }) => {
    const gradus = entries.find((e) => e.peer === 'gradus');
    return entries.map((entry) => {
      const isPeak = PEAKS.includes(entry.peer);
      const shares = peaks.map((id) => shareOfPeak(timings, entry, id));
      const ratio =
        gradus && entry !== gradus ? times(medianRatio(entry.ms, gradus.ms)) : isPeak ? '' : '1';
      return [
        ...(many ? [isPeak ? '' : name] : []),
        labelOf(entry),
        isPeak ? '' : withSpread(entry.ms),
        ...(counted ? [withSpread(rates(entry) ?? [])] : []),
        ...shares.map((share) => (isPeak || share === undefined ? '' : percent(share))),
        ratio,
      ];
    });
  });
  return { head, rows };
}

function firstStepTable({ entries }: FirstSteps): Table {
  return {
    head: ['peer', 'load library, ms', 'build, ms', 'first step, ms'],
    rows: entries.map((e) => [
      contender(e.peer).label,
      withSpread(e.importMs),
      withSpread(e.buildMs),
      withSpread(e.firstMs),
    ]),
  };
}

function longRunTable({ samples, collections, garbagePerStep }: LongRun): Table {
  const head = ['step', 'heap, MiB', 'array buffers, MiB', 'arena, MiB', 'process, MiB'];
  const rows = samples.map((s) => [
    s.steps.toLocaleString('en'),
    mebibytes(s.heapUsed),
    mebibytes(s.arrayBuffers),
    s.arena === undefined ? '?' : mebibytes(s.arena),
    mebibytes(s.rss),
  ]);
  const last = samples.at(-1)!;
  const first = samples[0]!;
  const change = `${digits((last.heapUsed - first.heapUsed) / 1024)} KiB`;
  const note = `${digits(garbagePerStep)} B garbage a step, ${collections} collections`;
  return { head, rows: [...rows, ['change', change, note, '', '']] };
}

export function tableOf(outcome: Outcome): Table {
  switch (outcome.kind) {
    case 'timings':
      return timingTable(outcome);
    case 'firstSteps':
      return firstStepTable(outcome);
    case 'longRun':
      return longRunTable(outcome);
  }
}
