import type { Prepared } from '../field.js';
import { interleave, type Pace } from '../measure/rounds.js';
import type { Entry, Timings } from '../results.js';

/** Times all that is prepared, in the same rounds; `flops` of one iteration of a case. */
export async function takeTimings(
  prepared: readonly Prepared[],
  pace: Pace,
  flops: (name: string) => number | undefined,
): Promise<Timings> {
  const timed = await interleave(
    prepared.map((p) => p.cell),
    pace,
  );
  const cases = new Map<string, Entry[]>();
  timed.forEach(({ cell, iterations, ms }, i) => {
    const { threads, error, flops: own } = prepared[i]!;
    const count = own ?? flops(cell.name);
    const entries = cases.get(cell.name) ?? [];
    cases.set(cell.name, entries);
    entries.push({
      peer: cell.peer.id,
      error,
      iterations,
      ms,
      ...(count === undefined ? {} : { flops: count }),
      ...(threads === undefined ? {} : { threads }),
    });
  });
  return { kind: 'timings', cases: [...cases].map(([name, entries]) => ({ name, entries })) };
}
