// covers: src/train/model-metadata.ts, src/train/preprocessing.ts
import { describe, expect, test } from 'vitest';
import { TablePreprocessor, readCsv } from '../../src/data/index.js';
import { philoxBlock } from '../../src/engine/core/philox.js';
import { ArgumentError, FormatError } from '../../src/engine/core/errors.js';
import { readSafetensors, writeSafetensors } from '../../src/io/index.js';
import { defaultGenerator, manualSeed, rand } from '../../src/tensor/index.js';
import {
  classesOf,
  completeOptions,
  FAMILIES,
  outputsOf,
  readModel,
  writeModel,
  type FamilyOptions,
  type SavedModel,
} from '../../src/train/index.js';

const NAMES = FAMILIES.map((family) => family.name).join(', ');

function savedMlp(): SavedModel {
  manualSeed(3);
  const options = {
    hidden: [6, 4],
    dropout: 0.25,
    activation: 'tanh',
    norm: 'none',
    inputNoise: 0,
  };
  const family = FAMILIES.find(({ name }) => name === 'mlp')!;
  return {
    model: family.create({ inputShape: [1, 3, 2], classes: 3 }, options),
    family: 'mlp',
    options,
    task: { kind: 'classification', inputShape: [1, 3, 2], classes: ['Hund', 'Katze', '鳥'] },
    preprocessing: { kind: 'pixels', mean: 0.2, std: 0.4 },
    metrics: { testAccuracy: 0.75 },
    training: { data: 'pets', seed: 3, epochs: 2, note: '' },
  };
}

const saved = savedMlp();
const bytes = writeModel(saved, 'gradus 9.9.9');
const file = readSafetensors(bytes);

/** The file with some entries of its metadata replaced, or taken away where undefined. */
function withMetadata(changes: Record<string, string | undefined>): Uint8Array {
  const entries = Object.entries({ ...file.metadata, ...changes });
  const kept = entries.filter((entry): entry is [string, string] => entry[1] !== undefined);
  return writeSafetensors(file.tensors, Object.fromEntries(kept));
}

test('what is read is what was written, and gives the same logits to the bit', () => {
  const { model, producer, ...description } = readModel(bytes);
  const { model: original, ...given } = saved;
  expect(producer).toBe('gradus 9.9.9');
  expect(description).toEqual(given);
  expect(model.training).toBe(false);
  const x = rand([5, 1, 3, 2]);
  expect(model.forward(x).dataSync()).toEqual(original.eval().forward(x).dataSync());
  expect(writeModel({ ...description, model }, producer)).toEqual(bytes);
});

test('reading moves no generator, and leaves nothing to compute', () => {
  manualSeed(5);
  const before = defaultGenerator.getState();
  readModel(bytes);
  expect(() => readModel(withMetadata({ task: '{}' }))).toThrow(FormatError);
  expect(defaultGenerator.getState()).toEqual(before);
});

test('options that were left out are in the file', () => {
  const { options } = readModel(writeModel({ ...saved, options: { hidden: [6, 4] } }));
  expect(options).toEqual({
    hidden: [6, 4],
    dropout: 0.1,
    activation: 'relu',
    norm: 'none',
    inputNoise: 0,
  });
});

test('a table comes with its preprocessor', () => {
  const table = readCsv('size,colour,kind\n1,red,a\n2,blue,b\n3,red,a\n');
  const fitted = TablePreprocessor.fit(table, { target: 'kind' });
  const linear = FAMILIES.find(({ name }) => name === 'linear')!;
  const inputShape = [fitted.featureNames.length];
  const written = writeModel({
    model: linear.create({ inputShape, classes: 2 }, {}),
    family: 'linear',
    options: {},
    task: { kind: 'classification', inputShape, classes: fitted.classes },
    preprocessing: { kind: 'table', table: fitted.toJSON() },
  });
  const { preprocessing } = readModel(written);
  expect(preprocessing).toEqual({ kind: 'table', table: fitted.toJSON() });
});

