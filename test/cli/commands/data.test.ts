import { expect, test } from 'vitest';
import { DATASETS } from '../../../src/data/node.js';
import { gradus } from '../run-gradus.js';

test('data list names every set', async () => {
  const { status, stdout } = await gradus('data list');
  expect(status).toBe(0);
  for (const { name, description } of DATASETS.values()) {
    expect(stdout).toMatch(new RegExp(`^${name} +`, 'm'));
    expect(stdout).toContain(description);
  }
});

test('data list --json', async () => {
  const { stdout } = await gradus('data list --json');
  const lines = stdout.trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { name: string }).name)).toEqual([
    ...DATASETS.keys(),
  ]);
});
