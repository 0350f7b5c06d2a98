import { FuncBuilder, i32 } from '../ir/builder.js';
import type { Func, Val } from '../ir/ir.js';
import { batchOffset, splitIndex } from './batch-index.js';
import { ceilTo, firstRow, kStep, type Plan, type Region } from './contraction-plan.js';
import type { Contraction, Epilogue } from './contraction-types.js';
import {
  buildClear,
  buildFinish,
  buildTurn,
  clearName,
  turnName,
  type TurnSpec,
} from './finish.js';
import { buildTile, type LaneAccess, tileName, type TileSpec } from './micro-kernel.js';
import { buildCopy, copyName, type CopySpec } from './pack.js';
import { packedIndex } from './pack-stage.js';
import { widthsFor } from './widths.js';
import { linearStrides, mergeSteps, sizeOfSteps, type Steps } from './steps.js';

/** Where the tiles find an operand: its own memory, or a copy in the workspace. */
export interface Reach {
  /** Bytes; for each dimension of the plan's walk. */
  readonly free: number;
  readonly k: readonly number[];
  /** Set when packed: place in the workspace, bytes per batch index. */
  readonly copy: { readonly at: number; readonly batchBytes: number } | undefined;
}

export interface RegionSpec {
  readonly name: string;
  readonly contraction: Contraction;
  readonly plan: Plan;
  /** Which of the plan's regions. */
  readonly number: number;
  readonly lane: Reach;
  readonly row: Reach;
  readonly epilogue: Epilogue;
}

/** Scratch memory of a thread: the sums of a unit's panels, and one panel's transposed. */
export interface Slot {
  readonly bytes: number;
  readonly pitch: number;
  readonly panelBytes: number;
  readonly sumsBytes: number;
  readonly turnedPitch: number;
  /** Where the unit's own copy of a panel lies. */
  readonly localAt: number;
}

export function slotOf(c: Contraction, plan: Plan, r: Region): Slot {
  const rows = ceilTo(r.tilesPerBlock * r.rows.tall, plan.lanes);
  const columns = r.vectors * plan.lanes;
  const pitch = columns * plan.bytes;
  const panelBytes = ceilTo(rows * pitch, 64);
  const sumsBytes = panelBytes * (plan.kBlock < c.k ? r.panelsPerGroup : 1);
  const turnedPitch = rows * plan.bytes;
  const localAt = ceilTo(sumsBytes + (plan.swapped ? columns * turnedPitch : 0), 64);
  const bytes = localAt + (plan.lane === 'local' ? plan.kBlock * pitch : 0);
  return { bytes: ceilTo(bytes, 64), pitch, panelBytes, sumsBytes, turnedPitch, localAt };
}

/** Bytes of a panel of the lane operand's copy. */
export function panelBytes(c: Contraction, plan: Plan, r: Region): number {
  return ceilTo(c.k * r.vectors * plan.lanes * plan.bytes, 64);
}

/** Builds (p, unit, slot), which computes a block of tiles times a group of panels. */
export function buildRegion(spec: RegionSpec, keep: (func: Func) => void): void {
  new RegionBuilder(spec, keep).build();
}

interface Tiles {
  readonly tall: string | undefined;
  readonly short: string | undefined;
}

/** What the code of a unit works on. */
interface Unit {
  readonly p: Val;
  readonly sums: Val;
  readonly rowBase: Val;
  readonly laneBase: Val;
  readonly tile0: Val;
  readonly tile1: Val;
  readonly row0: Val;
  readonly rows: Val;
  readonly panel0: Val;
  readonly panel1: Val;
  readonly index: readonly Val[];
  /** The taps that are there, of the second dimension of k. */
  readonly taps: { readonly first: Val; readonly count: Val } | undefined;
}

class RegionBuilder {
  private readonly b: FuncBuilder;
  private readonly r: Region;
  private readonly slot: Slot;
  /** Values of k in a step of its outermost dimension; blocks of k are whole steps. */
  private readonly step: number;
  /** The dimensions of k with the steps in bytes of the rows and lanes as the tiles find them. */
  private readonly walk: Steps<2>;