describe('a model of numbers', () => {
  const linear = FAMILIES.find(({ name }) => name === 'linear')!;
  const task = {
    kind: 'regression',
    inputShape: [2],
    target: 'price',
    offset: 5,
    scale: 2,
  } as const;
  const written = writeModel({
    model: linear.create({ inputShape: [2], classes: 1 }, {}),
    family: 'linear',
    options: {},
    task,
    preprocessing: { kind: 'none' },
  });
  const content = readSafetensors(written);

  test('is read as it was written, in version 2; one of classes stays in version 1', () => {
    expect(readModel(written).task).toEqual(task);
    expect([content.metadata['version'], file.metadata['version']]).toEqual(['2', '1']);
  });

  test.each([
    [{ target: 7 }, 'task.target is 7, expected a name: 1 to 200'],
    [{ target: 'a\nb' }, String.raw`task.target is "a\nb", expected a name`],
    [{ offset: '5' }, 'task.offset is "5", expected a finite number.'],
    [{ scale: 0 }, 'task.scale is 0, expected a finite number above 0.'],
    [{ scale: undefined }, 'task.scale is missing, expected a finite number above 0.'],
    [{ inputShape: [] }, 'task.inputShape is [], expected 1 to 8 integers above 0.'],
    [{ inputShape: [3] }, '1.weight is f32 [1, 2], expected f32 [1, 3]'],
  ])('%j is refused', (changes, message) => {
    const metadata = { ...content.metadata, task: JSON.stringify({ ...task, ...changes }) };
    const odd = writeSafetensors(content.tensors, metadata);
    expect(() => readModel(odd)).toThrow(FormatError);
    expect(() => readModel(odd)).toThrow(message);
  });
});

describe('a model that makes pictures', () => {
  test.each([
    ['pixel-linear', { kind: 'segmentation', inputShape: [3, 4, 4], classes: ['a', 'b'] }],
    ['autoencoder', { kind: 'reconstruction', inputShape: [1, 4, 4] }],
  ] as const)('%s is read as it was written, in version 3', (family, task) => {
    const made = FAMILIES.find(({ name }) => name === family)!;
    const options = completeOptions(made, {}) as FamilyOptions;
    const classes = outputsOf(task);
    const model = made.create({ inputShape: task.inputShape, classes }, options);
    const bytes = writeModel({ model, family, options, task, preprocessing: { kind: 'none' } });
    expect(readModel(bytes).task).toEqual(task);
    expect(readSafetensors(bytes).metadata['version']).toBe('3');
    expect(classesOf(task)).toEqual('classes' in task ? ['a', 'b'] : []);
  });
});

describe('what cannot be read again is not written', () => {
  const { options, task } = saved;
  test.each<[string, Partial<SavedModel>, RegExp]>([
    [
      'family',
      { family: 'mpl' },
      /no model family "mpl"; did you mean 'mlp'\? Known: mlp, linear, /,
    ],
    [
      'options',
      { options: { ...options, hidden: [6, 5] } },
      /4.weight is f32 \[4, 6\], expected f32 \[5, 6\]/,
    ],
    ['layers', { options: { hidden: [6] } }, /not expected: "7.weight", "7.bias"\./],
    [
      'task',
      { task: { ...task, classes: [] } as SavedModel['task'] },
      /task.classes is \[\], expected a list of 1 to/,
    ],
    ['metrics', { metrics: { loss: NaN } }, /metrics.loss is null, expected a finite number/],
  ])('%s', (_, changes, message) => {
    expect(() => writeModel({ ...saved, ...changes })).toThrow(ArgumentError);
    expect(() => writeModel({ ...saved, ...changes })).toThrow(message);
  });
});

