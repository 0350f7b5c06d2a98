import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSafetensors, writeSafetensors } from '../../../src/io/index.js';
import { gradus } from '../run-gradus.js';
import { expectFailure, trainedModels } from './models.js';

const { folder, mlp } = trainedModels();

/** A copy of the model with changes to its metadata. */
function copy(name: string, change: (metadata: Record<string, string>) => void): string {
  const { tensors, metadata } = readSafetensors(readFileSync(mlp));
  const changed = { ...metadata };
  change(changed);
  const file = join(folder, name);
  writeFileSync(file, writeSafetensors(tensors, changed));
  return file;
}

test('the figures are those of the training, and those of the classes add up', async () => {
  const { metadata } = readSafetensors(readFileSync(mlp));
  const metrics = JSON.parse(metadata['metrics']!) as Record<string, number>;
  const { status, stdout, stderr } = await gradus(`eval ${mlp} --json`);
  expect([status, stderr]).toEqual([0, '']);
  const result = JSON.parse(stdout) as {
    loss: number;
    accuracy: number;
    samples: number;
    classes: { name: string; samples: number; accuracy: number }[];
  };
  expect(result).toMatchObject({ model: mlp, data: 'digits', samples: 2000 });
  expect([result.loss, result.accuracy]).toEqual([metrics['testLoss'], metrics['testAccuracy']]);
  expect(result.accuracy).toBeGreaterThan(0.7);
  expect(result.classes.map(({ name }) => name).join('')).toBe('0123456789');
  const correct = result.classes.reduce((sum, c) => sum + c.samples * c.accuracy, 0);
  expect(correct / 2000).toBeCloseTo(result.accuracy, 10);
});

test('a table for people', async () => {
  const { status, stdout } = await gradus(`eval ${mlp} --data digits`);
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /^mlp on digits: generated \(seed 0\)\ntest loss \d\.\d{4}, test accuracy [\d.]+% of 2,000 samples\n\nclass {3}samples {3}correct {3}accuracy\n0 +\d+ +\d+ +[\d.]+%\n/,
  );
  expect(stdout.trimEnd().split('\n')).toHaveLength(14);
});

test('the normalization is that of the model', async () => {
  const other = copy('other.safetensors', (metadata) => {
    metadata['preprocessing'] = '{"kind":"pixels","mean":0.9,"std":0.01}';
  });
  const { stdout } = await gradus(`eval ${other} --json`);
  const { loss } = JSON.parse(stdout) as { loss: number };
  expect(loss).toBeGreaterThan(5);
});

test('what does not fit', async () => {
  await expectFailure('eval', 2, /missing required argument 'model'/);
  await expectFailure(`eval ${folder}/none`, 1, /cannot read \S+none: there is no such file/);
  await expectFailure(
    `eval ${mlp} --data digts`,
    2,
    /no data set 'digts'; did you mean 'digits'\?/,
  );
  const nameless = copy('nameless.safetensors', (metadata) => {
    metadata['training'] = '{}';
  });
  await expectFailure(
    `eval ${nameless}`,
    2,
    /does not say what it was trained on; give --data: digits/,
  );
  const letters = copy('letters.safetensors', (metadata) => {
    const classes = 'abcdefghij'.split('');
    metadata['task'] = JSON.stringify({ kind: 'classification', inputShape: [1, 28, 28], classes });
  });
  await expectFailure(
    `eval ${letters}`,
    2,
    /classes of digits are 10 \(0, 1, 2, …\), those of this mlp 10 \(a, b, c, …\)/,
  );
  const flat = copy('flat.safetensors', (metadata) => {
    metadata['task'] = metadata['task']!.replace('[1,28,28]', '[784]');
  });
  await expectFailure(
    `eval ${flat}`,
    2,
    /samples of digits have shape \[1, 28, 28\], this mlp takes \[784\]/,
  );
  const future = copy('future.safetensors', (metadata) => {
    metadata['version'] = '7';
  });
  await expectFailure(`eval ${future}`, 1, /version 7 of the format .* newer than version 3/);
});
