import { expect, it } from 'vitest';
import { SETTLED_RUNS, ThreadChoice } from '../../../src/engine/runtime/thread-choice.js';

/** The threads of so many runs, each of which takes what `ms` says. */
function runs(
  choice: ThreadChoice,
  count: number,
  most: number,
  ms: (threads: number) => number,
): number[] {
  return Array.from({ length: count }, () => {
    const threads = choice.next(most);
    choice.took(threads, ms(threads));
    return threads;
  });
}

it('tries one, half and all, and keeps the fastest', () => {
  const choice = new ThreadChoice();
  const trial = [1, 4, 8].flatMap((t) => [t, t, t, t]);
  expect(runs(choice, 12, 8, (t) => 8 / t)).toEqual(trial);
  expect(new Set(runs(choice, 100, 8, (t) => 8 / t))).toEqual(new Set([8]));
});

it('counts the fastest run of each: a slow one may be chance', () => {
  const choice = new ThreadChoice();
  let n = 0;
  runs(choice, 8, 2, (t) => (t === 2 && n++ < 3 ? 100 : 3 - t));
  expect(choice.next(2)).toBe(2);
});

it('tries again after a while, and when there are more threads', () => {
  const choice = new ThreadChoice();
  const all = runs(choice, 8 + SETTLED_RUNS, 2, (t) => t);
  expect(all.slice(8).every((t) => t === 1)).toBe(true);
  expect(runs(choice, 20, 2, (t) => 1 / t).slice(8)).toEqual(Array(12).fill(2));
  expect(new Set(runs(choice, 12, 4, (t) => t))).toEqual(new Set([1, 2, 4]));
});