describe('a file with wrong metadata is refused in one sentence', () => {
  const changed = (key: string, changes: object): Record<string, string> => ({
    [key]: JSON.stringify({ ...(JSON.parse(file.metadata[key]!) as object), ...changes }),
  });
  const task = (changes: object): Record<string, string> => changed('task', changes);
  const pixels = (changes: object): Record<string, string> => changed('preprocessing', changes);
  test.each<[Record<string, string | undefined>, string]>([
    [
      { format: undefined },
      "its metadata have no format, expected 'gradus-model': it holds tensors but does not say of what model; build the module yourself and load them with loadPyTorch or loadStateDict.",
    ],
    [
      { format: 'pt' },
      `its metadata have format "pt", expected 'gradus-model': it holds tensors but does not say of what model; build the module yourself and load them with loadPyTorch or loadStateDict.`,
    ],
    [{ version: undefined }, "version is missing, expected a whole number such as '3'."],
    [{ version: '1.5' }, `version is "1.5", expected a whole number such as '3'.`],
    [
      { version: '4', model: 'unheard-of' },
      'version 4 of the format was written by gradus 9.9.9 and is newer than version 3, the last that this Gradus reads; update gradus.',
    ],
    [{ producer: '\u001b[31m' }, `producer is "\\u001b[31m", expected a short line of text.`],
    [{ model: undefined }, `there is no model family missing; Known: ${NAMES}.`],
    [
      { model: 'linaer' },
      `there is no model family "linaer"; did you mean 'linear'? Known: ${NAMES}.`,
    ],
    [{ model: '__proto__' }, `there is no model family "__proto__"; Known: ${NAMES}.`],
    [{ options: undefined }, "its metadata have no entry 'options'."],
    [{ options: '{"hidden":' }, `its 'options' is "{\\"hidden\\":", which is not JSON.`],
    [{ options: '[]' }, "its 'options' is [], expected a JSON object."],
    [{ options: 'null' }, "its 'options' is null, expected a JSON object."],
    [
      { options: '{"hiden":[6]}' },
      `the family 'mlp' has no option "hiden"; the nearest is 'hidden'.`,
    ],
    [
      { options: '{"hidden":[6,"4"]}' },
      `the option 'hidden' of 'mlp' is [6, "4"], expected a list of at most 1000 integers from 1 to 16777216.`,
    ],
    [
      { options: '{"dropout":-1}' },
      "the option 'dropout' of 'mlp' is -1, expected a number of at least 0 and below 1.",
    ],
    [
      { options: '{"hidden":[16777216,16777216]}' },
      'its options do not make a model: uniform: shape [16777216, 16777216] has 281474976710656 elements; the limit is 2^31 - 1.',
    ],
    [
      { options: '{"hidden":[100000000]}' },
      "the option 'hidden' of 'mlp' is [100000000], expected a list of at most 1000 integers from 1 to 16777216.",
    ],
    [
      { options: '{"hidden":[40000,40000]}' },
      'its tensors are not those of the model: 1.weight is f32 [6, 6], expected f32 [40000, 6].',
    ],
    [
      { options: '{"hidden":[6]}' },
      'its tensors are not those of the model: not expected: "7.bias", "7.weight".',
    ],
    [
      { options: '{"hidden":[6,4,3]}' },
      'its tensors are not those of the model: missing: "10.weight", "10.bias".',
    ],
    [
      { options: '{"hidden":[1,1,1,1,1,1,1]}' },
      'its tensors are not those of the model: missing: "10.weight", "10.bias", "13.weight", "13.bias" and 6 more.',
    ],
    [
      task({ kind: 'poetry' }),
      `task.kind is "poetry", expected classification, regression, segmentation, reconstruction, language, forecast.`,
    ],
    [task({ inputShape: [] }), 'task.inputShape is [], expected 1 to 8 integers above 0.'],
    [task({ inputShape: [1, 0] }), 'task.inputShape is [1, 0], expected 1 to 8 integers above 0.'],
    [
      task({ inputShape: [65536, 65536] }),
      'task.inputShape [65536, 65536] is beyond 2^31 - 1 elements.',
    ],
    [task({ classes: 10 }), 'task.classes is 10, expected a list of 1 to 1000000 names.'],
    [
      task({ classes: ['a', 'b', '\u001b]0;x\u0007'] }),
      'task.classes[2] is "\\u001b]0;x\\u0007", expected a name: 1 to 200 characters without control characters.',
    ],
    [
      task({ classes: ['a', 'b'] }),
      'its tensors are not those of the model: 7.weight is f32 [3, 4], expected f32 [2, 4].',
    ],
    [
      pixels({ kind: 'pickle' }),
      `preprocessing.kind is "pickle", expected 'none', 'pixels', 'table' or 'text'.`,
    ],
    [pixels({ mean: '0' }), 'preprocessing.mean is "0", expected a finite number.'],
    [pixels({ std: 0 }), 'preprocessing.std is 0, expected a finite number above 0.'],
    [
      pixels({ mean: [0, 0] }),
      'preprocessing.mean is [0, 0], expected a finite number or 1 of them.',
    ],
    [
      pixels({ std: [-1] }),
      'preprocessing.std is [-1], expected a finite number above 0 or 1 of them.',
    ],
    [{ metrics: '{"loss":"low"}' }, 'metrics.loss is "low", expected a finite number.'],
    [{ metrics: '{"a\\nb":1}' }, 'metrics has the entry "a\\nb", expected a short name.'],
    [
      { training: '{"data":{}}' },
      'training.data is an object, expected a short text, a finite number, true, false or null.',
    ],
  ])('%j', (changes, sentence) => {
    const error = thrownBy(() => readModel(withMetadata(changes), { source: 'x.safetensors' }));
    expect(error).toBeInstanceOf(FormatError);
    expect((error as Error).message).toBe(`model file: x.safetensors: ${sentence}`);
  });

  test('a table whose preprocessor is not one', () => {
    const bad = withMetadata({ preprocessing: '{"kind":"table","table":{"format":"x"}}' });
    expect(() => readModel(bad)).toThrow(/^model file: preprocessing\.table: .*format/);
  });

  test('tensors of another dtype', () => {
    const bias = { dtype: 'i32', shape: [6], values: new Int32Array(6) } as const;
    const other = writeSafetensors(new Map([...file.tensors, ['1.bias', bias]]), file.metadata);
    expect(() => readModel(other)).toThrow('1.bias is i32 [6], expected f32 [6].');
  });
});

