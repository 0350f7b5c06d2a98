import type { TypedArray } from '../engine/core/dtype.js';
import { allocate } from '../engine/core/dtype.js';
import { GradusError, IndexError, ShapeError } from '../engine/core/errors.js';
import type { Shape } from '../engine/core/shape.js';
import { sameShape, sizeOf } from '../engine/core/shape.js';
import type { BoundGraph } from '../engine/compiler/bounds/bound-graph.js';
import { Misaligned, boundGraph } from '../engine/compiler/bounds/bound-graph.js';
import type { NumberOfSizes } from '../engine/compiler/bounds/number-of-sizes.js';
import type { Size, Sizes } from '../engine/compiler/bounds/size.js';
import { fitSize, samplePoints, sizeAt } from '../engine/compiler/bounds/size.js';
import type { Aval } from '../engine/graph/node.js';
import { build } from '../engine/ops/index.js';
import type { ProgramSpec } from '../engine/runtime/device.js';
import { InputSource } from '../engine/runtime/storage.js';
import type { OpenSizes } from './bounds.js';
import { copyBox } from './box.js';
import type { Recording } from './recording.js';
import { rootsOf, sameSource } from './recording.js';

/** From this bound on other sizes are tried below it: further up they would meet other extents. */
const LARGE = 32;

/** A number that the program is given at each call. */
interface Scalar extends Aval {
  readonly valueAt: NumberOfSizes;
}

interface Sampled {
  readonly points: readonly Sizes[];
  readonly recordings: readonly Recording[];
  readonly graph: BoundGraph;
}

/** A function recorded for all sizes up to bounds: what its one program takes and gives. */
export class BoundedRecording {
  /** Recorded at the bounds. */
  readonly base: Recording;
  private readonly graph: BoundGraph;
  private readonly points: readonly Sizes[];
  private readonly scalars: Scalar[] = [];
  /** Of each check of an input its limits; undefined where they are no such numbers. */
  private readonly limits: readonly (readonly (Size | undefined)[])[];
  /** Inputs in the shapes of the bounds, zeros beyond what a call gives. */
  private readonly padded: TypedArray[] = [];

  constructor(
    private readonly name: string,
    private readonly open: OpenSizes,
    private readonly recordAt: (sizes: Sizes) => Recording,
  ) {
    // At a bound of 1 much is left out that other sizes need: it is recorded as for 2.
    const bounds = open.bounds.map((bound) => Math.max(2, bound));
    const { points, recordings, graph } = this.sampled(bounds);
    this.points = points;
    this.graph = graph;
    this.base = recordings[0]!;
    this.limits = this.base.trace.checks.map((check, i) => {
      return check.limits.map((_, k) => {
        const values = recordings.map((r) => r.trace.checks[i]?.limits[k] ?? NaN);
        return fitSize(values, this.points);
      });
    });
  }

  /** The program for all sizes. */
  get spec(): ProgramSpec {
    const { inputs, outputs, assigns } = this.base;
    const { roots } = this.graph;
    return {
      ...this.base,
      inputs: [...inputs, ...this.scalars],
      outputs: roots.slice(0, outputs.length),
      assigns: assigns.map(({ target }, i) => ({ target, value: roots[outputs.length + i]! })),
    };
  }

  /** Whether the program gives what the function does at these sizes. */
  isRightAt(sizes: Sizes): boolean {
    return this.graph.isRightAt(sizes);
  }

  /** The inputs of the program for a call with `values`, one for each tensor of the arguments. */
  inputsOf(values: readonly TypedArray[], sizes: Sizes): TypedArray[] {
    const full = values.map((data, position) => {
      const { shape, dtype } = this.base.inputs[position]!;
      const given = this.open.shapeAt(position, shape, sizes);
      if (sameShape(given, shape)) return data;
      const room = (this.padded[position] ??= allocate(dtype, sizeOf(shape)));
      room.fill(0);
      copyBox(data, given, room, shape);
      return room;
    });
    const scalars = this.scalars.map(({ dtype, valueAt }) => {
      const one = allocate(dtype, 1);
      one[0] = valueAt(sizes);
      return one;
    });
    return [...full, ...scalars];
  }

  /** The results of a call, cut out of those that the program returned. */
  outputsOf(values: readonly TypedArray[], sizes: Sizes): { data: TypedArray; shape: Shape }[] {
    return values.map((data, i) => {
      const { shape: bound, dtype } = this.graph.roots[i]!;
      const shape = this.graph.sizes[i]!.map((size) => sizeAt(size, sizes));
      if (sameShape(shape, bound)) return { data, shape };
      const cut = allocate(dtype, sizeOf(shape));
      copyBox(data, bound, cut, shape);
      return { data: cut, shape };
    });
  }

  /** Checks the values of a call's arguments. */
  check(values: readonly TypedArray[], sizes: Sizes): void {
    const { checks } = this.base.trace;
    if (this.limits.some((list) => list.includes(undefined))) {
      this.checkExactly(values, sizes);
      return;
    }
    try {
      checks.forEach(({ position, check }, i) => {
        check(
          values[position]!,
          this.limits[i]!.map((limit) => sizeAt(limit!, sizes)),
        );
      });
    } catch (error) {
      // The message may tell of the bounds: the same again as the call itself would say it.
      if (error instanceof IndexError) this.checkExactly(values, sizes);
      throw error;
    }
  }

  private checkExactly(values: readonly TypedArray[], sizes: Sizes): void {
    for (const { position, check, limits } of this.recordAt(sizes).trace.checks) {
      check(values[position]!, limits);
    }
  }

  /**
   * Recordings at the bounds and at other sizes, and what they tell. Where sizes on one side of the
   * bounds happen to meet a fixed extent, those on the other are tried.
   */
  private sampled(bounds: Sizes): Sampled {
    const upwards = bounds.some((bound) => bound < LARGE);
    let reason: unknown;
    for (const up of [upwards, !upwards]) {
      try {
        const points = samplePoints(bounds, up);
        const recordings = this.recordAll(points);
        return { points, recordings, graph: this.bound(points, recordings) };
      } catch (error) {
        if (!(error instanceof Misaligned || error instanceof SampleError)) throw error;
        if (!up || !reason) reason = error;
      }
    }
    throw reason;
  }

  private recordAll(points: readonly Sizes[]): Recording[] {
    return points.map((sizes, i) => {
      try {
        return this.recordAt(sizes);
      } catch (error) {
        if (i === 0 || !(error instanceof GradusError)) throw error;
        throw new SampleError(
          `compile: '${this.name}' works at its bounds but not at ${this.format(sizes)}: ` +
            error.message,
        );
      }
    });
  }

  private bound(points: readonly Sizes[], recordings: readonly Recording[]): BoundGraph {
    this.scalars.length = 0;
    const inputs = recordings[0]!.inputs.length;
    return boundGraph({
      name: this.name,
      symbols: this.open.symbols,
      points,
      roots: recordings.map(rootsOf),
      sameSource,
      isZeroBeyond: (source) => source instanceof InputSource,
      newScalar: (dtype, _key, valueAt) => {
        const position = inputs + this.scalars.push({ shape: [], dtype, valueAt }) - 1;
        return build.leaf(new InputSource(position), [], dtype);
      },
      recordAt: (sizes) => rootsOf(this.recordAt(sizes)),
    });
  }

  private format(sizes: Sizes): string {
    return this.open.symbols.map((symbol, s) => `${symbol} = ${sizes[s]}`).join(', ');
  }
}

/** Thrown where a function works at its bounds, but not at other sizes. */
class SampleError extends ShapeError {}
