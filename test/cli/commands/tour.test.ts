// covers: src/cli/predictions.ts
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readRuns } from '../../../src/cli/run-folder/run-folder.js';
import { gradus } from '../run-gradus.js';

const folder = mkdtempSync(join(tmpdir(), 'gradus-tour-'));
afterAll(() => rmSync(folder, { recursive: true }));

const VISITED = ['mlp', 'linear', 'lenet'];

test('a tour on digits: some families, a comparison, some mistakes', async () => {
  const run = join(folder, 'digits');
  const { status, stdout, stderr } = await gradus(`tour --quick --run ${run}`);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^Data: digits, made on the spot, as GRADUS_DATA is not set\./);
  expect(stdout).toMatch(/\nmlp: .*\n247,766 parameters, adam\nepoch 1\/1 /);
  expect(stdout).toMatch(/\nlinear: .*\n7,850 parameters, adam\nepoch 1\/1 /);
  expect(stdout).toMatch(
    /\nmodel +parameters +time +test accuracy\nmlp +247,766 .*%\nlinear +7,850 .*%\nlenet +61,706/,
  );
  expect(stdout).toMatch(/The mlp is -?[\d.]+ points ahead of the linear model/);
  expect(stdout).toMatch(/Hardest for the mlp: \d \([\d.]+% wrong\)/);
  expect(stdout).toMatch(/4 of its \d+ mistakes:\n.*█/s);
  expect(stdout).toMatch(/is \d, +is \d, +is \d, +is \d,\nseen as \d/);
  expect(stdout).toMatch(/\nThe mlp by five optimizers, from the same weights:\noptimizer +lr/);
  expect(stdout).toContain(
    `\nReport, with curves and more mistakes: ${join(run, 'report.html')}\n`,
  );
  const runs = await readRuns(run);
  expect(runs.map(({ start }) => start.model.family)).toEqual(VISITED);
  expect(runs[0]!.start.command).toBe('gradus tour --quick');
  const page = readFileSync(join(run, 'report.html'), 'utf8');
  for (const name of VISITED) expect(page).toContain(`<h2>${name}</h2>`);
  const again = await gradus(`tour --quick --run ${run}`);
  expect([again.status, again.stderr]).toEqual([
    2,
    `error: --run ${run}: the folder is not empty; give another one.\n`,
  ]);
});

test('says why Fashion-MNIST is not used', async () => {
  const { status, stdout } = await gradus(`tour --quick --run ${join(folder, 'none')}`, {
    GRADUS_DATA: '/nowhere',
  });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Data: digits, .*no usable Fashion-MNIST\.\n.*\/nowhere does not exist/);
});

const dataDir = process.env['GRADUS_DATA'];

test.skipIf(!dataDir)('a tour on Fashion-MNIST where it is there', async () => {
  const { status, stdout } = await gradus(`tour --quick --run ${join(folder, 'fashion')}`, {
    GRADUS_DATA: dataDir,
  });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Data: Fashion-MNIST, real photos of clothes, from /);
  expect(stdout).toMatch(/is [A-Z]\S+.*,\nseen as [A-Z]/);
});
