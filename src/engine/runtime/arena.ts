import type { DType, TypedArray } from '../core/dtype.js';
import { viewOf } from '../core/dtype.js';
import { MemoryError, largestFirst } from './memory-error.js';
import type { Residence, Storage } from './storage.js';

const PAGE = 65536;
const INITIAL_PAGES = 16;
/** A memory that may not grow to this is not worth having, unless no more was wanted. */
const LEAST_MAXIMUM = 64 * 1024 * 1024;
const ALIGNMENT = 64;
/** Address 0 stays unused, so that a forgotten address reads nothing of value. */
const FIRST = ALIGNMENT;
/** Vector loads near the end of a value may reach this far beyond it. */
const MARGIN = 64;

/**
 * Residents of discarded models cannot be told from live ones: past this, all have to move out. Those
 * that come back were live, and there may be twice as many from then on.
 */
const EVICT_ABOVE = 256 * 1024 * 1024;

export interface ArenaOptions {
  /** Shared if the system gives it so. */
  readonly shared: boolean;
  /** Limit in bytes; at most 4 GiB. Less where the system does not set aside so much. */
  readonly maximum: number;
  /** Bytes of residents from which on they move out rather than the memory grows. Default: 256 MiB. */
  readonly evictAbove?: number;
}

interface Block {
  offset: number;
  bytes: number;
}

/**
 * A memory that may grow to `wanted` bytes, or to half as many, and so on: a phone sets aside the
 * maximum of a shared memory at once, and refuses what it does not have. Where it refuses all of
 * them, a memory that is not shared.
 */
function makeMemory(
  wantShared: boolean,
  wanted: number,
): { memory: WebAssembly.Memory; maximum: number; shared: boolean } {
  for (const shared of wantShared ? [true, false] : [false]) {
    for (let maximum = wanted; ; maximum = Math.floor(maximum / 2 / PAGE) * PAGE) {
      try {
        const limits = { initial: INITIAL_PAGES, maximum: maximum / PAGE };
        return { memory: new WebAssembly.Memory({ ...limits, shared }), maximum, shared };
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        if (maximum / 2 < LEAST_MAXIMUM) break;
      }
    }
  }
  throw new MemoryError(INITIAL_PAGES * PAGE, 0, wanted, []);
}

/** The place of one storage in the arena. */
export class Slot implements Residence {
  constructor(
    readonly arena: Arena,
    readonly offset: number,
    private readonly storage: Storage,
  ) {}

  read(): TypedArray {
    return this.arena.view(this.storage.dtype, this.offset, this.storage.length).slice();
  }

  release(): void {
    this.arena.release(this.storage, this.offset);
  }
}

/**
 * The linear memory that all CPU tensors of a program share. Variables and captured constants live
 * in it until room is short; all else lies in one scratch block that every program reuses.
 */
export class Arena {
  readonly memory: WebAssembly.Memory;
  readonly shared: boolean;
  private readonly freeBlocks: Block[] = [];
  private end = FIRST;
  private readonly residents = new Set<Storage>();
  private scratchBlock: Block = { offset: FIRST, bytes: 0 };
  /** Most bytes it may grow to. */
  readonly limit: number;
  /** Whether the system refused to set aside as much as was wanted. */
  readonly refused: boolean;
  private evictAbove: number;
  /** What has moved out to make room. */
  private readonly evicted = new WeakSet<Storage>();

  constructor({ shared, maximum, evictAbove }: ArenaOptions) {
    const wanted = Math.min(maximum, 65536 * PAGE);
    const made = makeMemory(shared, wanted);
    this.memory = made.memory;
    this.shared = made.shared;
    this.limit = made.maximum;
    this.refused = made.maximum < wanted;
    this.evictAbove = evictAbove ?? EVICT_ABOVE;
  }

  get initialPages(): number {
    return INITIAL_PAGES;
  }
  get maximumPages(): number {
    return this.limit / PAGE;
  }
  /** Bytes up to the last that is in use, free blocks between included. */
  get size(): number {
    return this.end;
  }

  view(dtype: DType, offset: number, length: number): TypedArray {
    return viewOf(dtype, this.memory.buffer, offset, length);
  }

  /** A block of at least `bytes`, 64-byte aligned. */
  allocate(bytes: number, pinned: ReadonlySet<Storage> = new Set()): number {
    const need = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    const found = this.takeFree(need);
    if (found !== undefined) return found;
    if (this.end + need + MARGIN > this.memory.buffer.byteLength) {
      // Before growing, values that no running program needs move out, if that is worth it.
      if (this.end + need + MARGIN > this.limit || this.residentBytes() > this.evictAbove) {
        this.evict(pinned);
        const again = this.takeFree(need);
        if (again !== undefined) return again;
      }
      this.grow(need, pinned);
    }
    const offset = this.end;
    this.end += need;
    return offset;
  }

