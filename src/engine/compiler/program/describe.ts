import { timesOf } from './summary.js';
import type { KernelSummary, LoopSummary, ProgramSummary, ScratchValue } from './summary.js';

/** Rows of the table of memory; what is left out is the smallest. */
const MAX_VALUES = 48;
/** Columns of the chart; with more kernels, each stands for several. */
const MAX_COLUMNS = 40;

/**
 * A program for a person to read: what it takes in all, its kernels in the order in which they run,
 * and which values share the scratch memory.
 */
export function describeProgram(program: ProgramSummary, tier: string): string {
  const { kernels, scratch, scratchBytes, residentBytes, residents } = program;
  const flops = kernels.reduce((n, k) => n + k.flops * timesOf(k), 0);
  const bytes = kernels.reduce((n, k) => n + k.bytes * timesOf(k), 0);
  const unshared = scratch.reduce((n, v) => n + v.bytes, 0);
  return [
    `${kernels.length} kernels on ${tier}: ${work(flops, bytes)}`,
    `memory: ${size(scratchBytes)} of scratch for ${size(unshared)} of values, ` +
      `${size(residentBytes)} of variables and constants (${residents})`,
    '',
    ...kernels.flatMap((k, i) => [
      ...describeLoops(k.loops, kernels[i - 1]?.loops ?? []),
      ...describeKernel(k, i + 1),
    ]),
    ...describeMemory(scratch, kernels.length),
  ].join('\n');
}

/** The loops that begin where those `before` were open. */
function describeLoops(loops: readonly LoopSummary[], before: readonly LoopSummary[]): string[] {
  const first = loops.findIndex((loop, i) => loop !== before[i]);
  if (first < 0) return [];
  return loops.slice(first).map(({ length, reverse, carries, outputs }, i) => {
    const parts = `${carries} carries, ${outputs} stacked outputs`;
    const indent = '  '.repeat(first + i);
    return `${indent}     scan of ${length} steps${reverse ? ' in reverse' : ''}, ${parts}:`;
  });
}

function describeKernel(k: KernelSummary, number: number): string[] {
  const times = k.tensors > 1 ? ` × ${k.tensors} tensors` : '';
  const space = k.workspaceBytes > 0 ? `, ${size(k.workspaceBytes)} of workspace` : '';
  const indent = '  '.repeat(k.loops.length);
  return [
    `${indent}${String(number).padStart(3)}  ${k.plan}${times}; ${work(k.flops, k.bytes)}${space}`,
    `${indent}     ${k.operations} → ${k.outputs.join(', ')}`,
  ];
}

function work(flops: number, bytes: number): string {
  const rate = bytes > 0 && flops > 0 ? `, ${ratio(flops / bytes)} FLOP/B` : '';
  return `${flops > 0 ? `${formatCount(flops)}FLOP, ` : ''}${size(bytes)} moved${rate}`;
}

function ratio(x: number): string {
  return x < 9.95 ? x.toFixed(1) : String(Math.round(x));
}

/** The values of the scratch memory by offset, with the kernels that need each as a chart. */
function describeMemory(values: readonly ScratchValue[], kernels: number): string[] {
  if (values.length === 0) return [];
  const bySize = [...values].sort((a, b) => b.bytes - a.bytes);
  const shown = bySize.slice(0, MAX_VALUES);
  shown.sort((a, b) => a.offset - b.offset || a.from - b.from);
  const left = bySize.slice(MAX_VALUES);
  const each = Math.ceil(kernels / MAX_COLUMNS);
  const columns = Math.ceil(kernels / each);
  const scale = each > 1 ? `, a column for ${each}` : '';
  const rows = shown.map((v) => {
    const [from, to] = [Math.min(v.from, kernels - 1), Math.min(v.to, kernels - 1)];
    const chart = Array.from({ length: columns }, (_, i) =>
      i >= Math.floor(from / each) && i <= Math.floor(to / each) ? '█' : '·',
    ).join('');
    const range = from === to ? `${from + 1}` : `${from + 1}–${to + 1}`;
    const cells = [String(v.offset).padStart(10), size(v.bytes).padStart(7), range.padStart(7)];
    return `${cells.join('  ')}  ${chart}  ${v.what}`;
  });
  const sum = left.reduce((n, v) => n + v.bytes, 0);
  return [
    '',
    `scratch memory by offset, and from which to which kernel each value is needed${scale}:`,
    ...rows,
    ...(left.length > 0 ? [`            and ${left.length} smaller values, ${size(sum)}`] : []),
  ];
}

function size(bytes: number): string {
  return `${formatCount(bytes)}B`;
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