test('what a refused file left to be drawn is not drawn by the next computation', () => {
  // 40,000 × 40,000 weights would be 6.4 GB.
  expect(() => readModel(withMetadata({ options: '{"hidden":[40000,40000]}' }))).toThrow();
  const before = process.memoryUsage().rss;
  rand([4]).dataSync();
  expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
});

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('fuzz', () => {
  const SEED = 7;
  const SNIPPETS = [
    '9999999999',
    '-1',
    '1e99',
    'null',
    '{}',
    '[]',
    '"',
    ',',
    '\\u0000',
    '0.5',
    '\\"',
  ];

  function drawsOf(run: number): (n: number) => number {
    const block = new Uint32Array(4);
    let i = 0;
    return (n) => {
      if (i % 4 === 0) philoxBlock([i / 4, 0, run, 1], [SEED, 0], block);
      return block[i++ % 4]! % n;
    };
  }

  /** A piece of text replaced by another. */
  function mutate(text: string, draw: (n: number) => number): string {
    let changed = text;
    for (let k = draw(3); k >= 0; k--) {
      const at = draw(changed.length + 1);
      const end = at + draw(6);
      const middle = [
        SNIPPETS[draw(SNIPPETS.length)]!,
        '',
        String.fromCharCode(32 + draw(90)),
        changed.slice(Math.max(0, at - 4), end),
      ][draw(4)]!;
      changed = changed.slice(0, at) + middle + changed.slice(end);
    }
    return changed;
  }

  function read(source: Uint8Array, run: number): boolean {
    try {
      readModel(source);
      return true;
    } catch (error) {
      if (!(error instanceof FormatError)) {
        throw new Error(`mutation ${run} of seed ${SEED}`, { cause: error });
      }
      expect(error.message).toMatch(/^(safetensors|model file): .{10,1000}[.]$/su);
      return false;
    }
  }

  test('5,000 files with mutated metadata are read or refused with a FormatError', () => {
    const keys = Object.keys(file.metadata);
    let good = 0;
    const before = process.memoryUsage().rss;
    for (let run = 0; run < 5000; run++) {
      const draw = drawsOf(run);
      const key = keys[draw(keys.length)]!;
      if (read(withMetadata({ [key]: mutate(file.metadata[key]!, draw) }), run)) good++;
    }
    expect(good).toBeGreaterThan(100);
    expect(good).toBeLessThan(4000);
    expect(process.memoryUsage().rss - before).toBeLessThan(500e6);
  });

  test('3,000 files with mutated bytes', () => {
    let refused = 0;
    for (let run = 0; run < 3000; run++) {
      const draw = drawsOf(run + 10_000);
      const cut = draw(4) === 0 ? draw(bytes.length) : bytes.length;
      const own = bytes.slice(0, cut);
      for (let k = draw(4); k >= 0 && cut > 0; k--) own[draw(cut)]! ^= 1 << draw(8);
      if (!read(own, run)) refused++;
    }
    expect(refused).toBeGreaterThan(1000);
  });
});
