// covers: src/data/node.ts, src/data/labelled-images.ts
import { expect, test } from 'vitest';
import { ArgumentError } from '../../../src/engine/core/errors.js';
import { DATASETS, findDataset } from '../../../src/data/node.js';

test('every set has its name and a line of description', () => {
  for (const [name, set] of DATASETS) {
    expect(set.name).toBe(name);
    expect(set.description).toMatch(/^[^\n]{20,100}$/);
    expect(findDataset(name)).toBe(set);
  }
  expect([...DATASETS.keys()]).toEqual(['digits', 'fashion-mnist', 'cifar10', 'scenes']);
});

test('an unknown name: the nearest, and all', () => {
  expect(() => findDataset('fashon-mnist')).toThrow(ArgumentError);
  expect(() => findDataset('fashon-mnist')).toThrow(
    "there is no data set 'fashon-mnist'; did you mean 'fashion-mnist'? " +
      'Known: digits, fashion-mnist, cifar10, scenes.',
  );
  expect(() => findDataset('constructor')).toThrow(
    "there is no data set 'constructor'; Known: digits, fashion-mnist, cifar10, scenes.",
  );
});

test('digits', async () => {
  const set = await findDataset('digits').load({ seed: 7 });
  expect([set.train.length, set.test.length]).toEqual([10_000, 2000]);
  expect(set).toMatchObject({ name: 'digits', source: 'generated (seed 7)' });
  expect(set.classes.length).toBe(10);
});

test('a set that needs files says so', async () => {
  const fashion = findDataset('fashion-mnist');
  const env = { GRADUS_CACHE: '/nowhere' };
  await expect(fashion.load({ env })).rejects.toThrow(
    "fashion-mnist: its files are not in /nowhere/data; run 'gradus data fetch fashion-mnist'.",
  );
  await expect(fashion.load({ dataDir: '/nowhere', env })).rejects.toThrow(
    'the data directory /nowhere does not exist',
  );
});
