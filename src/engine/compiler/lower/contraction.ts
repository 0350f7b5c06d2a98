import { invariant } from '../../core/errors.js';
import { FuncBuilder, i32 } from '../ir/builder.js';
import { BYTES_OF, type Func, type Target } from '../ir/ir.js';
import { cheapest, chooseWays } from './contraction-choice.js';
import {
  batchCount,
  ceilTo,
  type LaneMode,
  type Plan,
  planFor,
  type Ways,
} from './contraction-plan.js';
import { buildRegion, panelBytes, type Reach, slotOf } from './contraction-region.js';
import type {
  Contraction,
  Epilogue,
  LowerContraction,
  LoweredContraction,
  LoweredKernel,
} from './contraction-types.js';
import { isDot, lowerDot } from './dot.js';
import { foldBatch } from './fold-batch.js';
import { buildPack, packedCount, type PanelRun } from './pack-stage.js';
import { linearStrides } from './steps.js';

export type * from './contraction-types.js';

/** A dot product's beginning and end. */
const DOT = 30;

/**
 * Chooses how to carry out a contraction, by its shape and strides alone, and lowers it.
 *
 * Register tiles of a few rows of one operand times a few vectors of the other leave their sums in
 * scratch memory that stays in L1; the epilogue then runs over blocks of them. One operand has its
 * free dimension across the lanes: in place where that is contiguous, else packed into panels
 * [panel][k][lanes], else (one row) transposed in registers. The other is broadcast from where
 * it lies, unless walking along its k would miss the caches: then its rows are copied first.
 */
export const lowerContraction: LowerContraction = (c, target, prefix, epilogue) => {
  if (batchCount(c) === 0 || c.m === 0 || c.n === 0) {
    return { functions: [], stages: [], workspaceBytes: 0, plan: 'empty' };
  }
  if (isDot(c)) return lowerDot(c, target, prefix, epilogue);
  const folded = foldBatch(c, epilogue);
  const ways = chooseWays(folded.contraction, target);
  return lowerWith(folded.contraction, target, prefix, folded.epilogue, ways);
};

/** What a contraction costs in the cheapest way, in times of a vector multiply-add. */
export function costOfContraction(c: Contraction, target: Target): number {
  if (batchCount(c) === 0 || c.m === 0 || c.n === 0) return 0;
  if (isDot(c)) return batchCount(c) * (DOT + (c.k * BYTES_OF[c.elem]) / target.vectorBytes);
  return cheapest(foldBatch(c, () => undefined).contraction, target).cost;
}

/** Lowers in a given way: for tests and measurements. */
export function lowerWith(
  c: Contraction,
  target: Target,
  prefix: string,
  epilogue: Epilogue,
  ways: Ways,
): LoweredContraction {
  return new Lowering(c, planFor(c, target, ways), prefix, epilogue).lower();
}

class Lowering {
  private readonly functions = new Map<string, Func>();
  private readonly stages: LoweredKernel[] = [];
  private workspace = 0;

  constructor(
    private readonly c: Contraction,
    private readonly plan: Plan,
    private readonly prefix: string,
    private readonly epilogue: Epilogue,
  ) {
    const { a, b } = c;
    const strides = [a.m, a.k, b.k, b.n, ...c.batch.flatMap((d) => [d.aStride, d.bStride])];
    strides.push(...c.outerK.flatMap((d) => [d.a, d.b]));
    invariant(
      strides.every((s) => s >= 0),
      'a contraction has a negative stride',
    );
  }

  lower(): LoweredContraction {
    const lane = this.reachLane();
    const row = this.reachRow();
    this.emitMain(lane, row);
    return {
      functions: [...this.functions.values()],
      stages: this.stages,
      workspaceBytes: this.workspace,
      plan: describe(this.c, this.plan),
    };
  }

  private readonly keep = (func: Func): void => {
    if (!this.functions.has(func.name)) this.functions.set(func.name, func);
  };

  private reserve(bytes: number): number {
    const at = this.workspace;
    this.workspace = ceilTo(at + bytes, 64);
    return at;
  }

  private reachLane(): Reach {
    const { plan, c } = this;
    const { laneSide: side, bytes, lanes } = plan;
    const free = side.free * bytes;
    if (plan.lane !== 'panels') {
      return { free, k: plan.walk.map((d) => d.by[1] * bytes), copy: undefined };
    }
    let batchBytes = 0;
    const runs = plan.regions.map((r): PanelRun => {
      const at = batchBytes;
      const each = panelBytes(c, plan, r);
      batchBytes += r.panels * each;
      const pitch = r.vectors * lanes * bytes;
      return { panels: r.panels, width: r.width, start: r.start, at, bytes: each, pitch };
    });
    return { free: 0, k: [], copy: this.pack('lane', 'free', runs, batchBytes) };
  }

