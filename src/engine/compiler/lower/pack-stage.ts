import { FuncBuilder, i32 } from '../ir/builder.js';
import type { Func, Val } from '../ir/ir.js';
import { batchOffset, splitIndex, type BatchExtent } from './batch-index.js';
import type { Side } from './contraction-plan.js';
import type { LoweredKernel } from './contraction-types.js';
import { buildCopy, copyName, type CopySpec } from './pack.js';
import { sizeOfSteps } from './steps.js';

/** A run of equal panels of the copy. */
export interface PanelRun {
  readonly panels: number;
  /** Free indices per panel. */
  readonly width: number;
  /** First free index. */
  readonly start: number;
  /** Place in the copy, and bytes per panel. */
  readonly at: number;
  readonly bytes: number;
  readonly pitch: number;
}

export interface PackSpec {
  readonly name: string;
  readonly elem: 'f32' | 'f64' | 'i32';
  readonly lanes: number;
  readonly bytes: number;
  readonly k: number;
  readonly side: Side;
  readonly batch: readonly BatchExtent[];
  readonly contiguous: 'free' | 'k';
  readonly runs: readonly PanelRun[];
  readonly workspaceWord: number;
  /** Where in the workspace the copy lies, and its size per batch index. */
  readonly at: number;
  readonly batchBytes: number;
}

/** Elements that a unit of packing copies, about. */
const UNIT = 16384;

/** A kernel (p, lo, hi) that copies an operand into panels, each batch index that it has once. */
export function buildPack(s: PackSpec): { functions: Func[]; stage: LoweredKernel } {
  const copies = s.runs.map((run): CopySpec => {
    const from = { free: s.side.free, walk: s.side.walk };
    const { elem, lanes, contiguous } = s;
    return { elem, lanes, count: run.width, from, pitch: run.pitch, contiguous };
  });
  const panels = s.runs.reduce((sum, run) => sum + run.panels, 0);
  const widest = Math.max(...s.runs.map((run) => run.width));
  // Chunks of k, in steps of its outermost dimension.
  const step = sizeOfSteps(s.side.walk.slice(1));
  const outer = s.k / step;
  const chunk = Math.min(outer, Math.max(1, Math.floor((s.side.free === 1 ? 64 : 512) / step)));
  const chunks = Math.ceil(outer / chunk);
  const perUnit = Math.max(1, Math.min(panels, Math.floor(UNIT / (widest * chunk * step))));
  const groups = Math.ceil(panels / perUnit);
  const kept = s.batch.filter((_, i) => isKept(s, i));
  const extent = kept.reduce((n, d) => n * d.extent, 1) * groups * chunks;

  const b = new FuncBuilder(s.name);
  const p = b.param('p');
  const source = b.load('i32', 1, p, 4 * s.side.word);
  const copy = b.add(b.load('i32', 1, p, 4 * s.workspaceWord), i32(s.at));
  const lo = b.param('lo');
  const hi = b.param('hi');
  b.for(lo, hi, 1, (unit) => {
    const [batchIndex, group, part] = splitIndex(b, unit, [groups, chunks]);
    const index = batchIndices(b, s, batchIndex!);
    const src = b.add(source, batchOffset(b, index, s.side.batch, s.bytes));
    const dst = b.add(copy, b.mul(batchIndex!, i32(s.batchBytes)));
    const k0 = b.mul(part!, i32(chunk));
    const k = b.bin('min', b.sub(i32(outer), k0), i32(chunk));
    const first = b.mul(group!, i32(perUnit));
    const last = b.bin('min', b.add(first, i32(perUnit)), i32(panels));
    b.for(first, last, 1, (panel) => copyPanel(b, s, copies, { src, dst, k0, k, panel }));
  });
  const helpers = new Map(copies.map((c) => [copyName(c), c]));
  const functions = [...[...helpers.values()].map(buildCopy), b.finish(true)];
  return { functions, stage: { entry: s.name, extent } };
}

function copyPanel(
  b: FuncBuilder,
  s: PackSpec,
  copies: readonly CopySpec[],
  at: { src: Val; dst: Val; k0: Val; k: Val; panel: Val },
): void {
  const from = (i: number, before: number): void => {
    const run = s.runs[i]!;
    const call = (): void => {
      const j = b.sub(at.panel, i32(before));
      const free = b.add(b.mul(j, i32(run.width)), i32(run.start));
      const kBytes = s.contiguous === 'k' ? s.bytes : run.pitch;
      const [outermost] = s.side.walk;
      const skipped = b.add(
        b.mul(free, i32(s.side.free * s.bytes)),
        b.mul(at.k0, i32(outermost!.by[0] * s.bytes)),
      );
      const step = sizeOfSteps(s.side.walk.slice(1));
      const place = b.add(b.mul(j, i32(run.bytes)), b.mul(at.k0, i32(step * kBytes)));
      const dst = b.add(at.dst, b.add(place, i32(run.at)));
      b.call(copyName(copies[i]!), [b.add(at.src, skipped), dst, at.k]);
    };
    if (i === s.runs.length - 1) call();
    else {
      const end = before + run.panels;
      b.if(b.cmp('lt', at.panel, i32(end)), call, () => from(i + 1, end));
    }
  };
  from(0, 0);
}

/** Batch dimensions that the operand does not vary with are packed once. */
function isKept(s: { readonly side: Side }, i: number): boolean {
  return s.side.batch[i] !== 0;
}

function batchIndices(b: FuncBuilder, s: PackSpec, index: Val): Val[] {
  const kept = s.batch.flatMap((d, i) => (isKept(s, i) ? [d.extent] : []));
  const parts = splitIndex(b, index, kept.slice(1));
  let next = 0;
  return s.batch.map((_, i) => (isKept(s, i) ? parts[next++]! : i32(0)));
}

/** The number of the copy that belongs to a batch index. */
export function packedIndex(
  b: FuncBuilder,
  side: Side,
  batch: readonly BatchExtent[],
  index: readonly Val[],
): Val {
  let number: Val = i32(0);
  batch.forEach((d, i) => {
    if (isKept({ side }, i)) number = b.add(b.mul(number, i32(d.extent)), index[i]!);
  });
  return number;
}

export function packedCount(side: Side, batch: readonly BatchExtent[]): number {
  return batch.reduce((n, d, i) => (isKept({ side }, i) ? n * d.extent : n), 1);
}
