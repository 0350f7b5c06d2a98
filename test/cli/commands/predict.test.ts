// covers: src/cli/predict-inputs.ts, src/cli/model-image.ts
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encode } from 'fast-png';
import { afterAll, describe, expect, test } from 'vitest';
import { digits, readCsv, resizeImage, TablePreprocessor } from '../../../src/data/index.js';
import { encodePng, writeNpy, type NamedArray } from '../../../src/io/index.js';
import { FAMILIES } from '../../../src/train/index.js';
import { saveModel } from '../../../src/train/node.js';
import { gradus } from '../run-gradus.js';
import { expectFailure, trainedModels } from './models.js';

const { mlp } = trainedModels();
const folder = mkdtempSync(join(tmpdir(), 'gradus-predict-'));
afterAll(() => rmSync(folder, { recursive: true }));

const images = digits({ count: 6, seed: 1, part: 'test' }).column('x');
const first: NamedArray = { ...images, shape: [28, 28], values: images.values.subarray(0, 784) };

function put(name: string, content: Uint8Array | string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

interface Line {
  readonly input: string;
  readonly index: number;
  readonly top: readonly { class: string; label: number; probability: number }[];
}

async function lines(args: string): Promise<Line[]> {
  const { status, stdout, stderr } = await gradus(`predict ${mlp} ${args} --json`);
  expect([status, stderr]).toEqual([0, '']);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

/** The images as an idx file. */
function idx(): Uint8Array {
  const header = new Uint8Array([0, 0, 8, 3, 0, 0, 0, 6, 0, 0, 0, 28, 0, 0, 0, 28]);
  return Buffer.concat([header, images.values as Uint8Array]);
}

const floats = Float32Array.from(first.values, (v) => v / 255);

test('one image is the same in every format', async () => {
  const rows = Array.from({ length: 28 }, (_, r) =>
    first.values.slice(28 * r, 28 * r + 28).join(' '),
  );
  const files = [
    put('u8.npy', writeNpy(first)),
    put('whole.npy', writeNpy({ ...first, shape: [1, 1, 28, 28] })),
    put('i32.npy', writeNpy({ ...first, dtype: 'i32', values: Int32Array.from(first.values) })),
    put('row.csv', `${first.values.join(',')}\n`),
    put('rows.txt', `${rows.join('\n')}\n`),
  ];
  const [line, ...others] = await lines(`${files.join(' ')} --top 10`);
  expect(line).toMatchObject({ input: files[0], index: 0 });
  expect(line!.top.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
  const shares = line!.top.map(({ probability }) => probability);
  expect(shares).toEqual([...shares].sort((a, b) => b - a));
  for (const other of others) expect(other.top).toEqual(line!.top);
  const [share] = await lines(
    put('share.npy', writeNpy({ ...first, dtype: 'f32', values: floats })),
  );
  expect(share!.top[0]!.probability).toBeCloseTo(line!.top[0]!.probability, 4);
});

test('batches, and one of them by --index, packed or not', async () => {
  const file = put('images.gz', gzipSync(idx()));
  const all = await lines(file);
  expect(all.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(await lines(`${put('images', idx())} --index 4`)).toEqual([
    { ...all[4], input: join(folder, 'images') },
  ]);
  const text = put('two.csv', `${first.values.join(',')}\n\n${first.values.join(';')}\n`);
  expect(await lines(text)).toHaveLength(2);
});

test('bars for people', async () => {
  const file = put('u8.npy', writeNpy(first));
  const { status, stdout } = await gradus(`predict ${mlp} ${file} --top 2`);
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /^\S+u8\.npy\n {2}\d {2} *[\d.]+% {2}━+\n {2}\d {2} *[\d.]+%(?: {2}━*)?\n$/,
  );
  const batch = await gradus(`predict ${mlp} ${put('images', idx())}`);
  expect(batch.stdout).toContain('images [5]\n');
});

test('rows of a table go through the preprocessing that came with the model', async () => {
  const table = readCsv('size,colour,kind\n1,red,a\n2,blue,b\n3,red,a\n');
  const fitted = TablePreprocessor.fit(table, { target: 'kind' });
  const linear = FAMILIES.find(({ name }) => name === 'linear')!;
  const inputShape = [fitted.featureNames.length];
  const file = join(folder, 'table.safetensors');
  await saveModel(file, {
    model: linear.create({ inputShape, classes: 2 }, {}),
    family: 'linear',
    options: {},
    task: { kind: 'classification', inputShape, classes: fitted.classes },
    preprocessing: { kind: 'table', table: fitted.toJSON() },
  });
  const rows = put('rows.csv', 'colour,size\nblue,2.5\nred,1\n');
  const { status, stdout } = await gradus(`predict ${file} ${rows} --top 1 --json`);
  expect(status).toBe(0);
  expect(stdout).toMatch(/"index":0,.*\n.*"index":1,"top":\[\{"class":"[ab]"/);
  await expectFailure(`predict ${file} ${put('odd.csv', 'colour,size\ngreen,1\n')}`, 1, /green/);
  await expectFailure(
    `predict ${file} ${put('photo.png', 'any')}`,
    1,
    /photo\.png: this is an image, and the model takes none but samples of shape \[\d\]; give these\./,
  );
});

describe('images', () => {
  const grey: NamedArray = { ...first, shape: [1, 28, 28] };
  const top = async (args: string): Promise<Line['top']> =>
    (await lines(`${args} --top 10`))[0]!.top;

  test('are the same as their pixels, grey, in colours or of another size', async () => {
    const wanted = await top(put('u8.npy', writeNpy(first)));
    expect(await top(put('grey.png', encodePng(grey)))).toEqual(wanted);
    const three = [first.values, first.values, first.values].flatMap((plane) => [...plane]);
    const colour = { ...grey, shape: [3, 28, 28], values: Uint8Array.from(three) };
    expect(await top(put('colour.png', encodePng(colour)))).toEqual(wanted);
    const large = Uint8Array.from({ length: 84 * 84 }, (_, i) => {
      return first.values[28 * Math.floor(i / 84 / 3) + Math.floor((i % 84) / 3)]!;
    });
    const small = resizeImage({ dtype: 'u8', shape: [1, 84, 84], values: large }, { size: 28 });
    expect(
      await top(put('large.png', encodePng({ ...grey, shape: [1, 84, 84], values: large }))),
    ).toEqual(await top(put('small.npy', writeNpy(small))));
  });
  test('with alpha show white behind them, and 16 bits become 8', async () => {
    const wanted = await top(put('u8.npy', writeNpy(first)));
    // Black with as much alpha as ink is missing, over white.
    const pixels = Uint8Array.from({ length: 2 * 784 }, (_, i) =>
      i % 2 === 0 ? 0 : 255 - first.values[i >> 1]!,
    );
    const alpha = encode({ width: 28, height: 28, data: pixels, channels: 2, depth: 8 });
    expect(await top(put('alpha.png', alpha))).toEqual(wanted);
    const wide = Uint16Array.from(first.values, (v) => v * 257);
    const deep = encode({ width: 28, height: 28, data: wide, channels: 1, depth: 16 });
    expect(await top(put('deep.png', deep))).toEqual(wanted);
  });
  test('have five classes with bars, one image after the other', async () => {
    const file = put('grey.png', encodePng(grey));
    const { status, stdout } = await gradus(`predict ${mlp} ${file} ${file}`);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^(\S+grey\.png\n( {2}\d {2} *[\d.]+%( {2}━*)?\n){5}){2}$/);
  });
  test('that cannot be read are refused in a sentence', async () => {
    const whole = encodePng(grey);
    const cut = put('cut.png', whole.subarray(0, whole.length / 2));
    await expectFailure(
      `predict ${mlp} ${cut}`,
      1,
      /image: \S+cut\.png: this PNG image is damaged, cut off/,
    );
    await expectFailure(
      `predict ${mlp} ${put('x.png', 'no image')}`,
      1,
      /image: \S+x\.png: this is no image; PNG and JPEG can be read/,
    );
    await expectFailure(`predict ${mlp} ${put('none.png', '')}`, 1, /none\.png: this is empty;/);
    await expectFailure(
      `predict ${mlp} ${put('x', 'GIF89a')}`,
      1,
      /\S+x: this is a GIF image; PNG and/,
    );
  });
});

describe('inputs that do not fit', () => {
  const fails = (name: string, content: Uint8Array | string, message: RegExp, status: 1 | 2 = 1) =>
    expectFailure(`predict ${mlp} ${put(name, content)}`, status, message);

  test('shapes, both of them', async () => {
    const small: NamedArray = { dtype: 'u8', shape: [3, 3], values: new Uint8Array(9) };
    await fails(
      'small.npy',
      writeNpy(small),
      /small\.npy: the input has shape \[3, 3\], the model takes samples \[1, 28, 28\] or batches \[N, 1, 28, 28\]\./,
    );
    await fails(
      'short.txt',
      '1 2 3\n4 5',
      /short\.txt: 2 rows of 5 numbers in all, the model takes samples of shape \[1, 28, 28\], which is 784 numbers a row\./,
    );
    await fails('empty.txt', '', /0 rows of 0 numbers/);
  });

  test('what is no number, no text, or another format', async () => {
    await fails('words.txt', '1 2\n3 four', /words\.txt: line 2 has "four", which is no number\./);
    await fails(
      'binary',
      new Uint8Array([200, 201]),
      /binary: this is neither \.npy, idx nor text/,
    );
    await fails(
      'x.npz',
      new Uint8Array([0x50, 0x4b, 3, 4]),
      /x\.npz: this is a zip archive, such as/,
    );
    await fails('cut.npy', writeNpy(first).subarray(0, 90), /npy: \S+cut\.npy: .*truncated/);
  });

  test('pixels out of range', async () => {
    const values = Float32Array.from(floats, (v) => (v - 0.1) / 0.2);
    await fails(
      'normal.npy',
      writeNpy({ ...first, dtype: 'f32', values }),
      /normal\.npy: pixels run from -0\.5\S* to \S+; give bytes/,
    );
    await fails(
      'nan.npy',
      writeNpy({ ...first, dtype: 'f32', values: values.fill(NaN) }),
      /pixels run from NaN to NaN/,
    );
  });

  test('indices, flags and files', async () => {
    const file = put('images', idx());
    await expectFailure(
      `predict ${mlp} ${file} --index 6`,
      2,
      /--index 6 is beyond \S+images, which has 6 samples; use at most 5\./,
    );
    await expectFailure(
      `predict ${mlp} ${file} --top 0`,
      2,
      /--top is '0'; give an integer of at least 1\./,
    );
    await expectFailure(`predict ${mlp}`, 2, /predict: of what\? Give at least one file\./);
    await expectFailure(
      `predict ${mlp} ${file} ${folder}/none`,
      1,
      /cannot read \S+none: there is no such file/,
    );
    await expectFailure(`predict ${file} ${file}`, 1, /safetensors: \S+images: /);
  });
});
