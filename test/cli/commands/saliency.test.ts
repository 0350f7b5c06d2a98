// covers: src/cli/seeing/explain.ts
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digits, DIGITS_NORMALIZATION } from '../../../src/data/index.js';
import { decodeImage, encodePng, writeNpy, type NamedArray } from '../../../src/io/index.js';
import { gradCam, overlay, saliency } from '../../../src/seeing/index.js';
import { fromData, manualSeed } from '../../../src/tensor/index.js';
import { FAMILIES, pixels, preprocess, type TrainableModel } from '../../../src/train/index.js';
import { saveModel } from '../../../src/train/node.js';
import { METHODS } from '../../../src/cli/seeing/explain.js';
import { gradus } from '../run-gradus.js';
import { expectFailure } from './models.js';

const folder = mkdtempSync(join(tmpdir(), 'gradus-saliency-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string): string => join(folder, name);

const classes = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const images = digits({ count: 3, seed: 1, part: 'test' }).column('x');
const image: NamedArray = {
  dtype: 'u8',
  shape: [1, 28, 28],
  values: images.values.slice(0, 784),
};
const preprocessing = pixels(DIGITS_NORMALIZATION);
const input = fromData(
  preprocess(preprocessing, { ...image, shape: [1, 1, 28, 28] }).values,
  [1, 1, 28, 28],
);
const models: Record<string, TrainableModel> = {};

beforeAll(async () => {
  manualSeed(4);
  writeFileSync(path('digit.png'), encodePng(image));
  writeFileSync(path('three.npy'), writeNpy(images));
  for (const family of FAMILIES.filter(({ name }) => ['lenet', 'linear'].includes(name))) {
    const model = family.create({ inputShape: [1, 28, 28], classes: 10 }, {}).eval();
    models[family.name] = model;
    await saveModel(path(`${family.name}.safetensors`), {
      model,
      family: family.name,
      options: {},
      task: { kind: 'classification', inputShape: [1, 28, 28], classes },
      preprocessing,
    });
  }
});

/** Runs the command on the digit; the picture, and what was printed. */
async function draw(args: string): Promise<{ picture: NamedArray; stdout: string }> {
  const out = path('map.png');
  const { status, stdout, stderr } = await gradus(`saliency ${args} --out ${out} --device wasm`);
  expect([status, stderr]).toEqual([0, '']);
  return { picture: await decodeImage(readFileSync(out)), stdout };
}

describe('gradus saliency', () => {
  test('draws Grad-CAM over the image for a net with convolutions', async () => {
    const [lenet, digit] = [path('lenet.safetensors'), path('digit.png')];
    const { picture, stdout } = await draw(`${lenet} ${digit} --class three`);
    const map = gradCam(models['lenet']!, input, { target: 3 });
    expect(picture).toEqual(overlay(image, map, { scale: 10 }));
    expect(stdout).toMatch(/^\S+map\.png {2}grad-cam of 'three' \(\d+\.\d%\)\n$/);
    const first = await draw(`${lenet} ${digit} --class 3 --layer act1`);
    const wanted = gradCam(models['lenet']!, input, { target: 3, layer: 'act1' });
    expect(first.picture).toEqual(overlay(image, wanted, { scale: 10 }));
  });
  test('draws saliency for other nets, of the most probable class, and tells it as JSON', async () => {
    const { picture, stdout } = await draw(
      `${path('linear.safetensors')} ${path('three.npy')} --index 0 --json`,
    );
    const told = JSON.parse(stdout) as { label: number };
    const label = models['linear']!.forward(input).argmax(1).item();
    expect(told).toMatchObject({ method: 'saliency', label, class: classes[label] });
    const map = saliency(models['linear']!, input, { target: label }).max(1);
    const limit = [...map.dataSync()].sort((a, b) => a - b)[Math.ceil(0.99 * 784) - 1]!;
    expect(picture).toEqual(overlay(image, map, { scale: 10, limit }));
  });
  test.each(Object.keys(METHODS))(
    'has the method %s, the same for the same seed',
    async (method) => {
      const args = `${path('lenet.safetensors')} ${path('digit.png')} --method ${method} --class 1`;
      const { picture } = await draw(args);
      expect(picture.shape).toEqual([3, 280, 280]);
      expect(new Set(picture.values).size).toBeGreaterThan(20);
      expect((await draw(args)).picture.values).toEqual(picture.values);
      const other = await draw(`${args} --seed 5`);
      const isSame = Buffer.from(other.picture.values).equals(Buffer.from(picture.values));
      expect(isSame).toBe(method !== 'smooth-grad');
    },
  );
});

describe('is refused in a sentence', () => {
  const fails = (args: string, message: RegExp, status: 1 | 2 = 2): Promise<void> =>
    expectFailure(`saliency ${args}`, status, message);
  const out = `--out ${path('map.png')}`;
  const [lenet, linear] = [path('lenet.safetensors'), path('linear.safetensors')];
  const [digit, three] = [path('digit.png'), path('three.npy')];

  test('without a PNG to write', async () => {
    await fails(`${lenet} ${digit}`, /required option '--out <file>' not specified/);
    await fails(`${lenet} ${digit} --out a.jpg`, /--out is 'a\.jpg'; the map is a PNG file/);
    await fails(`${lenet} ${digit} --out ${path('none/a.png')}`, /its directory does not exist/, 1);
  });
  test('classes, layers and methods that there are not', async () => {
    await fails(
      `${lenet} ${digit} ${out} --class tree`,
      /there is no --class 'tree'; did you mean 'three'/,
    );
    await fails(`${lenet} ${digit} ${out} --class 10`, /there is no --class '10'/);
    await fails(
      `${lenet} ${digit} ${out} --layer conv9`,
      /--method grad-cam: there is no layer 'conv9'; use one of conv1, act1, pool1, conv2, act2, pool2\./,
    );
    await fails(`${lenet} ${digit} ${out} --layer fc1`, /layer 'fc1' gives no maps/);
    await fails(
      `${lenet} ${digit} ${out} --layer conv1 --method saliency`,
      /--layer is for grad-cam/,
    );
    await fails(`${linear} ${digit} ${out} --method grad-cam`, /no convolution was called/);
    await fails(`${lenet} ${digit} ${out} --method cam`, /there is no --method 'cam'/);
  });
  test('inputs that are no image, or several', async () => {
    await fails(
      `${lenet} ${three} ${out}`,
      /three\.npy has 3 samples; choose one, as with --index 0\./,
    );
    await fails(`${lenet} ${three} ${out} --index 3`, /--index 3 is beyond \S+three\.npy/);
    writeFileSync(path('bad.png'), 'text');
    await fails(`${lenet} ${path('bad.png')} ${out}`, /bad\.png: this is no image;/, 1);
    await fails(`${lenet} ${path('gone.png')} ${out}`, /gone\.png: there is no such file/, 1);
  });
  test('models that take no images, or predict numbers', async () => {
    const family = FAMILIES.find(({ name }) => name === 'linear')!;
    const [rows, number] = [path('rows.safetensors'), path('number.safetensors')];
    await saveModel(rows, {
      model: family.create({ inputShape: [4], classes: 2 }, {}),
      family: 'linear',
      options: {},
      task: { kind: 'classification', inputShape: [4], classes: ['a', 'b'] },
      preprocessing: { kind: 'none' },
    });
    await fails(
      `${rows} ${digit} ${out}`,
      /rows\.safetensors takes samples of shape \[4\], not images/,
    );
    await saveModel(number, {
      model: family.create({ inputShape: [4], classes: 1 }, {}),
      family: 'linear',
      options: {},
      task: { kind: 'regression', inputShape: [4], target: 'price', offset: 0, scale: 1 },
      preprocessing: { kind: 'none' },
    });
    await fails(
      `${number} ${digit} ${out}`,
      /number\.safetensors predicts the number 'price'; give/,
    );
  });
});
