import type { Stmt } from '../../compiler/ir/ir.js';

type Loop = Extract<Stmt, { kind: 'for' }>;

/** Turns of a loop that is written out, and statements that may come of it. */
const MOST_TURNS = 16;
const MOST_STATEMENTS = 192;

/**
 * The turns of a loop that the compiler is asked to write out, as it would not by itself: of few turns
 * and a small body, such as those over the taps of a window.
 */
export function turnsWrittenOut(loop: Loop): number | undefined {
  const turns = turnsOf(loop);
  return turns !== undefined && sizeOf(loop) <= MOST_STATEMENTS ? turns : undefined;
}

function turnsOf({ from, to, step }: Loop): number | undefined {
  if (from.kind !== 'const' || to.kind !== 'const') return undefined;
  const turns = Math.ceil((to.value - from.value) / step);
  return turns > 1 && turns <= MOST_TURNS ? turns : undefined;
}

/** Statements of a loop once it and all in it are written out; infinite if they are not. */
function sizeOf(loop: Loop): number {
  const turns = turnsOf(loop);
  if (turns === undefined) return Infinity;
  return turns * loop.body.reduce((sum, s) => sum + sizeOfStatement(s), 0);
}

function sizeOfStatement(s: Stmt): number {
  if (s.kind === 'for') return sizeOf(s);
  return s.kind === 'if' || s.kind === 'call' || s.kind === 'barrier' ? Infinity : 1;
}
