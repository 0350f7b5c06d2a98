import type { DType, TypedArray } from '../core/dtype.js';
import { allocate, byteSize } from '../core/dtype.js';
import { invariant } from '../core/errors.js';
import type { Shape } from '../core/shape.js';
import { formatShape, sizeOf } from '../core/shape.js';
import type { LeafSource } from '../graph/node.js';

/** Where values lie while a device holds them: the arena's side of a storage. */
export interface Residence {
  /** An unshared copy of the values. */
  read(): TypedArray;
  /** Gives the place back. The storage takes the values out first. */
  release(): void;
}

/** What messages say of a variable. */
interface Origin {
  readonly shape: Shape;
  /** A model names its parameters when it is asked for them. */
  name?: string;
}

/**
 * The values of a tensor, outside or inside a device's memory. They are born on the host, move into
 * the arena when a program first needs them there, and move out again when it is short of room; a
 * storage outside the arena is garbage-collected like any array.
 */
export class Storage implements LeafSource {
  readonly kind = 'storage';
  private host: TypedArray | undefined;
  private residence: Residence | undefined;
  /**
   * A lazy value has recorded these values. A program that is to overwrite them must leave them to
   * that value and give its variable a copy instead.
   */
  captured = false;
  /** Of the variable whose values these are, or were: not the variable itself, to let it go. */
  origin: Origin | undefined;

  constructor(
    readonly dtype: DType,
    readonly length: number,
    values?: TypedArray,
  ) {
    this.host = values;
  }

  get byteLength(): number {
    return this.length * byteSize(this.dtype);
  }

  /** What it is, for messages: `variable 'hidden.weight' f32[128, 784]`. */
  describe(): string {
    const { origin } = this;
    if (!origin) return `tensor ${this.dtype} of ${this.length} elements`;
    const name = origin.name === undefined ? '' : ` '${origin.name}'`;
    return `variable${name} ${this.dtype}${formatShape(origin.shape)}`;
  }

  /** Where a device keeps the values, if one does. */
  get resident(): Residence | undefined {
    return this.residence;
  }

  /** The values on the host; zeros if never written. Not a copy while they lie on the host. */
  hostValues(): TypedArray {
    if (this.residence) return this.residence.read();
    this.host ??= allocate(this.dtype, this.length);
    return this.host;
  }

  /** A device takes the values over; the host's copy is dropped. */
  moveIn(residence: Residence): void {
    invariant(this.residence === undefined, 'a storage is resident twice');
    this.residence = residence;
    this.host = undefined;
  }

  /** The values move back to the host. */
  moveOut(): void {
    if (!this.residence) return;
    this.host = this.residence.read();
    this.residence.release();
    this.residence = undefined;
  }
}

/** State that outlives a step: a parameter, a moment, a running mean, a counter. */
export class Variable implements LeafSource {
  readonly kind = 'variable';
  /** Replaced when assigned outside a program, overwritten in place by a program. */
  storage: Storage;
  /** What messages say of it. */
  readonly origin: Origin;

  constructor(
    readonly shape: Shape,
    readonly dtype: DType,
    values?: TypedArray,
  ) {
    this.origin = { shape };
    this.storage = this.own(new Storage(dtype, sizeOf(shape), values));
  }

  private own(storage: Storage): Storage {
    storage.origin = this.origin;
    return storage;
  }

  /** The present values, fixed: later assignments do not change what is returned. */
  snapshot(): Storage {
    this.storage.captured = true;
    return this.storage;
  }

  /** Takes effect at once; earlier snapshots keep the old values. */
  set(values: TypedArray): void {
    this.storage = this.own(new Storage(this.dtype, this.storage.length, values));
  }

  /** Called by a program before it overwrites the values: leaves them to earlier snapshots. */
  beforeOverwrite(): void {
    if (!this.storage.captured) return;
    const values = this.storage.resident
      ? this.storage.resident.read()
      : this.storage.hostValues().slice();
    this.storage = this.own(new Storage(this.dtype, this.storage.length, values));
  }
}

/** A parameter of a traced function: given anew with each call. */
export class InputSource implements LeafSource {
  readonly kind = 'input';
  constructor(readonly position: number) {}
}
