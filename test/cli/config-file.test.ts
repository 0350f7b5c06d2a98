// covers: src/cli/option-json.ts
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, describe, expect, test } from 'vitest';
import { addCommonOptions, type CommonOptions } from '../../src/cli/common-options.js';
import { applyConfigFile } from '../../src/cli/config-file.js';
import { MODELS } from '../../src/cli/models.js';
import { UsageError } from '../../src/cli/usage-error.js';
import { fuzz } from '../io/mutate.js';
import { gradus } from './run-gradus.js';

const folder = mkdtempSync(join(tmpdir(), 'gradus-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(content: unknown): string {
  const file = join(folder, 'config.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

/** The flags of `gradus train mlp` after a config file. */
async function settled(content: unknown, ...flags: string[]): Promise<CommonOptions> {
  const mlp = MODELS.find((family) => family.name === 'mlp')!;
  const command = new Command();
  for (const option of mlp.options()) command.addOption(option);
  addCommonOptions(command, mlp);
  command.parse(flags, { from: 'user' });
  await applyConfigFile(command, fileOf(content));
  return command.opts();
}

test('names as the flags have them or in camelCase; flags win', async () => {
  const config = { epochs: 3, 'batch-size': 16, lrDecay: 0.5, hidden: [8, 4], data: 'digits' };
  expect(await settled({ ...config, quiet: true, lr: 1e-7 })).toMatchObject({
    epochs: 3,
    batchSize: 16,
    lrDecay: 0.5,
    hidden: [8, 4],
    quiet: true,
    lr: 1e-7,
    seed: 0,
  });
  const flags = ['--epochs', '7', '--batch-size', '64', '--hidden', '2'];
  // 64 is the default as well, but it was given.
  expect(await settled(config, ...flags)).toMatchObject({
    epochs: 7,
    batchSize: 64,
    hidden: [2],
    lrDecay: 0.5,
  });
  expect((await settled({ json: true }, '--quiet')).json).toBeUndefined();
});

test('the command takes them', async () => {
  const file = fileOf({ valFraction: 0.9, epochs: 1, json: true });
  const { status, stdout } = await gradus(`train linear --config ${file}`);
  expect([status, stdout.split('\n').length]).toEqual([0, 3]);
});

describe('what is wrong is told in a sentence, with status 2', () => {
  test.each<[unknown, string]>([
    [{ epoch: 3 }, "config.json: there is no flag 'epoch'; did you mean 'epochs'?"],
    [{ batchsize: 3 }, "there is no flag 'batchsize'; did you mean 'batchSize'?"],
    [{ 'btach-size': 3 }, "there is no flag 'btach-size'; did you mean 'batch-size'?"],
    [{ config: 'x.json' }, "there is no flag 'config'"],
    [{ zzzzzzzz: 1 }, "there is no flag 'zzzzzzzz'; --help lists those there are."],
    ['{"__proto__": 1}', "there is no flag '__proto__'"],
    [{ epochs: 'ten' }, "config.json: --epochs is 'ten'; give an integer of at least 1."],
    [{ epochs: '10' }, 'config.json: epochs is "10"; give a number, without quotes.'],
    [{ epochs: 0 }, "--epochs is '0'; give an integer of at least 1."],
    [{ epochs: null }, 'epochs is null; give what --epochs <n> takes.'],
    [{ epochs: [3] }, 'epochs is [3]; give a number, without quotes.'],
    [{ lr: { a: 1 } }, 'lr is {"a":1}; give what --lr <rate> takes.'],
    [{ data: 5 }, 'data is 5; give text in double quotes.'],
    [{ optimizer: 'adma' }, "there is no --optimizer 'adma'; did you mean 'adam'?"],
    [{ hidden: '8,4' }, 'hidden is "8,4"; give a list, such as [256, 128].'],
    [{ hidden: [8, 0] }, "--hidden is '8,0'; give integers above 0"],
    [{ json: 'yes' }, 'json is "yes"; give true or false.'],
    [{ lrDecay: 1, 'lr-decay': 1 }, "'lrDecay' is given twice; give it once."],
    ['{"lr": 1, "lr": 2}', "'lr' is given twice; give it once."],
    ['{\n  "epochs": 3,\n}', 'config.json: line 3, column 1: expected a name in double quotes'],
    ['[1]', 'it holds no object; write flags as {"epochs": 5, "batchSize": 32}.'],
    ['\u0000', 'line 1, column 1: expected a value'],
    [' '.repeat(1_000_001), 'it has 1000001 bytes, a config file at most 1000000; give another.'],
  ])('%j', async (content, message) => {
    const { status, stdout, stderr } = await gradus(`train mlp --config ${fileOf(content)}`);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
    expect(stderr).toContain(message);
  });

  test('what a flag overrides is checked all the same', async () => {
    const { status } = await gradus(`train mlp --epochs 1 --config ${fileOf({ epochs: -1 })}`);
    expect(status).toBe(2);
  });

  test('no such file', async () => {
    const { status, stderr } = await gradus(`train mlp --config ${join(folder, 'no.json')}`);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^error: cannot read \S+no\.json: there is no such file; check the path\.\n$/,
    );
  });
});

test('3,000 mutated files are taken or refused in a sentence', async () => {
  const config = { epochs: 3, 'batch-size': 16, lrDecay: 0.5, hidden: [8, 4], data: 'digits' };
  const file = join(folder, 'mutated.json');
  const read = async (bytes: Uint8Array): Promise<void> => {
    writeFileSync(file, bytes);
    const mlp = MODELS.find((family) => family.name === 'mlp')!;
    const command = new Command();
    for (const option of mlp.options()) command.addOption(option);
    addCommonOptions(command, mlp);
    command.parse([], { from: 'user' });
    await applyConfigFile(command, file);
  };
  const bytes = new TextEncoder().encode(JSON.stringify(config));
  const { refused } = await fuzz(bytes, 3000, read, /mutated\.json/, UsageError);
  expect(refused).toBeGreaterThan(1000);
});
