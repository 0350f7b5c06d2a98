import { byteSize } from '../../core/dtype.js';
import { invariant } from '../../core/errors.js';
import type { GraphNode } from '../../graph/node.js';
import type { Launch } from './launch.js';
import { align } from './memory.js';
import type { Loop, RootPlace, Step } from './steps.js';

/** The table begins with what threads meet on: arrivals, generation, abort, and the guard's word. */
export const BARRIER_AT = 0;
export const GUARD_AT = 12;
const HEAD_BYTES = 64;

/** Bytes of a mover: the word it sets, its base, and its stride. */
export const MOVER_BYTES = 12;

export interface Row {
  readonly launch: Launch;
  /** Byte offset of its words in the table; the word before them holds the extent. */
  readonly at: number;
  readonly extent: number | undefined;
  /** The loops around it, innermost last. */
  readonly loops: readonly Loop[];
}

/** A word whose place in the table is known once all of it is laid out. */
interface Cell {
  at: number;
}

/** Sets a word of the table at the beginning of each step of a loop: base + stride · step or turn. */
interface Mover {
  readonly word: Cell;
  readonly base: Cell;
  readonly stride: number;
}

/** What an address in the table is an address of. */
export type AddressOf =
  | { readonly kind: 'value'; readonly of: GraphNode }
  | { readonly kind: 'root'; readonly at: RootPlace }
  | { readonly kind: 'workspace'; readonly of: Launch };

export interface TableAddress {
  readonly at: number;
  readonly of: AddressOf;
  /** In bytes. */
  readonly offset: number;
}

/** The movers of a loop: table offsets from … to, first those by step, then those by turn. */
export interface MoverRange {
  readonly bySteps: readonly [number, number];
  readonly byTurns: readonly [number, number];
}

export interface Table {
  /** Of each launch of a run, the first row. */
  readonly rows: readonly Row[];
  readonly rowOf: ReadonlyMap<Launch, Row>;
  readonly movers: ReadonlyMap<Loop, MoverRange>;
  readonly addresses: readonly TableAddress[];
  readonly constants: readonly { readonly at: number; readonly value: number }[];
  readonly bytes: number;
}

/**
 * Lays out the parameter table: a row for each launch, and for each loop the words of its rows that
 * change from step to step.
 */
export function layTable(steps: readonly Step[]): Table {
  const rows: Row[] = [];
  let at = HEAD_BYTES;
  const visit = (list: readonly Step[], loops: readonly Loop[]): void => {
    for (const step of list) {
      if (step.kind === 'loop') {
        visit(step.steps, [...loops, step]);
        continue;
      }
      for (const launch of step.launches) {
        const extent = step.launches.length > 1 ? launch.stages[0]!.extent : undefined;
        rows.push({ launch, at: at + 4, extent, loops });
        at += 4 * (launch.words.length + 1);
      }
    }
  };
  visit(steps, []);
  const words = new Words(at);
  rows.forEach((row) => words.row(row));
  return { rows, rowOf: new Map(rows.map((r) => [r.launch, r])), ...words.finish() };
}

class Words {
  private readonly movers = new Map<Loop, { steps: Mover[]; turns: Mover[] }>();
  private readonly addresses: { cell: Cell; of: AddressOf; offset: number }[] = [];
  private readonly constants: { at: number; value: number }[] = [];

  constructor(private end: number) {}

  row({ launch, at, extent, loops }: Row): void {
    if (extent !== undefined) this.constants.push({ at: at - 4, value: extent });
    launch.words.forEach((word, i) => {
      const cell = { at: at + 4 * i };
      if (word.kind === 'count') this.constants.push({ at: cell.at, value: word.value });
      else if (word.kind === 'workspace') {
        this.addresses.push({ cell, of: { kind: 'workspace', of: launch }, offset: 0 });
      } else this.place(cell, word.of, word.offset * byteSize(word.of.dtype), loops);
    });
  }

  /** Sees to it that `cell` holds the address of a value, wherever that lies from step to step. */
  private place(cell: Cell, of: GraphNode, offset: number, loops: readonly Loop[]): void {
    const loop = loops[loops.length - 1];
    const binding = loop?.bindings.get(of);
    if (!loop || !binding) {
      this.addresses.push({ cell, of: { kind: 'value', of }, offset });
      return;
    }
    const { stride } = binding;
    const base = stride === 0 ? cell : { at: -1 };
    if (stride !== 0) {
      const { steps, turns } = this.moversOf(loop);
      const turning = binding.kind === 'root' && binding.turns;
      (turning ? turns : steps).push({ word: cell, base, stride });
    }
    if (binding.kind === 'value') this.place(base, binding.of, offset, loops.slice(0, -1));
    else this.addresses.push({ cell: base, of: { kind: 'root', at: binding.at }, offset });
  }

  private moversOf(loop: Loop): { steps: Mover[]; turns: Mover[] } {
    const known = this.movers.get(loop) ?? { steps: [], turns: [] };
    this.movers.set(loop, known);
    return known;
  }

  finish(): Pick<Table, 'movers' | 'addresses' | 'constants' | 'bytes'> {
    const ranges = new Map<Loop, MoverRange>();
    const lay = (movers: readonly Mover[]): readonly [number, number] => {
      const start = this.end;
      movers.forEach((m, i) => (m.base.at = start + i * MOVER_BYTES + 4));
      this.end += movers.length * MOVER_BYTES;
      return [start, this.end];
    };
    for (const [loop, { steps, turns }] of this.movers) {
      ranges.set(loop, { bySteps: lay(steps), byTurns: lay(turns) });
    }
    for (const { steps, turns } of this.movers.values()) {
      for (const { word, base, stride } of [...steps, ...turns]) {
        this.constants.push({ at: base.at - 4, value: word.at });
        this.constants.push({ at: base.at + 4, value: stride });
      }
    }
    const addresses = this.addresses.map(({ cell, of, offset }) => {
      invariant(cell.at >= 0, 'a word of the table has no place');
      return { at: cell.at, of, offset };
    });
    return { movers: ranges, addresses, constants: this.constants, bytes: align(this.end) };
  }
}
