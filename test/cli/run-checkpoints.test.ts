import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { encodeCheckpoint } from '../../src/train/index.js';
import { loadCheckpoint, loadModel } from '../../src/train/node.js';
import { gradus, type Outcome } from './run-gradus.js';

const parent = mkdtempSync(join(tmpdir(), 'gradus-run-'));
afterAll(() => rmSync(parent, { recursive: true }));
const SMALL = 'mlp --hidden 8 --val-fraction 0.9 --epochs 2 --batch-size 50';

const filesOf = (run: string): string[] =>
  readdirSync(join(run, 'checkpoints')).map((name) => join(run, 'checkpoints', name));

/** The lines of --json without the times. */
function linesOf({ stdout }: Pick<Outcome, 'stdout'>): unknown[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { seconds: _, ...rest } = JSON.parse(line) as Record<string, unknown>;
      return rest;
    });
}

const run = join(parent, 'run');
const whole = await gradus(`train ${SMALL} --run ${run} --checkpoint-every 15 --json`);
const command = `train mlp --resume ${run}`;

test('a resumed run ends as one without a break, with the settings it was saved with', async () => {
  expect([whole.status, whole.stderr]).toEqual([0, '']);
  const lines = linesOf(whole);
  expect(lines).toHaveLength(3);
  // 20 steps per epoch: after step 30, and at the end of the second epoch.
  const [within, end] = filesOf(run);
  expect([within, end].map((f) => Number(/(\d+)\.s/.exec(f!)![1]))).toEqual([30, 40]);
  expect(linesOf(await gradus(`${command} --json`))).toEqual(lines.slice(2));
  rmSync(end!);
  expect(linesOf(await gradus(`${command} --json --seed 0 --lr 0.001`))).toEqual(lines.slice(1));
  expect(filesOf(run)).toEqual([within, end]);
  const { stdout } = await gradus(command);
  expect(stdout).toMatch(/\ngoing on behind step 40, in epoch 2\n\ntest loss/);
});

test('a run with a schedule, averages and clipped gradients goes on with all of them', async () => {
  const flags = '--schedule cosine --warmup 0.5 --ema 0.9 --clip 1 --checkpoint-every 15 --json';
  const folder = join(parent, 'scheduled');
  const unbroken = await gradus(`train ${SMALL} ${flags} --run ${folder}`);
  expect([unbroken.status, unbroken.stderr]).toEqual([0, '']);
  const log = readFileSync(join(folder, 'log.jsonl'), 'utf8').split('\n')[0]!;
  const { command: repeated } = JSON.parse(log) as { command: string };
  expect(repeated).toContain(
    ' --lr 0.001 --schedule cosine --lr-min 0 --warmup 0.5 --warmup-curve linear --clip 1 --ema 0.9 ',
  );
  const again = await gradus(`${repeated.replace(/^gradus /, '')} --json`);
  expect(linesOf(again)).toEqual(linesOf(unbroken));
  rmSync(filesOf(folder)[1]!);
  const file = join(parent, 'scheduled.safetensors');
  const resumed = await gradus(`train mlp --resume ${folder} --json --save ${file}`);
  expect(linesOf(resumed)).toEqual(linesOf(unbroken).slice(1));
  // What is saved is what was tested.
  const { training, metrics } = await loadModel(file);
  expect(training).toMatchObject({ schedule: 'cosine', lrMin: 0, warmup: 0.5, ema: 0.9, clip: 1 });
  const tested = await gradus(`eval ${file} --json`);
  const { accuracy } = JSON.parse(tested.stdout) as { accuracy: number };
  expect(accuracy).toBe(metrics['testAccuracy']);
  const differs = await gradus(`train mlp --resume ${folder} --schedule step`);
  expect(differs.stderr).toContain('--schedule "cosine" there and "step" here');
});

test('a damaged newest one: the one before it, with a warning', async () => {
  const [, end] = filesOf(run);
  truncateSync(end!, 5000);
  const { status, stdout, stderr } = await gradus(`${command} --json`);
  expect([status, linesOf({ stdout })]).toEqual([0, linesOf(whole).slice(1)]);
  expect(stderr).toMatch(
    /^warning: safetensors: \S+40\.safetensors: [^\n]+\.\nwarning: resuming from \S+30\.safetensors instead\.\n$/,
  );
});

test('another device is told in a line', async () => {
  const other = join(parent, 'other-device');
  await gradus(`train linear --val-fraction 0.9 --epochs 1 --run ${other} --quiet`);
  const [file] = filesOf(other);
  const { state, metadata } = await loadCheckpoint(file!);
  writeFileSync(file!, encodeCheckpoint({ ...state, device: 'native' }, metadata));
  const { status, stderr } = await gradus(`train linear --resume ${other} --quiet`);
  expect(status).toBe(0);
  expect(stderr).toMatch(
    /^note: saved on native, resumed on wasm\S*: the last bits will differ [^\n]+\.\n$/,
  );
});