  constructor(
    private readonly spec: RegionSpec,
    private readonly keep: (func: Func) => void,
  ) {
    this.b = new FuncBuilder(spec.name);
    this.r = spec.plan.regions[spec.number]!;
    this.slot = slotOf(spec.contraction, spec.plan, this.r);
    this.step = kStep(spec.contraction);
    const lane = this.laneSteps();
    this.walk = spec.plan.walk.map(({ extent }, i) => {
      return { extent, by: [spec.row.k[i]!, lane[i]!] };
    });
  }

  build(): void {
    const { b, spec, slot } = this;
    const { contraction: c, plan } = spec;
    const tiles = this.buildTiles();
    const finish = this.buildFinishing();
    const u = this.unit();
    if (plan.kBlock >= c.k) {
      this.panels(u, (panel) => {
        this.tiles(u, tiles, { panel, sums: u.sums, k0: i32(0), k: i32(c.k / this.step) });
        this.finishing(u, finish, panel, u.sums);
      });
    } else {
      this.keep(buildClear(c.elem, plan.lanes));
      b.call(clearName(c.elem, plan.lanes), [u.sums, i32(slot.sumsBytes)]);
      const sumsOf = (panel: Val): Val => {
        return b.add(u.sums, b.mul(b.sub(panel, u.panel0), i32(slot.panelBytes)));
      };
      const [steps, block] = [c.k / this.step, plan.kBlock / this.step];
      b.for(i32(0), i32(steps), block, (k0) => {
        const k = b.bin('min', b.sub(i32(steps), k0), i32(block));
        this.panels(u, (panel) => this.tiles(u, tiles, { panel, sums: sumsOf(panel), k0, k }));
      });
      this.panels(u, (panel) => this.finishing(u, finish, panel, sumsOf(panel)));
    }
    this.keep(b.finish());
  }

  private unit(): Unit {
    const { b, r, spec } = this;
    const { contraction: c, lane, row } = spec;
    const p = b.param('p');
    const unit = b.param('unit');
    const sums = b.param('slot');
    const [whole, group, block] = splitIndex(b, unit, [r.groups, r.blocks]);
    const batch = splitIndex(
      b,
      whole!,
      c.batch.slice(1).map((d) => d.extent),
    );
    const index = c.batch.map((_, d) => batch[d]!);
    const rowBase = this.base(p, row, 'row', index);
    const laneBase = this.base(p, lane, 'lane', index);
    const tile0 = b.mul(block!, i32(r.tilesPerBlock));
    const tile1 = b.bin('min', b.add(tile0, i32(r.tilesPerBlock)), i32(r.rows.tiles));
    const row0 = this.firstRow(tile0);
    const rows = b.sub(this.firstRow(tile1), row0);
    const panel0 = b.mul(group!, i32(r.panelsPerGroup));
    const panel1 = b.bin('min', b.add(panel0, i32(r.panelsPerGroup)), i32(r.panels));
    const taps = this.taps(index);
    return { p, sums, rowBase, laneBase, tile0, tile1, row0, rows, panel0, panel1, index, taps };
  }

  private taps(index: readonly Val[]): Unit['taps'] {
    const { b } = this;
    const { padded } = this.spec.contraction;
    if (!padded) return undefined;
    const { batch, stride, dilation, low, extent } = padded;
    // Tap k lies at dilation · k - before.
    const before = b.sub(i32(low), b.mul(index[batch]!, i32(stride)));
    const steps = (x: Val): Val => b.div(b.add(x, i32(dilation - 1)), i32(dilation));
    const first = b.bin('max', i32(0), steps(before));
    const end = b.bin('min', steps(b.add(before, i32(extent))), i32(this.walk[1]!.extent));
    return { first, count: b.bin('max', i32(0), b.sub(end, first)) };
  }

  private panels(u: Unit, body: (panel: Val) => void): void {
    this.b.for(u.panel0, u.panel1, 1, body);
  }

