// covers: src/cli/predictions.ts
import { expect, test } from 'vitest';
import { gradus } from '../run-gradus.js';

test('a tour on digits: every family, a comparison, some mistakes', async () => {
  const { status, stdout, stderr } = await gradus('tour --quick');
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^Data: digits, made on the spot, as GRADUS_DATA is not set\./);
  expect(stdout).toMatch(/\nmlp: .*\n247,766 parameters, adam\nepoch 1\/1 /);
  expect(stdout).toMatch(/\nlinear: .*\n7,850 parameters, adam\nepoch 1\/1 /);
  expect(stdout).toMatch(
    /\nmodel +parameters +time +test accuracy\nmlp +247,766 .*%\nlinear +7,850/,
  );
  expect(stdout).toMatch(/The mlp is -?[\d.]+ points ahead of the linear model/);
  expect(stdout).toMatch(/Hardest for the mlp: \d \([\d.]+% wrong\)/);
  expect(stdout).toMatch(/4 of its \d+ mistakes:\n.*█/s);
  expect(stdout).toMatch(/is \d, +is \d, +is \d, +is \d,\nseen as \d/);
});

test('says why Fashion-MNIST is not used', async () => {
  const { status, stdout } = await gradus('tour --quick', { GRADUS_DATA: '/nowhere' });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Data: digits, .*no usable Fashion-MNIST\.\n.*\/nowhere does not exist/);
});

const dataDir = process.env['GRADUS_DATA'];

test.skipIf(!dataDir)('a tour on Fashion-MNIST where it is there', async () => {
  const { status, stdout } = await gradus('tour --quick', { GRADUS_DATA: dataDir });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Data: Fashion-MNIST, real photos of clothes, from /);
  expect(stdout).toMatch(/is [A-Z]\S+.*,\nseen as [A-Z]/);
});