  private reachRow(): Reach {
    const { plan, c } = this;
    const { rowSide: side, bytes, lanes } = plan;
    if (plan.row === 'inPlace') {
      const k = plan.walk.map((d) => d.by[0] * bytes);
      return { free: side.free * bytes, k, copy: undefined };
    }
    // An odd number of cache lines spreads the rows over all sets of the cache.
    const pitch = 64 * (Math.ceil((c.k * bytes) / 64) | 1);
    const full = Math.floor(side.extent / lanes);
    const rest = side.extent - full * lanes;
    const common = { bytes: lanes * pitch, pitch };
    const runs: PanelRun[] = [];
    if (full > 0) runs.push({ panels: full, width: lanes, start: 0, at: 0, ...common });
    const start = full * lanes;
    if (rest > 0) runs.push({ panels: 1, width: rest, start, at: start * pitch, ...common });
    const copy = this.pack('row', 'k', runs, side.extent * pitch);
    return { free: pitch, k: linearStrides(plan.walk, bytes), copy };
  }

  private pack(
    which: 'lane' | 'row',
    contiguous: 'free' | 'k',
    runs: readonly PanelRun[],
    batchBytes: number,
  ): { at: number; batchBytes: number } {
    const { plan, c } = this;
    const side = which === 'lane' ? plan.laneSide : plan.rowSide;
    const at = this.reserve(batchBytes * packedCount(side, c.batch));
    const { functions, stage } = buildPack({
      name: `${this.prefix}_pack_${which}`,
      elem: c.elem,
      lanes: plan.lanes,
      bytes: plan.bytes,
      k: c.k,
      side,
      batch: c.batch,
      contiguous,
      runs,
      workspaceWord: c.words.workspace,
      at,
      batchBytes,
    });
    functions.forEach(this.keep);
    this.stages.push({ ...stage, reads: side.word });
    return { at, batchBytes };
  }

  /** The kernel (p, lo, hi) over the units of all regions. */
  private emitMain(lane: Reach, row: Reach): void {
    const { plan, c, prefix, epilogue } = this;
    const counts = plan.regions.map((r) => batchCount(c) * r.groups * r.blocks);
    const extent = counts.reduce((sum, n) => sum + n, 0);
    const slotBytes = Math.max(...plan.regions.map((r) => slotOf(c, plan, r).bytes));
    const slots = this.reserve(extent * slotBytes);
    const names = plan.regions.map((_, number) => {
      const name = `${prefix}_region${number}`;
      buildRegion({ name, contraction: c, plan, number, lane, row, epilogue }, this.keep);
      return name;
    });
    const b = new FuncBuilder(prefix);
    const p = b.param('p');
    const lo = b.param('lo');
    const hi = b.param('hi');
    // Ranges of different threads begin differently, so each has a slot of its own.
    const mine = b.add(i32(slots), b.mul(lo, i32(slotBytes)));
    const slot = b.add(b.load('i32', 1, p, 4 * c.words.workspace), mine);
    b.for(lo, hi, 1, (unit) => {
      const [first, second] = names;
      if (second === undefined) return b.call(first!, [p, unit, slot]);
      const end = i32(counts[0]!);
      b.if(
        b.cmp('lt', unit, end),
        () => b.call(first!, [p, unit, slot]),
        () => b.call(second, [p, b.sub(unit, end), slot]),
      );
    });
    this.keep(b.finish(true));
    this.stages.push({ entry: prefix, extent });
  }
}

const LANE_WORDS: Record<LaneMode, string> = {
  inPlace: 'in place',
  panels: 'packed',
  local: 'packed per unit',
  turning: 'turned in registers',
};

function describe(c: Contraction, plan: Plan): string {
  const lane = LANE_WORDS[plan.lane];
  const row = plan.row === 'inPlace' ? 'in place' : 'copied by rows';
  const [l, r] = plan.swapped ? ['A', 'B'] : ['B', 'A'];
  const tiles = plan.regions.map((of) => `${of.rows.tall}×${of.vectors * plan.lanes}`);
  const blocks = plan.kBlock < c.k ? `, k by ${plan.kBlock}` : '';
  return `${l} across lanes ${lane}, ${r} ${row}, tiles ${tiles.join(' and ')}${blocks}`;
}
