// covers: src/cli/predict-pictures.ts, src/cli/class-colours.ts
// covers: src/cli/run-folder/test-pictures.ts, src/cli/report/test-pictures.ts
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { encodePng } from '../../../src/io/index.js';
import { readRun } from '../../../src/cli/run-folder/run-folder.js';
import { digits, SCENE_CLASSES, scenes } from '../../../src/data/index.js';
import { loadImage, loadNpz, saveNpz } from '../../../src/io/node.js';
import { segment } from '../../../src/train/index.js';
import { loadModel } from '../../../src/train/node.js';
import { gradus } from '../run-gradus.js';
import { expectFailure } from './models.js';

const folder = mkdtempSync(join(tmpdir(), 'gradus-pictures-'));
afterAll(() => rmSync(folder, { recursive: true }));
const [model, run, scene, mask] = ['m.safetensors', 'run', 'scene.png', 'mask.png'].map((name) =>
  join(folder, name),
) as [string, string, string, string];
writeFileSync(scene, encodePng(scenes({ count: 1, part: 'test' }).get(0).x));

async function out(args: string): Promise<string> {
  const { status, stdout, stderr } = await gradus(args);
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

test('training on scenes tells mean IoU, and keeps pictures for the report', async () => {
  const text = await out(
    `train pixel-linear --data scenes --epochs 1 --save ${model} --run ${run} --val-fraction 0`,
  );
  expect(text).toMatch(/test loss \d\.\d{4}, test mean IoU 0\.\d{4}, test pixel accuracy \d+\.\d%/);
  const { metrics, task } = await loadModel(model);
  expect(task).toEqual({
    kind: 'segmentation',
    inputShape: [3, 48, 48],
    classes: SCENE_CLASSES,
  });
  expect(metrics['testMeanIou']).toBeLessThan(0.5);
  const { pictures, test: figures } = await readRun(run);
  expect(figures?.meanIou).toBe(metrics['testMeanIou']);
  expect(pictures!.images.shape).toEqual([8, 3, 48, 48]);
  const mean = Array.from(pictures!.iou!).reduce((a, b) => a + b) / 4;
  expect(mean).toBeCloseTo(metrics['testMeanIou']!, 10);
  const html = readFileSync(join(run, 'report.html'), 'utf8');
  expect(html).toContain('What the model makes of images');
  expect(html.match(/data:image\/png/g)).toHaveLength(3 * 8);
  expect(await out(`summary ${model}`)).toMatch(/test mean IoU: 0\.\d{4}/);
  expect(await out(`eval ${model}`)).toContain('test mean IoU');
});

test('predict writes a mask with a colour for each class', async () => {
  const text = await out(`predict ${model} ${scene} --out ${mask}`);
  expect(text).toMatch(/ground +\d+\.\d% +#000000\n/);
  const image = await loadImage(mask);
  const { labels } = segment(await loadModel(model), await loadImage(scene));
  expect(image.shape).toEqual([3, 48, 48]);
  labels.forEach((label, at) => expect(image.values[at] === 0).toBe(label === 0));
  const json = JSON.parse(await out(`predict ${model} ${scene} --json`)) as {
    classes: { share: number }[];
  };
  expect(json.classes.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 10);
});

test('an autoencoder is told beside PCA, and gives images back', async () => {
  const small = '--code-size 2 --width 2 --hidden 16 --val-fraction 0.8 --epochs 1';
  const file = join(folder, 'a.safetensors');
  const text = await out(`train autoencoder ${small} --save ${file} --json`);
  const final = JSON.parse(text.trimEnd().split('\n').at(-1)!) as Record<string, number>;
  expect(final['mse']).toBe(final['loss']);
  expect(final['pcaMse']).toBeGreaterThan(0.02);
  expect(final['pcaMse']).toBeLessThan(0.07);
  const digit = join(folder, 'digit.png');
  writeFileSync(digit, encodePng(digits({ count: 1 }).get(0).x));
  const back = join(folder, 'back.png');
  expect(await out(`predict ${file} ${digit} --out ${back}`)).toMatch(
    /mean squared error 0\.\d{5}/,
  );
  expect((await loadImage(back)).shape).toEqual([1, 28, 28]);
});

test('what does not go together', async () => {
  await expectFailure(
    'train lenet --data scenes',
    2,
    /scenes has a class for each pixel.*segmenter/,
  );
  await expectFailure('train segmenter --data digits', 2, /digits has none; use --data scenes/);
  await expectFailure('train segmenter --data scenes --folds 3', 2, /--folds is for one class/);
  await expectFailure('train autoencoder --label-smoothing 0.1', 2, /targets are the images/);
  await expectFailure('train autoencoder --mixup 1', 2, /--mixup is for one class or number/);
  await expectFailure(
    `predict ${model} ${scene} ${scene} --out ${mask}`,
    2,
    /for one image, and 2/,
  );
  const digit = join(folder, 'other.png');
  writeFileSync(digit, encodePng(digits({ count: 1 }).get(0).x));
  await expectFailure(
    `predict ${model} ${digit}`,
    1,
    /shape \[3, 28, 28\], the model takes \[3, 48, 48\]/,
  );
});

test('pictures that are damaged are refused', async () => {
  const file = join(run, 'pictures.npz');
  const arrays = await loadNpz(file);
  await saveNpz(file, { images: arrays.get('images')! });
  await expect(readRun(run)).rejects.toThrow(/does not hold images and what the model gave/);
  const odd = { dtype: 'u8', shape: [2, 3], values: new Uint8Array(6) } as const;
  await saveNpz(file, { images: arrays.get('images')!, given: odd });
  await expect(readRun(run)).rejects.toThrow(/are not u8 \[K, C, H, W\]/);
});
