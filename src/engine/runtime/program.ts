import type { TypedArray } from '../core/dtype.js';
import { invariant } from '../core/errors.js';
import type { Place, Plan, Slot } from '../compiler/program/plan.js';
import { describeProgram } from '../compiler/program/describe.js';
import type { LeafSource } from '../graph/node.js';
import type { Arena } from './arena.js';
import type { Program } from './device.js';
import { MemoryError } from './memory-error.js';
import { limitations } from './limitations.js';
import type { Peak, Profile } from './profile.js';
import { profileOf } from './profile.js';
import type { Residence } from './storage.js';
import { InputSource, Storage, Variable } from './storage.js';
import type { TimedStep } from './timed-parts.js';

/** What is left of a plan once its code is loaded: the loop IR is many times larger. */
type PlanWithoutCode = Omit<Plan, 'module'>;

/** A plan whose code is loaded. */
export interface BoundPlan {
  readonly plan: PlanWithoutCode;
  /** The name of the tier that it was made for. */
  readonly tier: string;
  /** Runs one step with the parameter table at this address. */
  readonly run: (table: number) => void;
  /** The step in parts, if it was compiled to be timed. */
  readonly timed?: (TimedStep & { readonly peak: () => Peak }) | undefined;
}

/**
 * A plan bound to the values its leaves stand for. Before a run it sees to it that they lie in the
 * arena, and writes their addresses into the parameter table if any has moved. On the first run
 * constants and the table are only copied in, since most lazy evaluations run once; from the second
 * on they stay.
 */
export class PlannedProgram implements Program {
  private readonly plan: PlanWithoutCode;
  private runs = 0;
  private readonly table: Storage;
  private tableAt = 0;
  private scratchAt = -1;
  private places: readonly number[] = [];
  private residences: readonly (Residence | undefined)[] = [];
  private buffer: ArrayBufferLike | undefined;
  private inputViews: TypedArray[] = [];
  private passing: { offset: number; bytes: number }[] = [];

  constructor(
    private readonly arena: Arena,
    private readonly bound: BoundPlan,
    private readonly sources: readonly LeafSource[],
  ) {
    this.plan = bound.plan;
    this.table = new Storage('i32', this.plan.tableBytes / 4, this.initialTable());
  }

  explain(): string {
    const text = describeProgram(this.plan.summary, this.bound.tier);
    return [...limitations(this.arena), text].join('\n');
  }

  run(inputs: readonly TypedArray[]): TypedArray[] {
    return this.step(inputs, () => {
      this.bound.run(this.tableAt);
      return this.plan.outputs.map((slot) => this.viewOf(slot).slice());
    });
  }

  profile(inputs: readonly TypedArray[], steps: number): Profile {
    const { timed, tier } = this.bound;
    invariant(timed !== undefined, 'a program is profiled that was not compiled for it');
    const { kernels } = this.plan.summary;
    const times = Array.from({ length: steps }, () => {
      const ms = new Float64Array(kernels.length);
      this.step(inputs, () => timed.run(this.tableAt, ms));
      return ms;
    });
    return profileOf(tier, kernels, times, timed.peak());
  }

  /** Puts everything in place, and then does `work`. */
  private step<R>(inputs: readonly TypedArray[], work: () => R): R {
    try {
      this.prepare();
      this.plan.inputs.forEach(({ position, slot }, i) => {
        const values = inputs[position];
        invariant(values?.length === slot.length, `input ${position} has another size`);
        this.inputViews[i]!.set(values);
      });
      return work();
    } finally {
      this.runs++;
      this.dropPassing();
    }
  }

  private dropPassing(): void {
    for (const block of this.passing) this.arena.free(block.offset, block.bytes);
    this.passing = [];
  }

  private viewOf(slot: Slot): TypedArray {
    return this.arena.view(slot.dtype, this.addressOf(slot.place), slot.length);
  }

