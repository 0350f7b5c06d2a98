/** Sizes of arguments that may vary below a bound: how they are given, and what they are in a call. */
import { ArgumentError, ShapeError } from '../engine/core/errors.js';
import type { Shape } from '../engine/core/shape.js';
import { formatShape } from '../engine/core/shape.js';
import type { Sizes } from '../engine/compiler/bounds/size.js';

/**
 * The name of an extent and the largest it can be: `{ N: 64 }`, or of one that is larger than a named
 * one by a number: `{ 'N + 1': 65 }`. null: the extent is fixed.
 */
export type AxisBound = Readonly<Record<string, number>> | null;

/** What may vary of an argument: its leading extent, or for each axis in turn. */
export type ArgumentBound = AxisBound | readonly AxisBound[];

interface OpenAxis {
  readonly position: number;
  readonly axis: number;
  /** The extent is that of the symbol plus a number. */
  readonly symbol: number;
  readonly plus: number;
}

/** The sizes that a compiled function leaves open. */
export class OpenSizes {
  readonly symbols: string[] = [];
  readonly bounds: number[] = [];
  private readonly axes: OpenAxis[] = [];

  constructor(
    private readonly name: string,
    given: readonly ArgumentBound[],
  ) {
    given.forEach((bound, position) => {
      const list = Array.isArray(bound) ? (bound as readonly AxisBound[]) : [bound as AxisBound];
      list.forEach((b, axis) => {
        if (b !== null) this.axes.push({ position, axis, ...this.symbol(b) });
      });
    });
  }

  private symbol(bound: NonNullable<AxisBound>): { symbol: number; plus: number } {
    const entries = Object.entries(bound);
    const [text, extent] = entries[0] ?? ['', NaN];
    const { symbol, plus } = parsed(text);
    const size = extent - plus;
    if (entries.length !== 1 || !Number.isInteger(size) || size < 1) {
      throw new ArgumentError(
        `compile: the bounds of '${this.name}' hold ${JSON.stringify(bound)}; give each open size ` +
          'one name and an integer ≥ 1, such as { N: 64 }.',
      );
    }
    const known = this.symbols.indexOf(symbol);
    if (known < 0) {
      this.bounds.push(size);
      return { symbol: this.symbols.push(symbol) - 1, plus };
    }
    if (this.bounds[known] === size) return { symbol: known, plus };
    throw new ArgumentError(
      `compile: the bounds of '${this.name}' give ${symbol} as ${this.bounds[known]} and as ` +
        `${size}; one name is one size.`,
    );
  }

  /** The sizes of a call. Throws a ShapeError if they contradict each other or the bounds. */
  sizesOf(shapes: readonly Shape[]): Sizes {
    const sizes: (number | undefined)[] = this.symbols.map(() => undefined);
    const from: OpenAxis[] = [];
    for (const open of this.axes) {
      const { symbol, plus } = open;
      const size = this.extentOf(shapes, open) - plus;
      const name = this.symbols[symbol]!;
      const known = sizes[symbol];
      if (known !== undefined && known !== size) {
        throw new ShapeError(
          `${this.name}: ${name} is ${known} in ${placeOf(from[symbol]!)} of the arguments and ` +
            `${size} in ${placeOf(open)}; make them equal.`,
        );
      }
      if (size > this.bounds[symbol]!) {
        throw new ShapeError(
          `${this.name}: ${name} is ${size} in ${placeOf(open)} of the arguments, and its bound is ` +
            `${this.bounds[symbol]}; compile with a larger bound.`,
        );
      }
      sizes[symbol] = size;
      from[symbol] = open;
    }
    return sizes as number[];
  }

  /** The extent of an open axis in a call: there has to be one, and not below the least. */
  private extentOf(shapes: readonly Shape[], open: OpenAxis): number {
    const { position, axis, plus } = open;
    const shape = shapes[position];
    const extent = shape?.[axis];
    if (extent !== undefined && extent >= plus) return extent;
    const what = shape
      ? `tensor ${position} of the arguments has shape ${formatShape(shape)}`
      : `the arguments hold ${shapes.length} tensors`;
    throw new ShapeError(
      `${this.name}: ${what}, but its bounds name ${placeOf(open)} ${this.textOf(open)}.`,
    );
  }

  /** The shape of an argument with its open extents replaced by those for `sizes`. */
  shapeAt(position: number, shape: Shape, sizes: Sizes): number[] {
    return shape.map((d, axis) => {
      const open = this.openAt(position, axis);
      return open ? sizes[open.symbol]! + open.plus : d;
    });
  }

  /** For the key of a program: the shape with names for the open extents. */
  describe(position: number, shape: Shape): string {
    return shape
      .map((d, axis) => {
        const open = this.openAt(position, axis);
        return open ? this.textOf(open) : String(d);
      })
      .join();
  }

  private textOf({ symbol, plus }: OpenAxis): string {
    return plus === 0 ? this.symbols[symbol]! : `${this.symbols[symbol]} + ${plus}`;
  }

  private openAt(position: number, axis: number): OpenAxis | undefined {
    return this.axes.find((open) => open.position === position && open.axis === axis);
  }
}

/** `N + 1` as the symbol N plus 1. */
function parsed(text: string): { symbol: string; plus: number } {
  const sum = /^(.*\S)\s*\+\s*(\d+)\s*$/.exec(text);
  return sum ? { symbol: sum[1]!.trim(), plus: Number(sum[2]) } : { symbol: text.trim(), plus: 0 };
}

function placeOf({ position, axis }: OpenAxis): string {
  return `axis ${axis} of tensor ${position}`;
}
