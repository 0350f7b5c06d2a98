import { FuncBuilder, i32, constant, type Mut } from '../ir/builder.js';
import { BYTES_OF, type Func, type Val } from '../ir/ir.js';
import { sizeOfSteps, type Step, type Steps } from './steps.js';
import { transposeLanes } from './transpose.js';

/** How a tile reads the operand whose free dimension lies across the lanes. */
export type LaneAccess =
  /** Lanes contiguous: the byte offset of each vector. */
  | { readonly kind: 'straight'; readonly offsets: readonly number[] }
  /** k contiguous: squares are transposed in registers. `count` free indices exist. */
  | { readonly kind: 'turning'; readonly free: number; readonly count: number };

/** A register tile of `rows` × `offsets.length` vectors. All distances in bytes. */
export interface TileSpec {
  readonly elem: 'f32' | 'f64' | 'i32';
  readonly lanes: number;
  readonly rows: number;
  /** Where the vectors of a row of sums go; overlapping ones hold equal values. */
  readonly offsets: readonly number[];
  /** Bytes between rows of sums. */
  readonly pitch: number;
  /** Where each row of the broadcast operand begins. */
  readonly row: { readonly offsets: readonly number[] };
  readonly lane: LaneAccess;
  /** The dimensions of k, outermost first, with the steps of the row and of the lane operand. */
  readonly walk: Steps<2>;
  /** Adds to the sums that are there, instead of to 0. */
  readonly accumulate: boolean;
  /** How far the second dimension of k goes is an argument, too. */
  readonly taps: boolean;
}

/** Multiply-adds of the steps that are unrolled. */
const UNROLLED = 32;
/** Steps of inner dimensions that are written out: so many in any case, or so many multiply-adds. */
const MOST_WRITTEN = 9;
const MOST_PRODUCTS = 128;

/*
 * V8 moves all loads of a basic block to its front, hence keeps them all in registers, or spills:
 * steps unrolled in one block run at a third of the speed. Therefore every step is a block of its
 * own, behind a branch. C compilers do not mind.
 */

/** Equal names are equal functions. */
export function tileName(t: TileSpec): string {
  const lane =
    t.lane.kind === 'straight' ? `s${t.lane.offsets.join('_')}` : `t${t.lane.free}c${t.lane.count}`;
  const sums = `${t.accumulate ? 'a' : ''}${t.offsets.join('_')}p${t.pitch}`;
  const { offsets } = t.row;
  const step = offsets[1] ?? 0;
  const even = offsets.every((o, r) => o === r * step);
  const rows = `${t.rows}f${even ? step : offsets.join('_')}`;
  // How far the outermost dimension goes is an argument.
  const open = (i: number): boolean => i === 0 || (i === 1 && t.taps);
  const k = t.walk.map(({ extent, by }, i) => `${by.join('_')}${open(i) ? '' : `x${extent}`}`);
  return `shared_tile${t.taps ? 's' : ''}_${t.elem}x${t.lanes}_r${rows}k${k.join('k')}_${lane}_${sums}`;
}

/**
 * (row, lane, sums, k): multiplies `rows` rows of one operand by the vectors of the other over k
 * steps of the outermost dimension, and stores the sums. With `taps` a fifth argument says how many
 * steps of the second dimension there are. Every sum is one chain over ascending k, and every address a pointer plus a
 * constant.
 */
export function buildTile(t: TileSpec): Func {
  const b = new FuncBuilder(tileName(t));
  const pointers = { row: b.param('row'), lane: b.param('lane') };
  const sums = b.param('sums');
  const k = b.param('k');
  const taps = t.taps ? b.param('taps') : undefined;
  const row = b.declare(pointers.row);
  const lane = b.declare(pointers.lane);
  const zero = constant({ elem: t.elem, lanes: t.lanes }, 0);
  const acc = Array.from({ length: t.rows }, (_, r) => {
    return t.offsets.map((o) => {
      return b.declare(t.accumulate ? b.load(t.elem, t.lanes, sums, r * t.pitch + o) : zero);
    });
  });
  const state = { row, lane, acc };
  if (t.lane.kind === 'straight') straightLoop(b, t, t.lane, state, [k, taps]);
  else turningLoop(b, t, t.lane, state, k);
  acc.forEach((vectors, r) => {
    vectors.forEach((v, j) => {
      b.store(t.elem, sums, b.read(v), r * t.pitch + t.offsets[j]!);
    });
  });
  return b.finish();
}

interface TileState {
  readonly row: Mut;
  readonly lane: Mut;
  readonly acc: readonly (readonly Mut[])[];
}

function advance(b: FuncBuilder, pointer: Mut, bytes: number): void {
  b.assign(pointer, b.add(b.read(pointer), i32(bytes)));
}

type Straight = Extract<LaneAccess, { kind: 'straight' }>;

/**
 * Loops over the dimensions of k. The innermost ones are written out where they are few steps, as
 * those of a convolution's window are; a longer one is a loop of a few steps a turn.
 */
