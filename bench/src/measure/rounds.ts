import type { PeerProcess } from './peer-process.js';

/** What is timed: one prepared task in one peer. */
export interface Cell {
  /** Name of the case, such as the size of a product. */
  readonly name: string;
  readonly peer: PeerProcess;
  readonly handle: string;
}

export interface Timed {
  readonly cell: Cell;
  /** Iterations timed together in a round. */
  readonly iterations: number;
  /** Milliseconds per iteration, by round. */
  readonly ms: readonly number[];
}

export interface Pace {
  readonly rounds: number;
  /** Milliseconds to warm each cell up for. */
  readonly warmUp: number;
  /** Milliseconds for each cell in a round. */
  readonly slice: number;
}

async function run({ peer, handle }: Cell, iterations: number): Promise<number> {
  const { ms } = await peer.request<'run'>({ command: 'run', handle, iterations });
  return ms / iterations;
}

/** Runs a cell until it is warm; the iterations that fill a slice. */
async function warm(cell: Cell, pace: Pace): Promise<number> {
  let iterations = 1;
  for (let spent = 0; ;) {
    const ms = await run(cell, iterations);
    spent += ms * iterations;
    const fitting = Math.max(1, Math.round(pace.slice / ms));
    if (spent >= pace.warmUp) return fitting;
    iterations = Math.min(fitting, 2 * iterations);
  }
}

/** Warms all cells up, then times them in turns: A B C A B C. */
export async function interleave(cells: readonly Cell[], pace: Pace): Promise<Timed[]> {
  const timed: { cell: Cell; iterations: number; ms: number[] }[] = [];
  for (const cell of cells) timed.push({ cell, iterations: await warm(cell, pace), ms: [] });
  for (let round = 0; round < pace.rounds; round++) {
    for (const { cell, iterations, ms } of timed) ms.push(await run(cell, iterations));
  }
  return timed;
}
