import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { MODELS } from '../../src/cli/models.js';
import { checkSavable, saveTrained } from '../../src/cli/save-trained.js';
import { DEFAULT_SCHEDULE } from '../../src/cli/schedules.js';
import { prepareTraining, type Training } from '../../src/cli/training.js';
import { findDataset } from '../../src/data/node.js';
import { ArgumentError } from '../../src/engine/core/errors.js';
import { rand } from '../../src/tensor/index.js';
import { loadModel } from '../../src/train/node.js';

const folder = mkdtempSync(join(tmpdir(), 'gradus-save-'));
afterAll(() => rmSync(folder, { recursive: true }));

const data = await findDataset('digits').load();

async function training(): Promise<Training> {
  const family = MODELS.find(({ name }) => name === 'mlp')!;
  return prepareTraining({
    family,
    familyOptions: { hidden: [5], dropout: 0 },
    data,
    epochs: 3,
    seed: 2,
    valFraction: 0.1,
    device: 'wasm',
    ...family.recipe,
    schedule: { ...DEFAULT_SCHEDULE, lrDecay: 0.8 },
  });
}

test('the file says what the training was, and has its weights to the bit', async () => {
  const { plan, model, ...rest } = await training();
  const file = join(folder, 'm.safetensors');
  const outcome = { history: [], test: { loss: 0.5, accuracy: 0.8 } };
  checkSavable({ plan, model, ...rest });
  await saveTrained(file, { plan, model, ...rest }, outcome);
  const loaded = await loadModel(file);
  const { mean, std } = data.normalization;
  expect(loaded).toMatchObject({
    family: 'mlp',
    options: { hidden: [5], dropout: 0 },
    task: { inputShape: [1, 28, 28], classes: data.classes },
    preprocessing: { kind: 'pixels', mean, std },
    metrics: { testLoss: 0.5, testAccuracy: 0.8 },
    training: { data: 'digits', seed: 2, epochs: 3, optimizer: 'adam', valFraction: 0.1 },
  });
  const x = rand([3, 1, 28, 28]);
  expect(loaded.model.forward(x).dataSync()).toEqual(model.eval().forward(x).dataSync());
});

test('what a file does not take is told before the training', async () => {
  const sound = await training();
  const { task } = sound;
  const classes = data.classes.map((name) => `${name}\n`);
  const odd = { ...sound, task: { ...task, kind: 'classification', classes } as const };
  expect(() => checkSavable(odd)).toThrow(ArgumentError);
  expect(() => checkSavable(odd)).toThrow(/task\.classes\[0\] is "0\\n", expected a name/);
});
