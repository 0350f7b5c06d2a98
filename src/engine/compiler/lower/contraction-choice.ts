import type { Target } from '../ir/ir.js';
import {
  batchCount,
  kStep,
  planFor,
  sidesOf,
  type Plan,
  type Region,
  type Side,
  type Ways,
} from './contraction-plan.js';
import type { Contraction } from './contraction-types.js';
import { packedCount } from './pack-stage.js';
import { runsOf } from './widths.js';

/*
 * All costs are in times of one vector multiply-add at full speed, fitted to measurements on
 * WASM (Zen 4): n = 64…1024 in all layouts, the shapes of small MLPs, one to 32 rows.
 */
/** A unit of work: where it begins in each operand. */
const UNIT = 30;
/** A tile's call; the epilogue of a row, and of a vector or single lane in it. */
const TILE = 20;
const FINISH_ROW = 4;
const FINISH_VECTOR = 3;
/** Sums that leave the registers and come back. */
const RELOAD_VECTOR = 3;
const TURN_VECTOR = 3;
/** Multiply-adds that must be in flight, and loads that fit beside one. */
const LATENCY = 5.5;
const LOAD = 1.1;
/**
 * A vector copied as it is, of scalars, and transposed: that per bit of the lane index, of which those
 * beyond 128 bits cost more.
 */
const COPY = 4.5;
/** More where the copy of the whole operand does not stay in L2. */
const COPY_FAR = 13;
const L2_BYTES = 1 << 19;
const COPY_SCALAR = 3;
const COPY_TURNED = [1, 1, 2] as const;
const NARROW_BITS = 2;
/** Every packing is a stage of its own: a barrier and a wake-up. */
const STAGE = 600;
/** A cache line from L2, and one that misses the TLB too. */
const NEAR_LINE = 0.8;
const FAR_LINE = 5.5;
/** A cache line from beyond L2 in a run through packed panels, beside multiply-adds. */
const STREAMED_LINE = 6;
/** Rows of a tile that push each other out of L1, if they are more than this for each of its sets. */
const ROW_CONFLICT = 0.1;
const ROWS_PER_SET = 12;
const LINE = 64;
/** Lines touched by what lies across a border now and then. */
const STRADDLE = 1.4;
const L1_SETS = 64;
const L1_WAYS = 8;
const NEAR_BYTES = 256 * 1024;
/** With more rows a tile has not the registers to transpose as it goes. */
const TURNING_ROWS = 1;
/** Blocks of k where the lane operand is read in place: for streaming, and for L1. */
const K_BLOCKS = [16, 64] as const;
/** Block of k where a unit packs its own panels: they stay in L1. */
const LOCAL_K = 256;

/** Ways that are possible for a contraction. */
export function possibleWays(c: Contraction, target: Target): Ways[] {
  const lanes = target.vectorBytes / (c.elem === 'f64' ? 8 : 4);
  const { k } = c;
  if (k === 0) return [{ swapped: false, lane: 'turning', row: 'inPlace', kBlock: 0 }];
  const { a, b } = sidesOf(c);
  const step = kStep(c);
  const blockOf = (size: number): number => Math.max(1, Math.floor(size / step)) * step;
  const all: Ways[] = [];
  const stays = (isA: boolean): boolean => c.padded?.side === (isA ? 'a' : 'b');
  for (const swapped of c.a.rows ? [false] : [false, true]) {
    const [side, other] = swapped ? [a, b] : [b, a];
    for (const row of ['inPlace', 'rows'] as const) {
      if (row === 'rows' && (stays(!swapped) || c.a.rows)) continue;
      if (side.free === 1 && side.extent >= lanes) {
        for (const block of K_BLOCKS) {
          // Nothing but a single dimension of k strides so far that blocks help.
          if (step === 1 && block < k) all.push({ swapped, lane: 'inPlace', row, kBlock: block });
        }
        all.push({ swapped, lane: 'inPlace', row, kBlock: k });
      }
      if (side.k === 1 && step === 1 && other.extent <= TURNING_ROWS && !c.a.rows) {
        all.push({ swapped, lane: 'turning', row, kBlock: k });
      }
      if (stays(swapped)) continue;
      all.push({ swapped, lane: 'panels', row, kBlock: k });
      all.push({ swapped, lane: 'local', row, kBlock: k > 1.5 * LOCAL_K ? blockOf(LOCAL_K) : k });
    }
  }
  return all;
}

/** The cheapest way, by shape and strides alone. */
export function chooseWays(c: Contraction, target: Target): Ways {
  return cheapest(c, target).ways;
}

/** The cheapest way, and what it costs. */
export function cheapest(c: Contraction, target: Target): { ways: Ways; cost: number } {
  const ways = possibleWays(c, target);
  const costs = ways.map((w) => costOf(c, planFor(c, target, w)));
  const cost = Math.min(...costs);
  return { ways: ways[costs.indexOf(cost)]!, cost };
}

export function costOf(c: Contraction, plan: Plan): number {
  const products = plan.regions.reduce((sum, r) => sum + r.panels * panelCost(c, plan, r), 0);
  const units = plan.regions.reduce((sum, r) => sum + r.groups * r.blocks, 0);
  const packing = packCost(c, plan, 'lane') + packCost(c, plan, 'row');
  return batchCount(c) * (products + units * UNIT) + packing;
}

function panelCost(c: Contraction, plan: Plan, r: Region): number {
  const { tall, tiles, tallTiles } = r.rows;
  const cost = (h: number): number => tileCost(c, plan, r, h);
  const short = tiles - tallTiles;
  const sums = tallTiles * cost(tall) + (short > 0 ? short * cost(tall - 1) : 0);
  return sums + finishCost(plan, r);
}

