import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { augmentationFor } from '../../../src/cli/data/augmentations.js';
import { RandomCrop } from '../../../src/data/index.js';
import { loadModel } from '../../../src/train/node.js';
import { expectFailure } from '../commands/models.js';
import { gradus } from '../run-gradus.js';
import { someTables } from './some-tables.js';

const folder = mkdtempSync(join(tmpdir(), 'gradus-augment-'));
afterAll(() => rmSync(folder, { recursive: true }));
const { flowers } = someTables();

const SMALL = 'train linear --val-fraction 0.5 --epochs 2 --json';

/** Losses of each epoch, and of the test. */
async function losses(args: string): Promise<number[]> {
  const { status, stdout, stderr } = await gradus(`${SMALL} --workers 0 ${args}`);
  expect([status, stderr]).toEqual([0, '']);
  return lossesOf(stdout);
}

function lossesOf(stdout: string): number[] {
  const lines = stdout.trimEnd().split('\n');
  return lines.map((line) => (JSON.parse(line) as { loss: number }).loss);
}

describe('--augment', () => {
  test('changes the images that are trained on, whatever the number of threads', async () => {
    const file = join(folder, 'model.safetensors');
    const changed = await losses(`--augment flip,crop=3,erase --save ${file}`);
    const plain = lossesOf((await gradus(SMALL)).stdout);
    for (const workers of ['--workers 2', '']) {
      // Workers are files of the package as it is built.
      const args = `dist/cli/main.js ${SMALL} --device wasm --augment flip,crop=3,erase ${workers}`;
      const options = { encoding: 'utf8', env: { ...process.env, GRADUS_THREADS: '1' } } as const;
      const stdout = execFileSync(process.execPath, args.trim().split(' '), options);
      expect(lossesOf(stdout)).toEqual(changed);
    }
    expect(changed[0]).toBeGreaterThan(plain[0]!);
    expect((await loadModel(file)).training).toMatchObject({ augment: 'flip,crop=3,erase' });
  });

  test('is written down, and a run is gone on with', async () => {
    const run = join(folder, 'run');
    const args = '--augment rotate=5,jitter --epochs 2';
    const whole = await losses(args);
    expect(await losses(`${args} --run ${run}`)).toEqual(whole);
    expect(readFileSync(join(run, 'log.jsonl'), 'utf8')).toContain('--augment rotate=5,jitter');
    const { stdout } = await gradus(`train linear --resume ${run} --json`);
    expect((JSON.parse(stdout.trim()) as { loss: number }).loss).toBe(whole.at(-1));
  });

  test('works in folds, and with mixup', async () => {
    const { status, stdout } = await gradus(
      'train linear --epochs 1 --folds 2 --augment affine --workers 0 --mixup 0.2 --json',
    );
    expect([status, stdout.trimEnd().split('\n').length]).toEqual([0, 3]);
  });

  test('of a height of 28 pads a crop by 4', () => {
    const transform = augmentationFor(['crop'], [1, 28, 28], { mean: 0.5, std: 0.25 });
    expect(transform.toJSON()).toMatchObject({
      transforms: [
        new RandomCrop(28, { padding: 4 }).toJSON(),
        { transform: 'Normalize', mean: 0.5, std: 0.25 },
      ],
    });
  });

  test('says what is wrong with what is asked for', async () => {
    const wrong = (augment: string, message: RegExp): Promise<void> =>
      expectFailure(`train linear --augment ${augment}`, 2, message);
    await wrong('flipp', /--augment has no 'flipp'; did you mean 'flip'\? Known: flip, crop/);
    await wrong('crop=0', /--augment: crop is '0'; give a number above 0: pixels of padding/);
    await wrong('erase=2', /erase is '2'; give a number above 0 and at most 1: probability/);
    await wrong('flip,flip', /--augment has 'flip' twice; give each kind once/);
    await expectFailure(
      'train linear --workers 2',
      2,
      /--workers 2 has nothing to do without --augment; leave it out/,
    );
    await expectFailure(
      `train linear --data ${flowers} --target kind --augment flip`,
      2,
      /--augment is for images, and .* has rows; leave it out/,
    );
  });
});