describe('what is refused, in a sentence', () => {
  const fails = async (args: string, status: number, message: RegExp): Promise<void> => {
    const outcome = await gradus(args);
    expect([outcome.status, outcome.stdout]).toEqual([status, '']);
    expect(outcome.stderr).toMatch(/^error: [^\n]+\n$/);
    expect(outcome.stderr).toMatch(message);
  };

  test('other settings, another model, two folders', async () => {
    await fails(
      `${command} --seed 3 --hidden 8,4 --epochs 2 --weight-decay 0.1`,
      2,
      /settings differ: --hidden \[8\] there and \[8,4\] here, --weight-decay not given there and 0\.1 here, --seed 0 there and 3 here; leave/,
    );
    await fails(`train linear --resume ${run}`, 2, /the run is of the model 'mlp', not 'linear'\./);
    await fails(`${command} --run ${run}`, 2, /leave out --run\./);
    await fails(`train ${SMALL} --run ${run}`, 2, /has a run already; go on with --resume/);
  });

  test('no run there, other data, a checkpoint of something else', async () => {
    await fails(`train mlp --resume ${parent}`, 1, /there is no checkpoint in \S+; check the path/);
    const file = join(parent, 'file');
    writeFileSync(file, '');
    await fails(
      `train ${SMALL} --run ${file}`,
      1,
      /cannot (write|read) \S+: a part of the path is a/,
    );
    const [first] = filesOf(run);
    const { state, metadata } = await loadCheckpoint(first!);
    const foreign = async (
      changed: Record<string, string>,
      status: number,
      message: RegExp,
    ): Promise<void> => {
      const folder = mkdtempSync(join(parent, 'foreign-'));
      await gradus(`train ${SMALL} --run ${folder} --quiet`);
      for (const f of filesOf(folder)) rmSync(f);
      const target = join(folder, 'checkpoints', 'checkpoint-000000030.safetensors');
      copyFileSync(first!, target);
      writeFileSync(target, encodeCheckpoint(state, { ...metadata, ...changed }));
      await fails(`train mlp --resume ${folder}`, status, message);
    };
    await foreign(
      { data: 'digits, 5 samples, 0' },
      1,
      /trained on other data: digits, 5 samples, 0 there/,
    );
    await foreign({ settings: 'x' }, 1, /it has no settings of a run/);
    await foreign({ settings: '{"epochs":"x"}' }, 2, /the run in \S+: --epochs is 'x'/);
    // Settings that agree with all flags, but not with the state.
    const lie = { ...(JSON.parse(metadata.settings!) as object), hidden: [9] };
    const folder = join(parent, 'lie');
    await gradus(`train ${SMALL} --run ${folder} --quiet`);
    for (const f of filesOf(folder)) rmSync(f);
    const target = join(folder, 'checkpoints', 'checkpoint-000000030.safetensors');
    writeFileSync(target, encodeCheckpoint(state, { ...metadata, settings: JSON.stringify(lie) }));
    await fails(`train mlp --resume ${folder} --quiet`, 1, /fit: cannot resume: loadStateDict: /);
  });
});

const main = resolve('dist/cli/main.js');

describe.skipIf(!existsSync(main))('signals', () => {
  /** Runs the built command, and sends a signal when the first step has left a checkpoint. */
  const interrupted = (
    folder: string,
    signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL',
  ): Promise<Outcome> => {
    const flags = `train ${SMALL} --epochs 12 --run ${folder} --checkpoint-every 1 --json`;
    const child = spawn(process.execPath, [main, ...flags.split(' ')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.once('data', () => child.kill(signal));
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    return new Promise((done) => {
      child.on('close', (status) => done({ status: status ?? -1, stdout, stderr }));
    });
  };

  let expected: unknown[] | undefined;
  test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('%s, then --resume', async (signal) => {
    const folder = join(parent, signal);
    const { status, stdout, stderr } = await interrupted(folder, signal);
    if (signal === 'SIGKILL') expect(status).toBe(-1);
    else {
      expect(status).toBe(130);
      expect(stderr).toMatch(
        /^error: interrupted after step \d+ of 240; saved; to go on: gradus train mlp --resume \S+\n$/,
      );
      expect(stderr).toContain(`--resume ${folder}`);
    }
    expected ??= linesOf(await gradus(`train ${SMALL} --epochs 12 --json`));
    const before = stdout === '' ? [] : linesOf({ stdout });
    const after = linesOf(await gradus(`train mlp --resume ${folder} --json`));
    expect(before.length).toBeLessThan(13);
    // A line may have come and its checkpoint not, where it was killed: it is there twice then.
    expect(after).toEqual(expected.slice(-after.length));
    expect(before).toEqual(expected.slice(0, before.length));
    expect(before.length + after.length).toBeGreaterThanOrEqual(expected.length);
  });
});
