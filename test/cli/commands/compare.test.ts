// covers: src/cli/commands/report.ts, src/cli/compare/compare-runs.ts
// covers: src/cli/run-folder/run-folder.ts, src/cli/run-folder/describe-run.ts
// covers: src/cli/run-folder/machine.ts, src/cli/run-folder/run-names.ts
// covers: src/cli/run-folder/seconds-of.ts, src/cli/record-run.ts
// covers: src/cli/report/write-report.ts
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRun } from '../../../src/cli/run-folder/run-folder.js';
import { gradus } from '../run-gradus.js';

const folder = mkdtempSync(join(tmpdir(), 'gradus-runs-'));
const at = (name: string): string => join(folder, name);
const SMALL = '--val-fraction 0.8 --epochs 2';

beforeAll(async () => {
  for (const model of ['mlp --hidden 16', 'linear']) {
    const name = model.split(' ')[0]!;
    const { status, stdout } = await gradus(`train ${model} ${SMALL} --run ${at(name)}`);
    expect(status).toBe(0);
    expect(stdout).toContain(`report: ${at(name)}/report.html\n`);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a run in its folder', async () => {
  const { start, steps, epochs, test: result, predictions } = await readRun(at('mlp'));
  expect(start.command).toMatch(
    /^gradus train mlp --hidden 16 --dropout 0.1 --activation relu --norm none --input-noise 0 --data digits --epochs 2 .*--val-fraction 0.8 --seed 0 --device auto$/,
  );
  expect(start.data).toMatchObject({ train: 2000, validation: 8000, test: 2000 });
  expect(start.data.testHash).toMatch(/^[0-9a-f]{64}$/);
  expect(start.machine).toMatchObject({
    node: process.version,
    cores: expect.any(Number) as number,
  });
  expect(steps).toHaveLength(2 * 32);
  expect(epochs.map((line) => line.step)).toEqual([32, 64]);
  const { labels, predicted, confidence, images } = predictions!;
  const right = Array.from(labels).filter((label, i) => label === predicted[i]).length;
  expect(right / labels.length).toBeCloseTo(result!.accuracy!, 12);
  expect(Array.from(confidence).every((p) => p >= 0.1 && p <= 1.0001)).toBe(true);
  expect(images.shape).toEqual([36, 1, 28, 28]);
});

test('the command of a run repeats it', async () => {
  const { start, test: result } = await readRun(at('linear'));
  const { stdout } = await gradus(`${start.command.replace('gradus ', '')} --json`);
  const last = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as { loss: number };
  expect(last.loss).toBe(result!.loss);
});

test('compare: figures, settings that differ, McNemar', async () => {
  const { status, stdout, stderr } = await gradus(`compare ${at('mlp')} ${at('linear')}`);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(
    /^run +test acc +test loss +best val acc +best epoch +epochs +time +param/,
  );
  expect(stdout).toMatch(/\nmlp +[\d.]+% +\d\.\d{4} +[\d.]+% +2 +2 +[\d.]+ s +12,730\nlinear +/);
  expect(stdout).toMatch(
    /\nsetting +mlp +linear\nmodel +mlp +linear\nhidden +16 +–\ndropout +0.1 +–/,
  );
  expect(stdout).not.toMatch(/\nseed/);
  expect(stdout).toMatch(
    /\nmlp and linear: only the first is right on \d+ test samples, only the second on \d+; McNemar p = \S+: (more than chance|may be chance)\.\n$/,
  );
  const json = await gradus(`compare ${at('mlp')} ${at('linear')} ${at('mlp')} --json`);
  const { runs, tests } = JSON.parse(json.stdout) as { runs: unknown[]; tests: { p: number }[] };
  expect(runs).toHaveLength(3);
  expect(tests.map(({ p }) => p)[1]).toBe(1);
});

test('a report is made again, for one run and for a folder of runs', async () => {
  const file = join(at('mlp'), 'report.html');
  const first = readFileSync(file, 'utf8');
  unlinkSync(file);
  expect(await gradus(`report ${at('mlp')}`)).toEqual({
    status: 0,
    stdout: `report: ${file}\n`,
    stderr: '',
  });
  expect(readFileSync(file, 'utf8')).toBe(first);
  expect((await gradus(`report ${folder}`)).status).toBe(0);
  expect(readFileSync(join(folder, 'report.html'), 'utf8')).toMatch(
    /<h2>mlp<\/h2>.*<h2>linear<\/h2>/s,
  );
});

test('a run that was cut can be reported and compared', async () => {
  cpSync(at('linear'), at('cut'), { recursive: true });
  const log = readFileSync(join(at('cut'), 'log.jsonl'), 'utf8');
  writeFileSync(join(at('cut'), 'log.jsonl'), log.slice(0, log.indexOf('{"type":"test"') + 9));
  expect((await gradus(`report ${at('cut')}`)).status).toBe(0);
  const { stdout } = await gradus(`compare ${at('mlp')} ${at('cut')}`);
  expect(stdout).toMatch(/\ncut +– +unfinished/);
  expect(stdout).toContain('for want of test predictions: mlp, cut.');
});

test('a resumed run goes on with its log', async () => {
  const full = at('full');
  expect((await gradus(`train linear ${SMALL} --run ${full} --quiet`)).status).toBe(0);
  const before = await readRun(full);
  const { status } = await gradus(`train linear --resume ${full} --quiet`);
  expect(status).toBe(0);
  const after = await readRun(full);
  expect(after.resumed).toBe(1);
  expect(after.steps).toEqual(before.steps);
  expect(after.epochs).toEqual(before.epochs);
  expect(after.test!.loss).toBe(before.test!.loss);
});

describe('what cannot be compared is told in a sentence', () => {
  const fails = async (args: string, message: RegExp, code = 1): Promise<void> => {
    const { status, stdout, stderr } = await gradus(args);
    expect([status, stdout]).toEqual([code, '']);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
  };

  test('folders', async () => {
    mkdirSync(at('empty'));
    writeFileSync(at('file'), '');
    await fails(`compare ${at('mlp')}`, /compare: give the folders of two runs or more/, 2);
    await fails(`compare ${at('mlp')} ${at('no')}`, /there is no folder \S+no; give the one that/);
    await fails(`compare ${at('mlp')} ${at('file')}`, /file is a file; give the folder of a run/);
    await fails(
      `compare ${at('mlp')} ${at('empty')}`,
      /empty holds no log\.jsonl, so it is no run/,
    );
    await fails(`report ${at('empty')}`, /empty holds no log\.jsonl, so it is no run/);
    await fails(`report ${at('no')}`, /there is no folder/);
  });

  test('runs on different data', async () => {
    cpSync(at('linear'), at('other'), { recursive: true });
    const file = join(at('other'), 'log.jsonl');
    const log = readFileSync(file, 'utf8');
    writeFileSync(file, log.replace(/"testHash":"./, '"testHash":"x'));
    await fails(
      `compare ${at('mlp')} ${at('other')}`,
      /mlp and other were tested on different data/,
    );
  });

  test('damaged files', async () => {
    cpSync(at('linear'), at('bad'), { recursive: true });
    writeFileSync(join(at('bad'), 'predictions.npz'), 'PK');
    await fails(`report ${at('bad')}`, /predictions\.npz/);
    appendFileSync(join(at('bad'), 'log.jsonl'), 'x\n');
    await fails(`report ${at('bad')}`, /log\.jsonl: line \d+ is damaged/);
  });

  test('a folder that has a run, before any training', async () => {
    const { status, stderr } = await gradus(`train linear --run ${at('mlp')}`);
    expect(status).toBe(2);
    expect(stderr).toMatch(/the folder has a run already|holds a finished run already/);
  });
});