  /** The block's tiles on one panel, over k steps of the outermost dimension from k0. */
  private tiles(
    u: Unit,
    tiles: Tiles,
    at: { readonly panel: Val; readonly sums: Val; readonly k0: Val; readonly k: Val },
  ): void {
    const { b, r, spec, slot } = this;
    const laneAt = this.reachPanel(u, at);
    const rowAt = b.add(u.rowBase, b.mul(at.k0, i32(spec.row.k[0]!)));
    const k = b.mul(at.k, i32(this.step / sizeOfSteps(this.tileWalk().slice(1))));
    const skip = (to: Val, which: 0 | 1): Val => {
      return u.taps ? b.add(to, b.mul(u.taps.first, i32(this.walk[1]!.by[which]))) : to;
    };
    const [rowFrom, laneFrom] = [skip(rowAt, 0), skip(laneAt, 1)];
    const more = u.taps ? [u.taps.count] : [];
    const run = (fn: string | undefined, from: Val, to: Val): void => {
      if (fn === undefined) return;
      b.for(from, to, 1, (tile) => {
        const first = this.firstRow(tile);
        const sums = b.add(at.sums, b.mul(b.sub(first, u.row0), i32(slot.pitch)));
        const row = b.add(rowFrom, b.mul(first, i32(spec.row.free)));
        b.call(fn, [row, laneFrom, sums, k, ...more]);
      });
    };
    const border = i32(r.rows.tallTiles);
    run(tiles.tall, u.tile0, tiles.short === undefined ? u.tile1 : b.bin('min', u.tile1, border));
    run(tiles.short, b.bin('max', u.tile0, border), u.tile1);
  }

  /** What the operands cross as one is one dimension of the tile, unless its taps are counted. */
  private tileWalk(): Steps<2> {
    return this.spec.contraction.padded ? this.walk : mergeSteps(this.walk);
  }

  /** Address of a panel from k0 on, packed first if that is the unit's affair. */
  private reachPanel(u: Unit, at: { panel: Val; k0: Val; k: Val }): Val {
    const { b, r, slot } = this;
    const { plan, lane, contraction: c } = this.spec;
    const panel = b.add(u.laneBase, this.panelOffset(at.panel));
    if (plan.lane !== 'local') return b.add(panel, b.mul(at.k0, i32(this.walk[0]!.by[1])));
    const { free, walk } = plan.laneSide;
    const { elem } = c;
    const { lanes } = plan;
    const from = { free, walk };
    const { pitch } = slot;
    const copy: CopySpec = { elem, lanes, count: r.width, from, pitch, contiguous: 'free' };
    this.keep(buildCopy(copy));
    const to = b.add(u.sums, i32(slot.localAt));
    const k = b.mul(at.k, i32(this.step / sizeOfSteps(walk.slice(1))));
    b.call(copyName(copy), [b.add(panel, b.mul(at.k0, i32(lane.k[0]!))), to, k]);
    return to;
  }

  /** Bytes by which the lane operand, as the tiles find it, advances along each dimension of k. */
  private laneSteps(): readonly number[] {
    const { plan, lane } = this.spec;
    if (plan.lane === 'inPlace' || plan.lane === 'turning') return lane.k;
    return linearStrides(plan.walk, this.r.vectors * plan.lanes * plan.bytes);
  }

  private finishing(u: Unit, finish: string, panel: Val, sums: Val): void {
    const { b, r, slot } = this;
    const { plan } = this.spec;
    const column = b.add(i32(r.start), b.mul(panel, i32(r.width)));
    const width = i32(r.width);
    if (!plan.swapped) {
      const from = b.add(sums, i32(r.before * plan.bytes));
      b.call(finish, [u.p, from, u.rows, width, u.row0, column, ...u.index]);
      return;
    }
    const turned = b.add(u.sums, i32(slot.sumsBytes));
    b.call(turnName(this.turn()), [sums, turned, u.rows]);
    const from = b.add(turned, i32(r.before * slot.turnedPitch));
    b.call(finish, [u.p, from, width, u.rows, column, u.row0, ...u.index]);
  }

