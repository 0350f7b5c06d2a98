import { BYTES_OF, type Target } from '../ir/ir.js';
import type { Contraction } from './contraction-types.js';
import { mergeSteps, sizeOfSteps, type Steps } from './steps.js';

/** An operand as the tiles see it: its free dimension, k, and its batch dimensions. */
export interface Side {
  /** Word of the parameter row with its address. */
  readonly word: number;
  readonly extent: number;
  /** Strides in elements. */
  readonly free: number;
  /** The offset of each free index, where they are at no constant distance. */
  readonly offsets?: readonly number[];
  /** Of the innermost of `walk`. */
  readonly k: number;
  /** The dimensions of k, outermost first; those that this operand crosses as one are merged. */
  readonly walk: Steps<1>;
  readonly batch: readonly number[];
}

/**
 * How the operand across the lanes is read: in place; from panels that a stage of its own packs;
 * from a panel that each unit of work packs for itself; or turned in registers.
 */
export type LaneMode = 'inPlace' | 'panels' | 'local' | 'turning';
/** How the operand that is broadcast is read. */
export type RowMode = 'inPlace' | 'rows';

/** How one orientation of the product would be carried out. */
export interface Ways {
  /** Lanes lie along m; blocks of sums are transposed before the epilogue. */
  readonly swapped: boolean;
  readonly lane: LaneMode;
  readonly row: RowMode;
  /**
   * Values of k after which the tiles move on, to come back for the next ones when the whole unit
   * has had these; the sums wait in memory. A multiple of `kStep`. k itself: never.
   */
  readonly kBlock: number;
}

/** Rows in tiles of `tall` or one less rows, the tall ones first. */
export interface Tiling {
  readonly tiles: number;
  readonly tall: number;
  readonly tallTiles: number;
}

/** A range of the lane operand's free dimension that is computed with the same tiles. */
export interface Region {
  /** First index and indices per panel. */
  readonly start: number;
  readonly width: number;
  readonly panels: number;
  readonly vectors: number;
  /** Loads in place begin this many indices before `start`, so as to end at the last one. */
  readonly before: number;
  /** Index of each vector of a panel, from start - before. */
  readonly offsets: readonly number[];
  readonly rows: Tiling;
  /** A unit of work is a block of tiles times a group of panels. */
  readonly tilesPerBlock: number;
  readonly blocks: number;
  readonly panelsPerGroup: number;
  readonly groups: number;
}

export interface Plan extends Ways {
  readonly lanes: number;
  readonly bytes: number;
  readonly laneSide: Side;
  readonly rowSide: Side;
  /** The dimensions of k with the strides of the row and of the lane operand. */
  readonly walk: Steps<2>;
  readonly regions: readonly Region[];
}

/** Shares of the caches that blocks of the two operands may take. */
const LANE_GROUP_BYTES = 256 * 1024;
const ROW_BLOCK_BYTES = 128 * 1024;
const MOST_ROWS_PER_BLOCK = 128;
/** Sums of a unit that wait while the other values of k come. */
const MOST_SUMS_BYTES = 64 * 1024;
/** Enough units for 16 threads, unless they became too small to be worth a call. */
const UNITS = 48;
const SMALLEST_UNIT = 1 << 17;
/** Operands that do not fit into L2 are read again by every unit: fewer units. */
const L2_BYTES = 1 << 20;
const FEW_UNITS = 16;

/** The dimensions of k, outermost first, with the strides of A and B. */
export function walkOf(c: Contraction): Steps<2> {
  const inner = { extent: c.k, by: [c.a.k, c.b.k] as const };
  if (c.k === 0) return [inner];
  const outer = c.outerK.map((d) => ({ extent: d.extent, by: [d.a, d.b] as const }));
  const all = [...outer, { ...inner, extent: c.k / sizeOfSteps(outer) }];
  return c.padded ? all : mergeSteps(all);
}

/** Values of k that one step of the outermost dimension covers. */
export function kStep(c: Contraction): number {
  return sizeOfSteps(walkOf(c).slice(1));
}

export function sidesOf(c: Contraction): { a: Side; b: Side } {
  const { words, batch } = c;
  const walk = walkOf(c);
  const side = (which: 0 | 1): Pick<Side, 'walk' | 'k'> => {
    const own = mergeSteps(walk.map((d) => ({ extent: d.extent, by: [d.by[which]] as const })));
    return { walk: own, k: own[own.length - 1]!.by[0] };
  };
  const [aBatch, bBatch] = [batch.map((d) => d.aStride), batch.map((d) => d.bStride)];
  const offsets = c.a.rows ? { offsets: c.a.rows } : {};
  return {
    a: { word: words.a, extent: c.m, free: c.a.m, ...offsets, ...side(0), batch: aBatch },
    b: { word: words.b, extent: c.n, free: c.b.n, ...side(1), batch: bBatch },
  };
}

export function batchCount(c: Contraction): number {
  return c.batch.reduce((count, d) => count * d.extent, 1);
}