function straightLoop(
  b: FuncBuilder,
  t: TileSpec,
  lane: Straight,
  s: TileState,
  counts: readonly (Val | undefined)[],
): void {
  const { walk } = t;
  let loops = walk.length;
  const most = Math.max(MOST_WRITTEN, Math.floor(MOST_PRODUCTS / (t.rows * t.offsets.length)));
  const least = t.taps ? 2 : 1;
  while (loops > least && sizeOfSteps(walk.slice(loops - 1)) <= most) loops--;
  const nest = (d: number): void => {
    const dim = walk[d]!;
    const to = counts[d] ?? i32(dim.extent);
    if (d === walk.length - 1) return turns(b, t, lane, s, { dim, to });
    b.for(i32(0), to, 1, (i) => {
      if (d + 1 < loops) {
        const [row, at] = [b.read(s.row), b.read(s.lane)];
        nest(d + 1);
        b.assign(s.row, b.add(row, i32(dim.by[0])));
        b.assign(s.lane, b.add(at, i32(dim.by[1])));
      } else {
        writtenOut(b, t, lane, s, { steps: walk.slice(loops), i });
        advance(b, s.row, dim.by[0]);
        advance(b, s.lane, dim.by[1]);
      }
    });
  };
  nest(0);
}

/** The innermost loop, several steps a turn, after which the pointers have moved on. */
function turns(
  b: FuncBuilder,
  t: TileSpec,
  lane: Straight,
  s: TileState,
  { dim, to }: { readonly dim: Step<2>; readonly to: Val },
): void {
  const steps = Math.max(1, Math.floor(UNROLLED / (t.rows * t.offsets.length)));
  const ends = Array.from({ length: Math.min(4, steps) }, (_, u) => b.sub(to, i32(u)));
  b.for(i32(0), to, ends.length, (i) => {
    const from = (u: number): void => {
      straightStep(b, t, lane, s, [0, 0]);
      advance(b, s.row, dim.by[0]);
      advance(b, s.lane, dim.by[1]);
      const end = ends[u + 1];
      if (end) b.if(b.cmp('lt', i, end), () => from(u + 1));
    };
    from(0);
  });
}

/** Every step of the innermost dimensions at an offset of its own from pointers that stay. */
function writtenOut(
  b: FuncBuilder,
  t: TileSpec,
  lane: Straight,
  s: TileState,
  { steps, i }: { readonly steps: Steps<2>; readonly i: Val },
): void {
  let places: (readonly [number, number])[] = [[0, 0]];
  for (const { extent, by } of steps) {
    places = places.flatMap(([x, y]) => {
      return Array.from({ length: extent }, (_, n) => [x + n * by[0], y + n * by[1]] as const);
    });
  }
  const from = (n: number): void => {
    straightStep(b, t, lane, s, places[n]!);
    if (n + 1 < places.length) fence(b, i, n, () => from(n + 1));
  };
  from(0);
}

function straightStep(
  b: FuncBuilder,
  t: TileSpec,
  lane: Straight,
  s: TileState,
  [rowStep, laneStep]: readonly [number, number],
): void {
  const rowAt = b.read(s.row);
  const laneAt = b.read(s.lane);
  const vectors = lane.offsets.map((o) => b.load(t.elem, t.lanes, laneAt, laneStep + o));
  s.acc.forEach((sums, r) => {
    const x = b.load(t.elem, 1, rowAt, rowStep + t.row.offsets[r]!);
    accumulate(b, b.splat(x, t.lanes), vectors, sums);
  });
}

function accumulate(b: FuncBuilder, x: Val, vectors: readonly Val[], sums: readonly Mut[]): void {
  vectors.forEach((v, j) => {
    const sum = sums[j]!;
    b.assign(sum, b.mulAdd(x, v, b.read(sum)));
  });
}

function turningLoop(
  b: FuncBuilder,
  t: TileSpec,
  lane: Extract<LaneAccess, { kind: 'turning' }>,
  s: TileState,
  k: Val,
): void {
  const main = b.bin('and', k, i32(-t.lanes));
  b.for(i32(0), main, t.lanes, (i) => turningSteps(b, t, lane, s, i, t.lanes));
  b.for(main, k, 1, (i) => turningSteps(b, t, lane, s, i, 1));
}

function turningSteps(
  b: FuncBuilder,
  t: TileSpec,
  lane: Extract<LaneAccess, { kind: 'turning' }>,
  s: TileState,
  i: Val,
  steps: number,
): void {
  const rowAt = b.read(s.row);
  const laneAt = b.read(s.lane);
  const rowStep = t.walk[0]!.by[0];
  const column = (j: number, u: number, square: readonly Val[]): void => {
    s.acc.forEach((sums, r) => {
      const x = b.load(t.elem, 1, rowAt, t.row.offsets[r]! + u * rowStep);
      accumulate(b, b.splat(x, t.lanes), [square[u]!], [sums[j]!]);
    });
  };
  const vector = (j: number): void => {
    // Beyond the last free index it is read again, and the lane's sum is not used.
    const places = Array.from({ length: t.lanes }, (_unused, lanes) => {
      return Math.min(j * t.lanes + lanes, lane.count - 1) * lane.free;
    });
    const square =
      steps === 1
        ? [b.pack(places.map((o) => b.load(t.elem, 1, laneAt, o)))]
        : transposeLanes(
            b,
            places.map((o) => b.load(t.elem, t.lanes, laneAt, o)),
          );
    for (let u = 0; u < steps; u++) column(j, u, square);
    if (j + 1 < t.offsets.length) fence(b, i, j, () => vector(j + 1));
  };
  vector(0);
  advance(b, s.row, steps * rowStep);
  advance(b, s.lane, steps * BYTES_OF[t.elem]);
}

/** An `if` that is always taken, and that V8 does not see through. */
function fence(b: FuncBuilder, i: Val, number: number, body: () => void): void {
  b.if(b.cmp('gt', i, i32(-1 - number)), body);
}
