import type { GraphNode } from '../../graph/node.js';
import { sizeOf } from '../../core/shape.js';
import { byteSize } from '../../core/dtype.js';
import { walk } from '../kernel/expr.js';
import type { Launch } from './launch.js';
import type { Run } from './main.js';

/** The kernels of a program, for a person to read. */
export function describeProgram(
  runs: readonly Run[],
  stored: ReadonlySet<GraphNode>,
  scratchBytes: number,
): string {
  const lines: string[] = [];
  let flops = 0;
  let bytes = 0;
  runs.forEach(({ launches }, i) => {
    const first = launches[0]!;
    const moved = launches.reduce((n, l) => n + bytesOf(l), 0);
    const work = launches.reduce((n, l) => n + l.flops, 0);
    flops += work;
    bytes += moved;
    const times = launches.length > 1 ? ` × ${launches.length} tensors` : '';
    const size = `${formatCount(moved)}B` + (work > 0 ? `, ${formatCount(work)}FLOP` : '');
    lines.push(`${String(i + 1).padStart(3)}  ${first.plan}${times}  (${size})`);
    const writes = first.group.members
      .filter((m) => stored.has(m.node))
      .map((m) => `${m.node.dtype}[${m.node.shape.join(', ')}]`);
    lines.push(`     ${operations(first)} → ${writes.join(', ')}`);
  });
  const launchesText = `${runs.length} kernels`;
  const total = `${formatCount(flops)}FLOP in contractions, ${formatCount(bytes)}B moved`;
  return [
    `${launchesText}, ${total}, ${formatCount(scratchBytes)}B of scratch memory`,
    ...lines,
  ].join('\n');
}

function operations(launch: Launch): string {
  const counts = new Map<string, number>();
  const add = (op: string): void => void counts.set(op, (counts.get(op) ?? 0) + 1);
  for (const m of launch.group.members) if (m.role !== 'full' && m.role !== 'outer') add(m.node.op);
  for (const e of walk(launch.group.members.map((m) => m.expr))) {
    if (e.kind === 'apply') add(e.op);
    else if (e.kind === 'random') add('randomBits');
    else if (e.kind === 'iota') add('iota');
  }
  if (counts.size === 0) return 'copy';
  return [...counts].map(([op, n]) => (n > 1 ? `${op}×${n}` : op)).join(' ');
}

function bytesOf(launch: Launch): number {
  let bytes = 0;
  for (const w of launch.words) {
    if (w.kind === 'address') bytes += sizeOf(w.of.shape) * byteSize(w.of.dtype);
  }
  return bytes;
}

export function formatCount(n: number): string {
  const units = ['', 'k', 'M', 'G', 'T'];
  let i = 0;
  let x = n;
  while (x >= 1000 && i < units.length - 1) {
    x /= 1000;
    i++;
  }
  return `${x < 10 && i > 0 ? x.toFixed(1) : Math.round(x)} ${units[i]!}`;
}
