// covers: src/cli/data/text-rows.ts, src/cli/data/texts-to-test.ts, src/cli/data/text-baseline.ts
// covers: src/cli/text-inputs.ts, src/train/families/text-cnn.ts, src/train/families/text-bag.ts
// covers: src/train/families/text-lstm.ts, src/train/families/text-input.ts
// covers: src/train/family-task.ts
import { mkdirSync, writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../../../src/cli/run.js';
import { readSafetensors, writeSafetensors } from '../../../src/io/index.js';
import { readFile } from '../../../src/io/node.js';
import { TextPreprocessor, WordTokenizer } from '../../../src/text/index.js';
import { readModel } from '../../../src/train/index.js';
import { loadModel } from '../../../src/train/node.js';
import { someTables } from '../data/some-tables.js';
import { captureIo, gradus } from '../run-gradus.js';
import { expectFailure } from './models.js';

const { folder, put } = someTables();
const GOOD = ['fine', 'great', 'lovely', 'superb'];
const BAD = ['awful', 'dull', 'poor', 'sad'];
const FILLERS = ['film', 'plot', 'cast', 'story', 'scene'];

/** 120 rows whose kind follows from one word of the text. */
const rows = Array.from({ length: 120 }, (_, i) => {
  const [kind, list] = i % 2 === 0 ? ['good', GOOD] : ['bad', BAD];
  return `${i},the ${list[(i * 3) % 4]} ${FILLERS[i % 5]} of ${FILLERS[(i * 2 + 1) % 5]},${kind}`;
});
const reviews = put('reviews.csv', ['id,review,kind', ...rows].join('\n'));
const REVIEWS = `--data ${reviews} --text review --target kind`;
const SMALL = '--embedding-dim 8 --dropout 0 --word-dropout 0 --batch-size 16 --lr 0.02';
const file = join(folder, 'reviews.safetensors');

async function out(args: string): Promise<string> {
  const { status, stdout, stderr } = await gradus(args);
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

describe('a model of texts', () => {
  test('is trained on a column, and its file has words of the training part alone', async () => {
    const text = await out(`train text-bag ${REVIEWS} ${SMALL} --epochs 12 --save ${file}`);
    expect(text).toContain('to predict: one of 2 classes, from texts of up to 5 symbols, ');
    expect(text).toContain('88 samples to train on, 8 to validate on, 24 to test on\n');
    expect(text).toMatch(/\ntest loss \d\.\d{4}, test accuracy 100\.0%; saved /);
    expect(text).toContain('naive Bayes with words and pairs of words: test accuracy 100.0%');
    const { task, preprocessing, training } = await loadModel(file);
    expect(task).toEqual({ kind: 'classification', inputShape: [5], classes: ['bad', 'good'] });
    if (preprocessing.kind !== 'text') throw new Error('text');
    const { tokenizer } = TextPreprocessor.fromJSON(preprocessing.text);
    expect(tokenizer).toBeInstanceOf(WordTokenizer);
    expect(training).toMatchObject({ data: reviews, testFraction: 0.2 });
  });

  test('eval reads the texts that were set apart, and all of another file', async () => {
    const columns = '--text review --target kind';
    expect(await out(`eval ${file} ${columns}`)).toMatch(/of 24 samples\n\nclass +samples/);
    const other = put('other.csv', 'review,kind\na dull plot,bad\na superb cast,good\n');
    expect(await out(`eval ${file} --data ${other} ${columns} --json`)).toContain('"samples":2');
    const odd = put('odd.csv', 'review,kind\na,x\nb,good\n');
    await expectFailure(
      `eval ${file} --data ${odd} ${columns}`,
      2,
      /the classes of .*odd\.csv are good, x, those of this text-bag bad, good/,
    );
  });

  test('predict takes a text, files with a text a line, and what is piped in', async () => {
    expect(await out(`predict ${file} --text superb`)).toMatch(/^"superb"\n {2}good .*\n {2}bad/);
    const lines = put('new.txt', 'a dull film\nnothing known here\n');
    const json = (await out(`predict ${file} ${lines} --json`)).trim().split('\n');
    expect(json).toHaveLength(2);
    expect(json[0]).toContain('"index":0,"top":[{"class":"bad"');
    const io = { ...captureIo(), stdin: Readable.from([Buffer.from('a lovely scene\n')]) };
    expect(await run(['predict', file], io)).toBe(0);
    expect(io.text().stdout).toMatch(/^stdin\n {2}good/);
  });

  test('bad input is refused in a sentence', async () => {
    await expectFailure(`predict ${file}`, 2, /which texts\? Give --text, files, or pipe/);
    const io = { ...captureIo(), stdin: Readable.from([]) };
    expect(await run(['predict', file], io)).not.toBe(0);
    expect(io.text().stderr).toContain('stdin: there is no text');
    const gap = put('gap.txt', 'a film\n\n');
    await expectFailure(`predict ${file} ${gap}`, 1, /gap\.txt: line 2 is empty; give one text/);
    const bytes = join(folder, 'bytes.txt');
    writeFileSync(bytes, Uint8Array.of(0x61, 0xff));
    await expectFailure(`predict ${file} ${bytes}`, 1, /bytes\.txt: not utf-8 text/);
  });

  test('a vocabulary that does not fit the weights is refused', async () => {
    const { tensors, metadata } = readSafetensors(await readFile(file));
    const preprocessing = JSON.parse(metadata['preprocessing']!) as {
      text: { length: number; tokenizer: { vocabulary: { tokens: string[] } } };
    };
    const written = (change: () => void): Uint8Array => {
      change();
      const text = JSON.stringify(preprocessing);
      return writeSafetensors(Object.fromEntries(tensors), { ...metadata, preprocessing: text });
    };
    const { tokens } = preprocessing.text.tokenizer.vocabulary;
    expect(() => readModel(written(() => tokens.push('more')))).toThrow(
      /its tensors are not those of the model: embedding\.weight is f32 \[\d+, 8\], expected/,
    );
    expect(() => readModel(written(() => tokens.push('more')))).toThrow(
      'preprocessing.text: tokenizerFromJson: Vocabulary: "more" is there twice',
    );
    tokens.splice(-2);
    expect(() => readModel(written(() => (preprocessing.text.length = 9)))).toThrow(
      'preprocessing.text.length is 9, samples have 5 symbols',
    );
  });
});

test.each([
  'text-cnn --filters 6 --widths 1,2',
  'text-lstm --hidden-size 6',
  'text-bag --bigrams 50',
])('%s learns it in folds, beside naive Bayes', async (family) => {
  const folds = '--folds 2 --epochs 12 --early-stop 4';
  const text = await out(`train ${family} ${REVIEWS} ${SMALL} ${folds} --json`);
  const last = JSON.parse(text.trimEnd().split('\n').at(-1)!) as Record<string, number>;
  expect(last['accuracy']).toBeGreaterThan(0.95);
  expect(last['naiveBayes']).toBe(1);
  const told = await out(`train ${family} ${REVIEWS} ${SMALL} --folds 2 --epochs 1`);
  expect(told).toContain('pairs of words, on the same folds: accuracy 100.0% ± 0.0%');
});

test('characters and white space as symbols; folders; two columns need no --text', async () => {
  for (const [i, line] of rows.slice(0, 20).entries()) {
    const [, text, kind] = line.split(',');
    mkdirSync(join(folder, 'kinds', kind!), { recursive: true });
    put(`kinds/${kind}/${i}.txt`, text!);
  }
  const where = `--data ${join(folder, 'kinds')}`;
  const text = await out(`train text-cnn ${where} --tokens characters --epochs 1 --batch-size 4`);
  expect(text).toMatch(/from texts of up to \d+ symbols, \d\d different ones/);
  const two = put(
    'two.csv',
    'kind,review\n' + rows.map((r) => r.split(',').reverse().slice(0, 2).join()).join('\n'),
  );
  await out(`train text-bag --data ${two} --target kind --epochs 1 --tokens whitespace --quiet`);
});

test('what is trained on what is checked', async () => {
  for (const [args, message] of [
    ['train mlp --data sms-spam', /sms-spam has texts, and mlp takes numbers; train text-cnn/],
    [`train mlp --data ${reviews} --text review`, /--text is for models of texts, and mlp is none/],
    ['train text-cnn', /text-cnn takes texts, and digits has images; give --data mr-polarity/],
    ['train text-cnn --data iris', /iris has rows of a table/],
    [`train text-cnn ${REVIEWS} --missing drop`, /--missing is for other data/],
    [`train text-cnn ${REVIEWS} --mixup 1`, /--mixup mixes numbers/],
    [`train text-cnn --data ${reviews}`, /which column has the classes\? Give --target/],
    [`train text-cnn --data ${reviews} --target kind`, /Give --text COLUMN; there are id, review/],
    [`train text-cnn --data ${reviews} --target kind --text kind`, /the column to predict/],
    ['train text-cnn --data sms-spam --text x', /--text is for files of rows/],
    ['train text-cnn --data sms-span', /there are no texts 'sms-span'; known: mr-polarity/],
    [`train text-cnn ${REVIEWS} --test-fraction 0.001`, /leaves a part without any/],
  ] as const) {
    await expectFailure(args, 2, message);
  }
  const one = put('one.csv', 'review,kind\na,x\nb,x\n');
  await expectFailure(
    `train text-bag --data ${one} --target kind`,
    2,
    /all 2 texts have the class 'x'; there is nothing to learn/,
  );
});

test('summary of a family and of a file', async () => {
  expect(await out('summary text-cnn --symbols 50')).toMatch(
    /embedding Embedding +\[N, 50, 64\] +3,200/,
  );
  expect(await out(`summary ${file}`)).toContain('output Linear');
});
