import { byteSize } from '../../core/dtype.js';
import { formatShape, sizeOf } from '../../core/shape.js';
import type { GraphNode } from '../../graph/node.js';
import type { Role } from '../fuse/group.js';
import { costOf } from '../fuse/materialize.js';
import type { KernelExpr } from '../kernel/types.js';
import { walk } from '../kernel/expr.js';
import type { Launch } from './launch.js';
import type { Loop, Run, Step } from './steps.js';

/** A value in scratch memory, and the kernels from whose first to whose last it is needed. */
export interface ScratchValue {
  readonly what: string;
  readonly bytes: number;
  readonly offset: number;
  readonly from: number;
  readonly to: number;
}

export interface KernelSummary {
  /** Operations that it carries out, by name, those that give its loops their form first. */
  readonly operations: string;
  /** What it writes, as `f32[64, 10]`. */
  readonly outputs: readonly string[];
  /** How it loops, in words. */
  readonly plan: string;
  /** Of how many tensors, each by a row of the table, it is the kernel. */
  readonly tensors: number;
  readonly flops: number;
  /** Simple vector operations, by element, that would take as long as its arithmetic, roughly. */
  readonly work: number;
  /** Parts that threads can share out among them, at its widest stage. */
  readonly units: number;
  /** Of everything it reads or writes, each once. */
  readonly bytes: number;
  readonly workspaceBytes: number;
  /** The loops around it, outermost first. */
  readonly loops: readonly LoopSummary[];
}

/** A scan, whose kernels run once in each of its steps. */
export interface LoopSummary {
  readonly length: number;
  readonly reverse: boolean;
  readonly carries: number;
  readonly outputs: number;
}

/** What a program consists of: plain data, as a graph would keep tensors alive. */
export interface ProgramSummary {
  readonly kernels: readonly KernelSummary[];
  readonly scratch: readonly ScratchValue[];
  readonly scratchBytes: number;
  /** Of variables and constants that stay in memory of their own. */
  readonly residentBytes: number;
  readonly residents: number;
}

/** How often a kernel runs. */
export function timesOf({ loops }: KernelSummary): number {
  return loops.reduce((n, { length }) => n * length, 1);
}

export function typeOf(n: GraphNode): string {
  return `${n.dtype}${formatShape(n.shape)}`;
}

/** The kernels of all steps, in order. */
export function summarizeSteps(
  steps: readonly Step[],
  stored: ReadonlySet<GraphNode>,
  loops: readonly LoopSummary[] = [],
): KernelSummary[] {
  return steps.flatMap((step) => {
    if (step.kind === 'run') return [summarizeKernel(step, stored, loops)];
    return summarizeSteps(step.steps, stored, [...loops, summarizeLoop(step)]);
  });
}

function summarizeLoop({ scan }: Loop): LoopSummary {
  const { length, reverse, carries, body } = scan.attrs;
  return { length, reverse, carries, outputs: body.results.length - carries };
}

function summarizeKernel(
  { launches }: Run,
  stored: ReadonlySet<GraphNode>,
  loops: readonly LoopSummary[],
): KernelSummary {
  const first = launches[0]!;
  const total = (of: (l: Launch) => number): number => launches.reduce((n, l) => n + of(l), 0);
  return {
    operations: operationsOf(first),
    outputs: first.group.members.filter((m) => stored.has(m.node)).map((m) => typeOf(m.node)),
    plan: first.plan,
    tensors: launches.length,
    flops: total(flopsOf),
    work: total(workOf),
    units: total((l) => Math.max(0, ...l.stages.map((s) => s.extent))),
    bytes: total(bytesOf),
    workspaceBytes: total((l) => l.workspaceBytes),
    loops,
  };
}

/** Expressions, those of one kernel only once. */
function expressionsOf({ group }: Launch): KernelExpr[] {
  return walk(group.members.map((m) => m.expr));
}

function operationsOf(launch: Launch): string {
  const counts = new Map<string, number>();
  const add = (op: string): void => void counts.set(op, (counts.get(op) ?? 0) + 1);
  for (const m of launch.group.members) if (m.role !== 'full' && m.role !== 'outer') add(m.node.op);
  for (const e of expressionsOf(launch)) {
    if (e.kind === 'apply') add(e.op);
    else if (e.kind === 'random') add('randomBits');
    else if (e.kind === 'iota') add('iota');
  }
  if (counts.size === 0) return 'copy';
  return [...counts].map(([op, n]) => (n > 1 ? `${op}×${n}` : op)).join(' ');
}

/**
 * Multiplications and additions of contractions, and one for each elementwise operation and each
 * step of a reduction, by element.
 */
function flopsOf(launch: Launch): number {
  const { extents, members } = launch.group;
  let flops = launch.flops;
  for (const e of expressionsOf(launch)) if (e.kind === 'apply') flops += pointsOf(extents, e.dims);
  const steps = members.filter((m) => m.role === 'reduce' || m.role === 'scatter').length;
  return flops + steps * sizeOf(extents);
}

/** Operations of a contraction's register tile in the time of one of an elementwise loop. */
const TILED = 4;
/** Cost of a member's own part, by point of the kernel's loops. */
const ROLE_COST: Partial<Record<Role, number>> = {
  reduce: 1,
  scatter: 1,
  ids: 4,
  sort: 64,
  cumulative: 7,
};

/** As `flopsOf`, each operation by its cost. */
function workOf(launch: Launch): number {
  const { extents, members } = launch.group;
  let work = launch.flops / TILED;
  for (const e of expressionsOf(launch)) {
    if (e.kind === 'apply') work += costOf(e.op) * pointsOf(extents, e.dims);
    else if (e.kind === 'random') work += costOf('randomBits') * pointsOf(extents, e.dims);
  }
  for (const { role } of members) work += (ROLE_COST[role] ?? 0) * sizeOf(extents);
  return work;
}

function pointsOf(extents: readonly number[], dims: number): number {
  return extents.reduce((n, d, i) => ((dims >> i) & 1 ? n * d : n), 1);
}

function bytesOf(launch: Launch): number {
  let bytes = 0;
  for (const w of launch.words) {
    if (w.kind === 'address') bytes += sizeOf(w.of.shape) * byteSize(w.of.dtype);
  }
  return bytes;
}
