import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { RandomStream } from '../../../src/data/random.js';
import { listCheckpoints, loadCheckpoint } from '../../../src/train/node.js';

const child = resolve('test/train/node/kill-child.mjs');
const parent = mkdtempSync(join(tmpdir(), 'gradus-kill-'));
afterAll(() => rmSync(parent, { recursive: true }));

/** Kills that have to land, at most so many in a folder, whose run is then left alone. */
const KILLS = 50;
const IN_A_ROW = 5;
const AT_ONCE = 2;

/** So long after so many steps of this process. */
interface Moment {
  readonly steps: number;
  readonly milliseconds: number;
}

/** Runs the training to its end, or to a moment; what it has come to, or undefined if killed. */
function run(folder: string, moment?: Moment): Promise<string | undefined> {
  const started = spawn(process.execPath, [child, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  started.stdout.on('data', (chunk: Buffer) => {
    const before = stdout.length;
    stdout += chunk.toString();
    if (moment === undefined || before > moment.steps || stdout.length <= moment.steps) return;
    setTimeout(() => started.kill('SIGKILL'), moment.milliseconds);
  });
  started.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((done, fail) => {
    started.on('close', (status, signal) => {
      if (signal === 'SIGKILL') done(undefined);
      else if (status === 0) done(stdout.replace(/^\.*/, ''));
      else fail(new Error(stderr));
    });
  });
}

/** How many checkpoints there are; each of them has to be whole. */
async function countWhole(folder: string): Promise<number> {
  const files = await listCheckpoints(folder);
  for (const { file } of files) await loadCheckpoint(file);
  return files.length;
}

describe.skipIf(!existsSync(resolve('dist/train/node.js')))('SIGKILL', () => {
  test(`${KILLS} runs, killed at random moments, resume to the same bits`, async () => {
    const expected = (await run(join(parent, 'whole')))!;
    expect((JSON.parse(expected) as { losses: unknown[] }).losses).toHaveLength(3);
    let [killed, folders] = [0, 0];
    const worker = async (): Promise<void> => {
      // A run that ends before its moment is no kill: another folder makes up for it.
      while (killed < KILLS) {
        const number = folders++;
        const folder = join(parent, String(number));
        const random = new RandomStream(1, 'split', number);
        for (let i = 0; i < IN_A_ROW; i++) {
          const moment = { steps: random.below(5), milliseconds: random.uniform(0, 8) };
          if ((await run(folder, moment)) === undefined) killed++;
          // A kill between a rename and the removal that follows leaves one more than the two kept.
          expect(await countWhole(folder)).toBeLessThanOrEqual(3 + i);
        }
        expect(await run(folder)).toBe(expected);
        expect(await readdir(folder)).toHaveLength(2);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    expect(killed).toBeGreaterThanOrEqual(KILLS);
  }, 120_000);
});
