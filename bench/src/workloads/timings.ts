import type { Prepared } from '../field.js';
import { interleave, type Pace } from '../measure/rounds.js';
import type { Entry, Timings } from '../results.js';

/** What one iteration of a case does; undefined if that is not counted. */
export interface Work {
  flops?(name: string): number | undefined;
  bytes?(name: string): number | undefined;
  images?(name: string): number | undefined;
}

/** Times all that is prepared, in the same rounds. */
export async function takeTimings(
  prepared: readonly Prepared[],
  pace: Pace,
  work: Work = {},
): Promise<Timings> {
  const timed = await interleave(
    prepared.map((p) => p.cell),
    pace,
  );
  const cases = new Map<string, Entry[]>();
  timed.forEach(({ cell, iterations, ms }, i) => {
    const { threads, error, ...own } = prepared[i]!;
    const flops = own.flops ?? work.flops?.(cell.name);
    const bytes = own.bytes ?? work.bytes?.(cell.name);
    const images = work.images?.(cell.name);
    const entries = cases.get(cell.name) ?? [];
    cases.set(cell.name, entries);
    entries.push({
      peer: cell.peer.id,
      error,
      iterations,
      ms,
      ...(flops === undefined ? {} : { flops }),
      ...(bytes === undefined ? {} : { bytes }),
      ...(images === undefined ? {} : { images }),
      ...(threads === undefined ? {} : { threads }),
    });
  });
  return { kind: 'timings', cases: [...cases].map(([name, entries]) => ({ name, entries })) };
}