export function planFor(c: Contraction, target: Target, ways: Ways): Plan {
  const bytes = BYTES_OF[c.elem];
  const lanes = target.vectorBytes / bytes;
  const { a, b } = sidesOf(c);
  const laneSide = ways.swapped ? a : b;
  const rowSide = ways.swapped ? b : a;
  const shape = shapeOf(target, ways.lane, laneSide.extent, rowSide.extent, lanes);
  const panelWidth = shape.vectors * lanes;
  const panels = Math.floor(laneSide.extent / panelWidth);
  const rest = laneSide.extent - panels * panelWidth;
  const { kBlock } = ways;
  const columns = laneSide.extent;
  const work = { batch: batchCount(c), rows: rowSide.extent, columns, k: c.k, kBlock, bytes };
  const regions: Region[] = [];
  if (panels > 0) {
    const offsets = Array.from({ length: shape.vectors }, (_, i) => i * lanes);
    const place = { start: 0, width: panelWidth, panels, vectors: shape.vectors, before: 0 };
    regions.push({ ...place, offsets, ...blocksOf(work, shape.rows, panels, panelWidth) });
  }
  if (rest > 0) {
    const vectors = Math.ceil(rest / lanes);
    const rows = Math.min(rowSide.extent, rowsFor(target, vectors));
    const overlap = ways.lane === 'inPlace';
    const before = overlap ? Math.max(0, lanes - rest) : 0;
    const last = rest + before - lanes;
    const offsets = Array.from({ length: vectors }, (_, i) => {
      return overlap ? Math.min(i * lanes, last) : i * lanes;
    });
    const start = panels * panelWidth;
    const place = { start, width: rest, panels: 1, vectors, before };
    regions.push({ ...place, offsets, ...blocksOf(work, rows, 1, rest) });
  }
  const walk = walkOf(c).map(({ extent, by: [x, y] }) => {
    return { extent, by: ways.swapped ? ([y, x] as const) : ([x, y] as const) };
  });
  return { ...ways, lanes, bytes, laneSide, rowSide, walk, regions };
}

/** Rows of the tile that has `vectors` vectors, such that everything stays in registers. */
function rowsFor(target: Target, vectors: number): number {
  const { rows, vectors: full } = target.tile;
  if (vectors >= full) return Math.max(1, Math.floor((rows * full) / vectors));
  return Math.floor((rows * full * 3) / (4 * vectors));
}

function shapeOf(
  target: Target,
  mode: LaneMode,
  columns: number,
  rows: number,
  lanes: number,
): { rows: number; vectors: number } {
  const { tile } = target;
  const wanted = Math.ceil(columns / lanes);
  const most = mode === 'turning' ? tile.vectors : 6;
  let vectors = tile.vectors;
  if (rows < tile.rows) {
    // Fewer rows leave registers for more vectors: 1 × 6, 2 × 4, 3 × 2 of the tile 4 × 2.
    while (vectors < most && rowsFor(target, vectors + 1) >= rows) vectors++;
  }
  vectors = Math.min(vectors, wanted);
  return { vectors, rows: Math.min(rows, rowsFor(target, vectors)) };
}

interface Work {
  readonly batch: number;
  readonly rows: number;
  readonly columns: number;
  readonly k: number;
  readonly kBlock: number;
  readonly bytes: number;
}

/** Splits rows evenly into tiles, and the product into units of work. */
function blocksOf(
  work: Work,
  tileRows: number,
  panels: number,
  panelWidth: number,
): Pick<Region, 'rows' | 'tilesPerBlock' | 'blocks' | 'panelsPerGroup' | 'groups'> {
  const { bytes } = work;
  const k = Math.max(1, work.k);
  const tiles = Math.ceil(work.rows / tileRows);
  const tall = Math.ceil(work.rows / tiles);
  const rows = { tiles, tall, tallTiles: work.rows - tiles * (tall - 1) };
  const fit = (room: number, one: number, all: number): number => {
    return Math.max(1, Math.min(all, Math.floor(room / one)));
  };
  const depth = Math.max(1, work.kBlock) * bytes;
  let perBlock = fit(ROW_BLOCK_BYTES, tall * depth, tiles);
  perBlock = fit(MOST_ROWS_PER_BLOCK, tall, perBlock);
  let perGroup = fit(LANE_GROUP_BYTES, panelWidth * depth, panels);
  if (work.kBlock < work.k) {
    perGroup = fit(MOST_SUMS_BYTES, perBlock * tall * panelWidth * bytes, perGroup);
  }
  const enough = k * bytes * (work.rows + work.columns) > L2_BYTES ? FEW_UNITS : UNITS;
  const count = (): number => {
    return work.batch * Math.ceil(panels / perGroup) * Math.ceil(tiles / perBlock);
  };
  const size = (): number => 2 * perGroup * panelWidth * perBlock * tall * k;
  while (count() < enough && size() > SMALLEST_UNIT && (perGroup > 1 || perBlock > 1)) {
    if (perBlock === 1 || (perGroup > 1 && perGroup * panelWidth >= perBlock * tall)) {
      perGroup = Math.ceil(perGroup / 2);
    } else {
      perBlock = Math.ceil(perBlock / 2);
    }
  }
  const groups = Math.ceil(panels / perGroup);
  const blocks = Math.ceil(tiles / perBlock);
  return {
    rows,
    tilesPerBlock: Math.ceil(tiles / blocks),
    blocks: Math.ceil(tiles / Math.ceil(tiles / blocks)),
    panelsPerGroup: Math.ceil(panels / groups),
    groups: Math.ceil(panels / Math.ceil(panels / groups)),
  };
}

/** First row of a tile. */
export function firstRow(t: Tiling, tile: number): number {
  return tile * (t.tall - 1) + Math.min(tile, t.tallTiles);
}

export function ceilTo(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