  private takeFree(need: number): number | undefined {
    let best = -1;
    this.freeBlocks.forEach((f, i) => {
      if (f.bytes >= need && (best < 0 || f.bytes < this.freeBlocks[best]!.bytes)) best = i;
    });
    if (best < 0) return undefined;
    const block = this.freeBlocks[best]!;
    const { offset } = block;
    block.offset += need;
    block.bytes -= need;
    if (block.bytes === 0) this.freeBlocks.splice(best, 1);
    return offset;
  }

  private grow(need: number, pinned: ReadonlySet<Storage>): void {
    const wanted = this.end + need + MARGIN;
    const have = this.memory.buffer.byteLength;
    // Grow by a quarter at least: growing is not free.
    const target = Math.min(this.limit, Math.max(wanted, have + have / 4));
    const pages = Math.ceil((target - have) / PAGE);
    try {
      if (wanted > this.limit) throw new RangeError('limit');
      this.memory.grow(pages);
    } catch {
      const here = [...new Set([...this.residents, ...pinned])].map((storage) => {
        return { what: storage.describe(), bytes: storage.byteLength };
      });
      throw new MemoryError(need, this.end, this.limit, largestFirst(here));
    }
  }

  free(offset: number, bytes: number): void {
    const size = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    const at = this.freeBlocks.findIndex((f) => f.offset > offset);
    const block: Block = { offset, bytes: size };
    const index = at < 0 ? this.freeBlocks.length : at;
    this.freeBlocks.splice(index, 0, block);
    const next = this.freeBlocks[index + 1];
    if (next && offset + size === next.offset) {
      block.bytes += next.bytes;
      this.freeBlocks.splice(index + 1, 1);
    }
    const before = this.freeBlocks[index - 1];
    if (before && before.offset + before.bytes === block.offset) {
      before.bytes += block.bytes;
      this.freeBlocks.splice(index, 1);
    }
    const last = this.freeBlocks[this.freeBlocks.length - 1]!;
    if (last.offset + last.bytes === this.end) {
      this.end = last.offset;
      this.freeBlocks.pop();
    }
  }

  /** Moves a storage's values into the arena, if they are not there yet; returns their place. */
  admit(storage: Storage, pinned: ReadonlySet<Storage>): Slot {
    const { resident } = storage;
    if (resident instanceof Slot && resident.arena === this) return resident;
    storage.moveOut(); // of another device's memory
    const values = storage.hostValues();
    const offset = this.allocate(storage.byteLength, pinned);
    this.view(storage.dtype, offset, storage.length).set(values);
    const slot = new Slot(this, offset, storage);
    storage.moveIn(slot);
    this.residents.add(storage);
    if (this.evicted.delete(storage)) {
      this.evictAbove = Math.max(this.evictAbove, 2 * this.residentBytes());
    }
    return slot;
  }

  /** Moves all values but the pinned ones out to the host, where they are garbage-collected. */
  evict(pinned: ReadonlySet<Storage>): void {
    for (const storage of this.residents) {
      if (pinned.has(storage)) continue;
      this.evicted.add(storage);
      storage.moveOut();
    }
  }

  /** A storage whose values lay at `offset` has moved out. */
  release(storage: Storage, offset: number): void {
    this.residents.delete(storage);
    this.free(offset, storage.byteLength);
  }

  /** Moves everything out, so that what is free is in one piece. Not while a program runs. */
  clear(): void {
    this.evict(new Set());
    this.dropScratch();
  }

  private residentBytes(): number {
    let bytes = 0;
    for (const s of this.residents) bytes += s.byteLength;
    return bytes;
  }

  /** Whether the scratch block is still at `offset` and has room for `bytes`. */
  holdsScratch(offset: number, bytes: number): boolean {
    return this.scratchBlock.offset === offset && this.scratchBlock.bytes >= bytes;
  }

  /** The scratch block, with room for `bytes`. Its contents last for one run of a program. */
  scratch(bytes: number, pinned: ReadonlySet<Storage>): number {
    if (bytes > this.scratchBlock.bytes) {
      this.dropScratch();
      const size = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
      this.scratchBlock = { offset: this.allocate(size, pinned), bytes: size };
    }
    return this.scratchBlock.offset;
  }

  private dropScratch(): void {
    const { offset, bytes } = this.scratchBlock;
    if (bytes > 0) this.free(offset, bytes);
    this.scratchBlock = { offset: FIRST, bytes: 0 };
  }
}