  private addressOf(place: Place): number {
    if (place.kind === 'scratch') return this.scratchAt + place.offset;
    return this.places[place.source]!;
  }

  /** True if all addresses in the table still hold: the usual case, which allocates nothing. */
  private unmoved(): boolean {
    if (this.runs < 2 || this.buffer !== this.arena.memory.buffer) return false;
    if (!this.table.resident || !this.arena.holdsScratch(this.scratchAt, this.plan.scratchBytes)) {
      return false;
    }
    for (let i = 0; i < this.sources.length; i++) {
      const source = this.sources[i]!;
      if (source instanceof InputSource) continue;
      const storage = source instanceof Variable ? source.storage : (source as Storage);
      if (storage.resident === undefined || storage.resident !== this.residences[i]) return false;
      if (storage.captured && this.plan.written.has(i)) return false;
    }
    return true;
  }

  /** Brings everything to its place. */
  private prepare(): void {
    if (this.unmoved()) return;
    try {
      this.place();
    } catch (error) {
      if (!(error instanceof MemoryError)) throw error;
      // There was no room, but perhaps only because what is free lies in pieces.
      this.dropPassing();
      this.arena.clear();
      this.placeOrSayWhy();
    }
  }

  /** An error names the largest values of the program: they are in no storage. */
  private placeOrSayWhy(): void {
    try {
      this.place();
    } catch (error) {
      if (!(error instanceof MemoryError)) throw error;
      throw error.withHolders(this.plan.summary.scratch);
    }
  }

  /** Where it throws, the program remembers what it did before: the table has not changed. */
  private place(): void {
    const storages = this.storages();
    const pinned = new Set<Storage>([this.table]);
    for (const s of storages) if (s) pinned.add(s);
    const scratch = this.arena.scratch(this.plan.scratchBytes, pinned);
    const places = storages.map((storage, i) => {
      return storage ? this.bring(storage, this.sources[i] instanceof Variable, pinned) : 0;
    });
    const fresh = !this.table.resident; // then it lacks the addresses
    const table = this.bring(this.table, false, pinned);
    const stays =
      !fresh &&
      table === this.tableAt &&
      scratch === this.scratchAt &&
      this.buffer === this.arena.memory.buffer &&
      places.every((at, i) => at === this.places[i]);
    this.residences = storages.map((storage) => storage?.resident);
    if (stays) return;
    this.scratchAt = scratch;
    this.places = places;
    this.writeTable(table);
  }

  /** Address of a storage's values, which are moved, or for this run copied, into the arena. */
  private bring(storage: Storage, lasting: boolean, pinned: ReadonlySet<Storage>): number {
    if (storage.resident || lasting || this.runs > 0) {
      return this.arena.admit(storage, pinned).offset;
    }
    const bytes = storage.byteLength;
    const offset = this.arena.allocate(bytes, pinned);
    this.passing.push({ offset, bytes });
    this.arena.view(storage.dtype, offset, storage.length).set(storage.hostValues());
    return offset;
  }

  /** The storage behind each source; of a variable that is to be overwritten, its own. */
  private storages(): (Storage | undefined)[] {
    return this.sources.map((source, i) => {
      if (source instanceof Variable) {
        if (this.plan.written.has(i)) source.beforeOverwrite();
        return source.storage;
      }
      return source instanceof Storage ? source : undefined;
    });
  }

  private initialTable(): Int32Array {
    const table = new Int32Array(this.plan.tableBytes / 4);
    for (const c of this.plan.constants) table[c.at / 4] = c.value;
    return table;
  }

  private writeTable(at: number): void {
    this.tableAt = at;
    const table = this.arena.view('i32', at, this.plan.tableBytes / 4);
    for (const a of this.plan.addresses) table[a.at / 4] = this.addressOf(a.place) + a.offset;
    this.buffer = this.arena.memory.buffer;
    this.inputViews = this.plan.inputs.map(({ slot }) => this.viewOf(slot));
  }
}
