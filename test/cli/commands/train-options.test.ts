// covers: src/cli/common-options.ts
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadModel } from '../../../src/train/node.js';
import { someTables } from '../data/some-tables.js';
import { gradus } from '../run-gradus.js';
import { expectFailure } from './models.js';

const { flowers, houses, folder, put } = someTables();
const FLOWERS = `--data ${flowers} --target kind --val-fraction 0.25`;
const SMALL = '--hidden 16 --dropout 0 --batch-size 16 --lr 0.02';

/** The lines of --json. */
async function lines(args: string): Promise<Record<string, number>[]> {
  const { status, stdout, stderr } = await gradus(`${args} --json`);
  expect([status, stderr]).toEqual([0, '']);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, number>);
}

describe('--early-stop', () => {
  // So large a rate that the validation loss soon rises again.
  const EARLY = `train mlp ${FLOWERS} --hidden 16 --batch-size 8 --lr 0.3 --epochs 60 --early-stop 4`;

  test('ends behind the best epoch, whose weights are tested and saved', async () => {
    const file = join(folder, 'early.safetensors');
    const all = await lines(`${EARLY} --save ${file}`);
    const [epochs, final] = [all.slice(0, -1), all.at(-1)!];
    expect(epochs.length).toBeLessThan(60);
    const losses = epochs.map(({ valLoss }) => valLoss!);
    const best = losses.indexOf(Math.min(...losses)) + 1;
    expect([final.bestEpoch, epochs.length]).toEqual([best, best + 4]);
    const { metrics, training } = await loadModel(file);
    expect(metrics).toMatchObject({ valLoss: losses[best - 1], testLoss: final.loss });
    expect(training).toMatchObject({ earlyStop: 4, epochs: 60 });
    const again = JSON.parse((await gradus(`eval ${file} --json`)).stdout) as { loss: number };
    expect(again.loss).toBe(final.loss);
    // As a training of just that many epochs ends.
    const short = await lines(EARLY.replace('--epochs 60 --early-stop 4', `--epochs ${best}`));
    expect(short.at(-1)!.loss).toBe(final.loss);
  });

  test('says so, keeps it in the log, and a resumed run ends as it did', async () => {
    const run = join(folder, 'early');
    const { stdout } = await gradus(`${EARLY} --run ${run}`);
    expect(stdout).toMatch(
      /\nstopped after epoch (\d+) of 60: for 4 epochs no lower validation loss than that of epoch \d+\n/,
    );
    expect(readFileSync(join(run, 'report.html'), 'utf8')).toContain('no lower validation loss');
    expect(readFileSync(join(run, 'log.jsonl'), 'utf8')).toContain('--epochs 60 --early-stop 4');
    const result = /test loss .*\n/.exec(stdout)![0];
    expect((await gradus(`train mlp --resume ${run} --quiet`)).stdout).toBe(result);
  });

  test('in folds', async () => {
    const all = await lines(`${EARLY} --folds 2`);
    expect(all.map(({ bestEpoch }) => typeof bestEpoch)).toEqual(['number', 'number', 'undefined']);
  });

  test('what it needs', async () => {
    const fails = (args: string, message: RegExp) => expectFailure(`train mlp ${args}`, 2, message);
    await fails('--early-stop 0', /--early-stop is '0'; give an integer of at least 1/);
    await fails(
      '--early-stop 2 --val-fraction 0',
      /watches the validation loss; give a --val-fraction/,
    );
    await fails('--early-stop 2 --ema 0.9', /--ema tests their running mean; give one of the two/);
  });
});

describe('the network', () => {
  test('activation, norm and noise are in the file, and change what is learnt', async () => {
    const file = join(folder, 'options.safetensors');
    const args = `train mlp ${FLOWERS} ${SMALL} --epochs 4`;
    const losses = [(await lines(args)).at(-1)!.loss];
    for (const flags of [
      '--activation tanh',
      '--norm batch',
      '--norm layer',
      '--input-noise 0.2',
    ]) {
      losses.push((await lines(`${args} ${flags} --save ${file}`)).at(-1)!.loss);
      const { stdout } = await gradus(`eval ${file} --json`);
      expect((JSON.parse(stdout) as { loss: number }).loss).toBe(losses.at(-1));
    }
    expect(new Set(losses).size).toBe(5);
    expect((await loadModel(file)).options).toMatchObject({ inputNoise: 0.2, activation: 'relu' });
  });

  test('mixup: of training alone, for classes and for numbers', async () => {
    const [plain] = await lines(`train mlp ${FLOWERS} ${SMALL} --epochs 1`);
    const [mixed] = await lines(`train mlp ${FLOWERS} ${SMALL} --epochs 1 --mixup 0.4`);
    expect(mixed!.loss).not.toBe(plain!.loss);
    const numbers = `train mlp --data ${houses} --target price --missing fill ${SMALL} --epochs 2`;
    const run = join(folder, 'mixed');
    const last = (await lines(`${numbers} --mixup 0.4 --run ${run}`)).at(-1)!;
    expect(last.rmse).toBeGreaterThan(0);
    expect(last.rmse).not.toBe((await lines(numbers)).at(-1)!.rmse);
    expect(readFileSync(join(run, 'log.jsonl'), 'utf8')).toContain('--mixup 0.4');
    await expectFailure('train mlp --mixup 0', 2, /--mixup is '0'; give a number above 0/);
  });

  test('batch normalisation leaves out a last batch of one sample', async () => {
    // 72 rows to train on and validate on, 54 to train on: 53 and 1.
    const [first] = await lines(`train mlp ${FLOWERS} --norm batch --batch-size 53 --epochs 1`);
    expect(first!.loss).toBeGreaterThan(0);
    const args = `train mlp ${FLOWERS} --norm batch --batch-size 1`;
    await expectFailure(
      args,
      2,
      /--batch-size 1 leaves nothing to normalise by: batch normalisation/,
    );
  });

  test('flags that cannot be', async () => {
    const fails = (args: string, message: RegExp) => expectFailure(`train mlp ${args}`, 2, message);
    await fails(
      '--activation rlu',
      /no --activation 'rlu'; did you mean 'relu'\? Known: relu, leaky-/,
    );
    await fails('--norm group', /there is no --norm 'group'.* Known: none, batch, layer/);
    await fails('--input-noise -1', /--input-noise is '-1'; give a number of at least 0/);
    await expectFailure('train linear --activation tanh', 2, /unknown option '--activation'/);
  });

  test('all of it from a config file, for numbers, in folds', async () => {
    const config = put(
      'all.json',
      JSON.stringify({
        data: houses,
        target: 'price',
        ignore: ['id'],
        missing: 'fill',
        hidden: [16, 8],
        activation: 'gelu',
        norm: 'layer',
        inputNoise: 0.05,
        loss: 'huber',
        earlyStop: 3,
        valFraction: 0.2,
        batchSize: 16,
        epochs: 8,
        schedule: 'cosine',
        folds: 2,
      }),
    );
    const all = await lines(`train mlp --config ${config}`);
    expect(all).toHaveLength(3);
    expect(all[2]).toMatchObject({ final: true, folds: 2, rmse: expect.any(Number) as number });
  });
});
