// covers: src/cli/commands/generate.ts, src/cli/data/text-corpus.ts
// covers: src/train/families/char-recurrent.ts, src/train/families/char-gpt.ts
// covers: src/cli/text-reader.ts
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { corpusOf, isCorpusName, loadTextCorpus } from '../../../src/cli/data/text-corpus.js';
import { readSafetensors, writeSafetensors } from '../../../src/io/index.js';
import { GPT, RecurrentLanguageModel } from '../../../src/nn/index.js';
import { loadModel } from '../../../src/train/node.js';
import { gradus } from '../run-gradus.js';
import { expectFailure } from './models.js';

const folder = mkdtempSync(join(tmpdir(), 'gradus-text-'));
const file = join(folder, 'rhyme.txt');
const model = join(folder, 'rhyme.safetensors');
const rhyme = 'the cat sat on the mat. the rat sat on the hat.\n';
const SMALL = '--hidden 24 --embedding 8 --dropout 0 --batch-size 4 --window 16 --lr 0.02';
const TRAIN = `train char-lstm --data ${file} ${SMALL} --epochs 12 --seed 1`;

async function out(args: string): Promise<string> {
  const { status, stdout, stderr } = await gradus(args);
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

let lines: string[] = [];

beforeAll(async () => {
  writeFileSync(file, rhyme.repeat(40));
  lines = (await out(`${TRAIN} --json --save ${model}`)).trimEnd().split('\n');
});

const result = (): Record<string, number> => JSON.parse(lines.at(-1)!) as Record<string, number>;

describe('gradus train char-lstm', () => {
  test('tells nats, bits and perplexity of the last tenth', () => {
    const { loss, bits, perplexity, accuracy } = result();
    expect(loss).toBeLessThan(0.5);
    expect(bits).toBeCloseTo(loss! / Math.LN2, 10);
    expect(perplexity).toBeCloseTo(Math.exp(loss!), 10);
    expect(accuracy).toBeGreaterThan(0.8);
  });
  test('says what it counts and what it reached', async () => {
    const text = await out(`${TRAIN} --epochs 1`);
    expect(text).toContain('1,536 symbols to train on, 143 to validate on, 191 to test on');
    expect(text).toMatch(/symbols\/s/);
    expect(text).toMatch(/test loss [\d.]+, test bits per symbol [\d.]+, test perplexity [\d.]+/);
  });
  test('keeps the tokenizer in the model file', async () => {
    const { task, metrics, model: loaded } = await loadModel(model);
    expect(task).toMatchObject({ kind: 'language', tokenizer: { kind: 'character' } });
    expect(loaded).toBeInstanceOf(RecurrentLanguageModel);
    expect(metrics['testPerplexity']).toBe(result()['perplexity']);
  });
  test('is evaluated to the same figures, and summed up', async () => {
    const found = JSON.parse(await out(`eval ${model} --json`)) as Record<string, number>;
    expect(found['loss']).toBe(result()['loss']);
    expect(await out(`summary ${model}`)).toContain('the next of 13 symbols of a text');
    expect(await out('summary char-gru --hidden 8')).toContain('GRU');
  });
  test('goes on with a run', async () => {
    const run = join(folder, 'run');
    const whole = await out(`${TRAIN} --epochs 2 --json`);
    await out(`${TRAIN} --epochs 2 --run ${run} --quiet`);
    const rest = await out(`train char-lstm --resume ${run} --json`);
    expect(rest.trimEnd().split('\n').at(-1)).toBe(whole.trimEnd().split('\n').at(-1));
    expect(readFileSync(join(run, 'report.html'), 'utf8')).toContain('char-lstm');
  });
  test.each(['char-gru', 'char-rnn'])('so does %s', async (name) => {
    const stdout = await out(`${TRAIN.replace('char-lstm', name)} --tied yes --json`);
    const { loss } = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as { loss: number };
    expect(loss).toBeLessThan(1);
  });
  test.each<[string, 1 | 2, RegExp]>([
    [`train mlp --data ${file}`, 2, /mlp is trained on images or tables, and .* is a text/],
    ['train char-lstm --data digits', 2, /char-lstm is trained on a text, and digits is none/],
    [`${TRAIN} --folds 3`, 2, /--folds divides samples, and a text is one whole/],
    [`${TRAIN} --mixup 0.2`, 2, /--mixup mixes samples/],
    [`${TRAIN} --target x`, 2, /--target is for tables, and .* is a text/],
    [`${TRAIN} --window 4000`, 2, /4 streams of 4000 symbols take 16001; give a longer text/],
    ['train char-lstm --data nowhere.txt', 1, /nowhere\.txt/],
  ])('%s is refused', async (args, status, message) => {
    await expectFailure(args, status, message);
  });
});

describe('gradus generate', () => {
  const write = (flags: string): Promise<string> => out(`generate ${model} --device wasm ${flags}`);

  test('goes on with a prompt as the text does', async () => {
    const text = await write('--prompt the --temperature 0 --length 40');
    expect(text).toHaveLength(44);
    expect(text).toMatch(/^the [a-z. \n]+\n$/);
    expect(text).toContain('sat on the');
  });
  test('gives the same for the same seed, and another text for another', async () => {
    const flags = '--prompt t --length 60 --temperature 1.5 --top-k 9 --top-p 0.99';
    const first = await write(`${flags} --seed 1`);
    expect(await write(`${flags} --seed 1`)).toBe(first);
    expect(await write(`${flags} --seed 2`)).not.toBe(first);
  });
  test('with --json says how it was written', async () => {
    const found = JSON.parse(await write('--length 20 --seed 3 --json')) as Record<string, unknown>;
    expect(found).toMatchObject({ model, prompt: '\n', length: 20, temperature: 1, seed: 3 });
    expect(found['text']).toHaveLength(20);
  });
  test('refuses what cannot be, in a sentence', async () => {
    const bad = join(folder, 'bad.safetensors');
    writeFileSync(bad, readFileSync(model).subarray(0, 300));
    const mlp = join(folder, 'mlp.safetensors');
    const rows = join(folder, 'rows.csv');
    writeFileSync(rows, `a,b\n${'1,x\n2,y\n'.repeat(30)}`);
    await out(
      `train mlp --data ${rows} --target b --hidden 4 --epochs 1 --batch-size 9 --quiet --save ${mlp}`,
    );
    for (const [args, status, message] of [
      [`${model} --prompt caZ`, 2, /"Z" \(U\+005A\) at position 2 is not among the 13 characters/],
      [`${model} --prompt=`, 2, /--prompt is empty; give some text/],
      [`${model} --temperature -1`, 2, /--temperature is '-1'/],
      [`${model} --top-p 1.5`, 2, /--top-p is '1.5'; give a number above 0 and at most 1/],
      [`${model} --length 0`, 2, /--length is '0'/],
      [bad, 1, /bad\.safetensors/],
      [mlp, 2, /a mlp is no language model/],
      ['nowhere.safetensors', 1, /nowhere\.safetensors/],
    ] as const) {
      await expectFailure(`generate ${args}`, status, message);
    }
    await expectFailure(
      `predict ${model} ${rows}`,
      2,
      /the model writes text; use gradus generate/,
    );
  });
});

describe('gradus train char-gpt', () => {
  const gpt = join(folder, 'gpt.safetensors');
  // Lines have 48 symbols: windows of 16 would begin at three places of them in an epoch.
  const small =
    '--layers 1 --heads 2 --width 16 --dropout 0 --batch-size 4 --window 13 --lr 0.01 --device wasm';
  const train = `train char-gpt --data ${file} ${small} --seed 1`;
  let figures: Record<string, number> = {};

  beforeAll(async () => {
    const stdout = await out(`${train} --epochs 20 --json --save ${gpt}`);
    figures = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, number>;
  });

  test('learns windows of the text, and counts symbols', async () => {
    expect(figures['loss']).toBeLessThan(0.5);
    expect(figures['perplexity']).toBeCloseTo(Math.exp(figures['loss']!), 10);
    const text = await out(`${train} --epochs 1`);
    expect(text).toContain('1,560 symbols to train on, 143 to validate on, 191 to test on');
  });
  test('is loaded, evaluated to the same figures, and summed up', async () => {
    const { task, model: loaded } = await loadModel(gpt);
    expect(task).toMatchObject({ kind: 'language', inputShape: [13] });
    expect(loaded).toBeInstanceOf(GPT);
    const found = JSON.parse(await out(`eval ${gpt} --device wasm --json`)) as typeof figures;
    expect(found['loss']).toBe(figures['loss']);
    expect(found['samples']).toBe(191);
    expect(await out(`summary ${gpt}`)).toContain('the next of 13 symbols of a text');
    expect(await out('summary char-gpt --layers 1 --window 9')).toContain('input [N, 9]');
  });
  test('goes on with a run', async () => {
    const run = join(folder, 'gpt-run');
    const whole = await out(`${train} --epochs 2 --json`);
    await out(`${train} --epochs 2 --run ${run} --quiet`);
    const rest = await out(`train char-gpt --resume ${run} --json`);
    expect(rest.trimEnd().split('\n').at(-1)).toBe(whole.trimEnd().split('\n').at(-1));
  });
  test('writes, also beyond its positions and behind a longer prompt', async () => {
    const write = (flags: string): Promise<string> =>
      out(`generate ${gpt} --device wasm --temperature 0 ${flags}`);
    const text = await write('--prompt the --length 60');
    expect(text).toHaveLength(64);
    expect(text).toMatch(/[cr]at sat on the [mh]at/);
    const long = 'catsatonthemat.the';
    expect(await write(`--prompt ${long} --length 9`)).toHaveLength(long.length + 10);
  });
  test.each<[string, 1 | 2, RegExp]>([
    [`${train} --heads 3`, 2, /width is 16, which heads = 3 does not divide/],
    [`${train} --window 400`, 2, /4 windows of 400 symbols take 2000; give a longer text/],
    ['train char-gpt --data digits', 2, /char-gpt is trained on a text, and digits is none/],
  ])('%s is refused', async (args, status, message) => {
    await expectFailure(args, status, message);
  });
});

test('a file whose task is not that of its family is refused', async () => {
  const odd = join(folder, 'odd.safetensors');
  const { tensors, metadata } = readSafetensors(readFileSync(model));
  const options = JSON.stringify({});
  const written = { ...metadata, model: 'mlp', options };
  writeFileSync(odd, writeSafetensors(Object.fromEntries(tensors), written));
  await expectFailure(
    `generate ${odd}`,
    1,
    /task\.kind is 'language', which is not what the family 'mlp' is for/,
  );
});

describe('texts', () => {
  test('are divided in order, and every character is known', () => {
    const { tokenizer, train, test: rest } = corpusOf({ name: 'n', source: 's' }, 'abcdefghij');
    expect(tokenizer.decode(train)).toBe('abcdefghi');
    expect(tokenizer.decode(rest)).toBe('j');
  });
  test('are told by their names', () => {
    expect(['tinyshakespeare', 'a/b.TXT', 'digits', 'a.csv'].map(isCorpusName)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
  test('have to be UTF-8, and to have something in them', async () => {
    const odd = join(folder, 'odd.txt');
    writeFileSync(odd, Buffer.from([0x61, 0xff]));
    await expect(loadTextCorpus(odd, {})).rejects.toThrow('odd.txt: not utf-8 text');
    writeFileSync(odd, '');
    await expect(loadTextCorpus(odd, {})).rejects.toThrow('odd.txt: the text is empty');
  });
});
