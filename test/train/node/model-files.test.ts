// covers: src/train/node/version.ts, src/train/node.ts
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { FormatError } from '../../../src/engine/core/errors.js';
import { FileError } from '../../../src/io/node.js';
import { FAMILIES } from '../../../src/train/index.js';
import { loadModel, saveModel } from '../../../src/train/node.js';

const folder = mkdtempSync(join(tmpdir(), 'gradus-model-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a model on disk, and errors that name the path', async () => {
  const family = FAMILIES[0]!;
  const options = { hidden: [3], dropout: 0 };
  const model = family.create({ inputShape: [4], classes: 2 }, options);
  const file = join(folder, 'm.safetensors');
  await saveModel(file, {
    model,
    family: family.name,
    options,
    task: { kind: 'classification', inputShape: [4], classes: ['no', 'yes'] },
    preprocessing: { kind: 'none' },
  });
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const loaded = await loadModel(file);
  expect(loaded.producer).toBe(`gradus ${version}`);
  for (const [name, values] of Object.entries(loaded.model.stateDict())) {
    expect(values.dataSync()).toEqual(model.stateDict()[name]!.dataSync());
  }
  writeFileSync(file, readFileSync(file).subarray(0, -1));
  await expect(loadModel(file)).rejects.toThrow(FormatError);
  await expect(loadModel(file)).rejects.toThrow(/m\.safetensors: .*truncated\.$/);
  await expect(loadModel(join(folder, 'none'))).rejects.toThrow(FileError);
});