function tileCost(c: Contraction, plan: Plan, r: Region, h: number): number {
  const v = r.vectors;
  const shuffles = plan.lane === 'turning' ? v * (1 + 0.7 * Math.log2(plan.lanes)) : 0;
  let step = Math.max(h * v + shuffles, LOAD * (h + v), LATENCY, streamCost(c, plan, r));
  if (plan.lane === 'inPlace') {
    const columns = v * plan.lanes;
    step += walkPenalty(plan, plan.laneSide, (columns * plan.bytes) / LINE);
  }
  if (plan.row === 'inPlace') {
    const { free, k, offsets } = plan.rowSide;
    const lines = offsets
      ? new Set(offsets.map((o) => Math.floor((o * plan.bytes) / LINE))).size
      : free * plan.bytes >= LINE
        ? h
        : 1;
    if (k !== 1 || plan.rowSide.walk.length > 1) step += walkPenalty(plan, plan.rowSide, lines);
    else if (h > ROWS_PER_SET * setsOf(free * plan.bytes)) step += h * ROW_CONFLICT;
  }
  const blocks = Math.max(1, Math.ceil(c.k / Math.max(1, plan.kBlock)));
  const reload = blocks > 1 ? RELOAD_VECTOR : 0;
  return c.k * step + blocks * (TILE + h * v * reload);
}

/** Per k, where what a row of tiles runs through of packed panels does not stay in L2. */
function streamCost(c: Contraction, plan: Plan, r: Region): number {
  if (plan.lane !== 'panels') return 0;
  const width = r.vectors * plan.lanes * plan.bytes;
  const bytes = width * c.k * (r.rows.tiles === 1 ? r.panels : 1);
  return bytes > L2_BYTES ? (width / LINE) * STREAMED_LINE : 0;
}

/** The epilogue over a panel's sums: rows of whole vectors and single lanes. */
function finishCost(plan: Plan, r: Region): number {
  const count = plan.rowSide.extent;
  const [rows, columns] = plan.swapped ? [r.width * r.blocks, count / r.blocks] : [count, r.width];
  const pieces = runsOf(plan.lanes, Math.floor(columns)).length;
  const turn = plan.swapped ? count * r.vectors * TURN_VECTOR : 0;
  return rows * (FINISH_ROW + pieces * FINISH_VECTOR) + turn;
}

/** Cost per k of walking through an operand in place, `lines` cache lines at a time. */
function walkPenalty(plan: Plan, { k, walk }: Side, lines: number): number {
  if (walk.length === 1) return linePenalty(k * plan.bytes, plan.kBlock, lines);
  // Runs of the innermost dimension; what they touch stays if all of it fits into half of L1.
  const inner = walk[walk.length - 1]!;
  const run = ((inner.extent - 1) * inner.by[0] * plan.bytes) / LINE + lines * STRADDLE;
  const runs = plan.kBlock / inner.extent;
  if (runs * run <= (L1_SETS * L1_WAYS) / 2) return 0;
  const far = runs * run * LINE > NEAR_BYTES ? FAR_LINE : NEAR_LINE;
  return (Math.min(run, inner.extent * lines * STRADDLE) / inner.extent) * far;
}

/** Cost per k of walking along k with a stride, `lines` cache lines at a time. */
function linePenalty(stride: number, k: number, lines: number): number {
  if (stride === 0) return 0;
  const aligned = stride % LINE === 0;
  const touched = Math.min(1, stride / LINE) * Math.max(1, lines) * (aligned ? 1 : STRADDLE);
  // Half of the cache is for the other operand.
  if (k * touched <= (setsOf(stride) * L1_WAYS) / 2) return 0;
  return touched * (k * stride <= NEAR_BYTES ? NEAR_LINE : FAR_LINE);
}

/** Sets of L1 that addresses with a stride in bytes fall into. */
function setsOf(stride: number): number {
  return stride % LINE === 0 ? L1_SETS / gcd(stride / LINE, L1_SETS) : L1_SETS;
}

function packCost(c: Contraction, plan: Plan, which: 'lane' | 'row'): number {
  const local = which === 'lane' && plan.lane === 'local';
  const packed = local || (which === 'lane' ? plan.lane === 'panels' : plan.row === 'rows');
  if (!packed) return 0;
  const operand = plan.swapped === (which === 'lane') ? 'a' : 'b';
  if (!local && c.lasting?.[operand]) return 0;
  const side = which === 'lane' ? plan.laneSide : plan.rowSide;
  const straight = which === 'lane' ? side.free === 1 : side.k === 1;
  const turned = which === 'lane' ? side.k === 1 : side.free === 1;
  const [once, perBit, perWideBit] = COPY_TURNED;
  const bits = Math.log2(plan.lanes);
  const wideBits = Math.max(0, bits - NARROW_BITS);
  const turning = once + perBit * (bits - wideBits) + perWideBit * wideBits;
  const turnedCost = turned ? turning : COPY_SCALAR * plan.lanes;
  let vector = straight ? COPY : turnedCost;
  const vectors = Math.ceil(side.extent / plan.lanes) * c.k;
  if (local) {
    if (straight) vector += walkPenalty(plan, side, 1) / 2;
    return vectors * batchCount(c) * plan.regions[0]!.blocks * vector;
  }
  const count = vectors * packedCount(side, c.batch);
  if (count * plan.lanes * plan.bytes > L2_BYTES) vector += COPY_FAR;
  return STAGE + count * vector;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