  private turn(): TurnSpec {
    const { lanes } = this.spec.plan;
    const columns = this.r.vectors * lanes;
    const { pitch: from, turnedPitch: to } = this.slot;
    return { elem: this.spec.contraction.elem, lanes, columns, from, to };
  }

  private buildFinishing(): string {
    const { r, slot } = this;
    const { plan, contraction: c, epilogue } = this.spec;
    const name = `${this.spec.name}_finish`;
    const whole = !plan.swapped && r.width % plan.lanes === 0 && r.vectors <= 2;
    const pitch = plan.swapped ? slot.turnedPitch : slot.pitch;
    const columns = whole ? r.width : undefined;
    const batchDims = c.batch.length;
    if (plan.swapped) this.keep(buildTurn(this.turn()));
    const { elem } = c;
    const { lanes } = plan;
    const count = plan.swapped ? plan.rowSide.extent : r.width;
    const widths = widthsFor(lanes, plan.swapped && r.blocks > 1 ? undefined : count);
    this.keep(buildFinish({ name, elem, lanes, pitch, columns, widths, batchDims, epilogue }));
    return name;
  }

  private buildTiles(): Tiles {
    const { tall, tiles, tallTiles } = this.r.rows;
    const build = (rows: number): string => {
      const tile = this.tileOf(rows);
      this.keep(buildTile(tile));
      return tileName(tile);
    };
    return {
      tall: tallTiles > 0 ? build(tall) : undefined,
      short: tallTiles < tiles ? build(tall - 1) : undefined,
    };
  }

  private tileOf(rows: number): TileSpec {
    const { plan, contraction: c, lane, row } = this.spec;
    const walk = this.tileWalk();
    const taps = c.padded !== undefined;
    const offsets = this.r.offsets.map((o) => o * plan.bytes);
    const access: LaneAccess =
      plan.lane === 'turning'
        ? { kind: 'turning', free: lane.free, count: this.r.width }
        : { kind: 'straight', offsets };
    const { elem } = c;
    const { pitch } = this.slot;
    const accumulate = plan.kBlock < c.k;
    const common = { elem, lanes: plan.lanes, rows, offsets, pitch, walk, accumulate, taps };
    const { offsets: own } = plan.rowSide;
    const at = Array.from({ length: rows }, (_, r) => (own ? own[r]! * plan.bytes : r * row.free));
    return { ...common, row: { offsets: at }, lane: access };
  }

  /** Address of an operand, or of its copy, at a batch index. */
  private base(p: Val, reach: Reach, which: 'lane' | 'row', index: readonly Val[]): Val {
    const { b } = this;
    const { plan, contraction: c } = this.spec;
    const side = which === 'lane' ? plan.laneSide : plan.rowSide;
    if (!reach.copy) {
      const address = b.load('i32', 1, p, 4 * side.word);
      return b.add(address, batchOffset(b, index, side.batch, plan.bytes));
    }
    const copy = b.add(b.load('i32', 1, p, 4 * c.words.workspace), i32(reach.copy.at));
    const number = packedIndex(b, side, c.batch, index);
    return b.add(copy, b.mul(number, i32(reach.copy.batchBytes)));
  }

  private panelOffset(panel: Val): Val {
    const { b, r } = this;
    const { plan, contraction: c, lane, number } = this.spec;
    if (!lane.copy) {
      const first = i32((r.start - r.before) * lane.free);
      return b.add(first, b.mul(panel, i32(r.width * lane.free)));
    }
    const before = plan.regions.slice(0, number);
    const start = before.reduce((sum, of) => sum + of.panels * panelBytes(c, plan, of), 0);
    return b.add(i32(start), b.mul(panel, i32(panelBytes(c, plan, r))));
  }

  private firstRow(tile: Val): Val {
    const { b } = this;
    const { tall, tallTiles, tiles } = this.r.rows;
    if (tallTiles === tiles) return b.mul(tile, i32(tall));
    if (tile.kind === 'const') return i32(firstRow(this.r.rows, tile.value));
    return b.add(b.mul(tile, i32(tall - 1)), b.bin('min', tile, i32(tallTiles)));
  }
}
