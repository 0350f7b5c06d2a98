import type { Target } from '../compiler/ir/ir.js';
import type { KernelSummary, ProgramSummary } from '../compiler/program/summary.js';
import { timesOf } from '../compiler/program/summary.js';
import { MAX_THREADS } from './thread-control.js';

/**
 * What one thread gets done, measured on an EPYC of 2025 with vectors of 16 and of 64 bytes: simple
 * operations by nanosecond and byte of a vector, and bytes moved by nanosecond.
 */
const OPERATIONS = 0.8;
const BYTES = 60;
/** So long threads wait for each other after a kernel, in µs. */
const BARRIER_US = 0.5;
/**
 * A thread has to take so much work off the others, in µs. To wake it takes 25 of them on the same
 * machine, a virtual one, if it sleeps, and 0.5 if it does not.
 */
export const WORK_PER_THREAD_US = 50;

/** How many threads a step of a program is worth: from 1, which is most programs, to 64. */
export function worthwhileThreads(summary: ProgramSummary, target: Target): number {
  const threads = Math.floor(sharedTime(summary, target) / WORK_PER_THREAD_US);
  return Math.max(1, Math.min(threads, MAX_THREADS));
}

/** What threads can share of a step's work, less what it costs them to meet, in µs; roughly. */
export function sharedTime({ kernels }: ProgramSummary, target: Target): number {
  let time = 0;
  for (const k of kernels) {
    const shared = k.units > 1 ? kernelTime(k, target) : 0;
    time += timesOf(k) * (shared - BARRIER_US);
  }
  return time;
}

/** What a step takes on one thread, in µs; roughly. */
export function stepTime({ kernels }: ProgramSummary, target: Target): number {
  return kernels.reduce((sum, k) => sum + timesOf(k) * kernelTime(k, target), 0);
}

function kernelTime({ work, bytes }: KernelSummary, { vectorBytes }: Target): number {
  return Math.max(work / (OPERATIONS * vectorBytes), bytes / BYTES) / 1e3;
}
