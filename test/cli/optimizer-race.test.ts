import { expect, test } from 'vitest';
import { InterruptError } from '../../src/cli/interrupt.js';
import { MODELS } from '../../src/cli/models.js';
import { printRace, raceOptimizers, type RacePlan } from '../../src/cli/optimizer-race.js';
import { findDataset } from '../../src/data/node.js';
import { captureIo } from './run-gradus.js';

const plan: RacePlan = {
  family: MODELS.find(({ name }) => name === 'linear')!,
  familyOptions: {},
  data: await findDataset('digits').load(),
  seed: 0,
  batchSize: 32,
  device: 'wasm',
};

test('five optimizers start from the same loss, and learn', async () => {
  const racers = await raceOptimizers(plan, new AbortController().signal);
  expect(racers.map(({ name }) => name)).toEqual(['sgd', 'momentum', 'adagrad', 'rmsprop', 'adam']);
  expect(new Set(racers.map(({ losses }) => losses[0])).size).toBe(1);
  for (const { losses, accuracy } of racers) {
    expect(losses).toHaveLength(100);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    expect(accuracy).toBeGreaterThan(0.5);
  }
  const again = await raceOptimizers(plan, new AbortController().signal);
  expect(again).toEqual(racers);
});

test('an interruption ends it', async () => {
  await expect(raceOptimizers(plan, AbortSignal.abort())).rejects.toThrow(InterruptError);
});

test('a line for each, with curves on one scale', () => {
  const io = captureIo();
  const falling = [8, 4, 2, 1].flatMap((v) => Array<number>(25).fill(v));
  printRace(
    [
      { name: 'sgd', lr: 0.1, losses: falling, accuracy: 0.5 },
      { name: 'momentum', lr: 0.05, losses: falling.map((v) => v / 2), accuracy: 0.75 },
    ],
    io,
  );
  const lines = io.text().stdout.split('\n');
  expect(lines[0]).toMatch(/^optimizer +lr +last loss +val accuracy +loss of each step$/);
  expect(lines[1]).toMatch(/^sgd +0\.1 +1\.000 +50\.0% +█{6}▅▄+/);
  expect(lines[2]).toMatch(/^momentum +0\.05 +0\.500 +75\.0% +▄{6}▃?▂+▁+$/);
  expect(lines[1]!.length).toBe(lines[2]!.length);
});
