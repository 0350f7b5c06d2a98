// covers: src/data/table-fit.ts, src/data/table-spec.ts
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ArgumentError, FormatError } from '../../src/engine/core/errors.js';
import { readCsv, tableFrom, TablePreprocessor } from '../../src/data/index.js';
import type { TableFitOptions } from '../../src/data/index.js';

const golden = JSON.parse(
  readFileSync(new URL('../goldens/tables.json', import.meta.url), 'utf8'),
) as {
  train: string;
  test: string;
  standardize: number[][];
  minmax: number[][];
  y: number[];
  classes: string[];
};

describe('as scikit-learn does', () => {
  test.each(['standardize', 'minmax'] as const)('%s', (scaling) => {
    const train = readCsv(golden.train);
    const p = TablePreprocessor.fit(train, { target: 'label', missing: 'fill', scaling });
    expect(p.classes).toEqual(golden.classes);
    expect(p.featureNames.slice(0, 3)).toEqual(['a', 'b', 'c']);
    expect(p.featureNames.slice(3)).toEqual([
      'colour=dark blue',
      'colour=green',
      'colour=red',
      'colour=Öl',
    ]);
    const set = p.dataset(readCsv(golden.test));
    expect([...set.column('y').values]).toEqual(golden.y);
    const x = set.column('x');
    const expected = golden[scaling].flat();
    expect(x.values.length).toBe(expected.length);
    for (const [i, v] of expected.entries()) expect(x.values[i]!).toBeCloseTo(v, 5);
  });
});

const people = readCsv('age,job,city,income\n30,nurse,Bonn,1\n50,cook,Ulm,2.5\n40,nurse,Bonn,3\n', {
  source: 'people.csv',
});
const fit = (options: TableFitOptions = {}, table = people) =>
  TablePreprocessor.fit(table, options);

describe('fit and apply', () => {
  test('numbers, one-hot, a numeric target', () => {
    const p = fit({ target: 'income', ignore: ['city'], scaling: 'minmax' });
    expect(p.featureNames).toEqual(['age', 'job=cook', 'job=nurse']);
    const { x, y, rows } = p.arrays(people, { target: true });
    expect(x).toEqual({
      dtype: 'f32',
      shape: [3, 3],
      values: new Float32Array([0, 0, 1, 1, 1, 0, 0.5, 0, 1]),
    });
    expect(y).toEqual({ dtype: 'f32', shape: [3, 1], values: new Float32Array([1, 2.5, 3]) });
    expect([...rows]).toEqual([0, 1, 2]);
    expect(p.classes).toEqual([]);
  });

  test('codes', () => {
    const p = fit({ target: 'income', categories: 'codes', unknown: 'zeros' });
    expect([p.featureNames, p.codeNames]).toEqual([['age'], ['job', 'city']]);
    const { x, c } = p.arrays(people);
    expect(x.shape).toEqual([3, 1]);
    expect(c).toEqual({
      dtype: 'i32',
      shape: [3, 2],
      values: new Int32Array([1, 0, 0, 1, 1, 0]),
    });
    const other = tableFrom([{ age: 1, job: 'pilot', city: 'Ulm' }]);
    expect([...p.arrays(other).c!.values]).toEqual([2, 1]);
    expect(p.dataset(people).names).toEqual(['x', 'c', 'y']);
  });

  test('columns are found by name, whatever their order; others are ignored', () => {
    const p = fit({ features: ['job', 'age'], scaling: 'none' });
    expect(p.featureNames).toEqual(['job=cook', 'job=nurse', 'age']);
    const rows = tableFrom([{ x: 'y', age: 7, job: 'cook' }]);
    expect([...p.arrays(rows).x.values]).toEqual([1, 0, 7]);
    expect(() => p.arrays(tableFrom([{ age: 7 }]))).toThrow("rows: there is no column 'job'");
  });

  test('a scaled target and back', () => {
    const p = fit({ target: 'income', features: ['age'], targetScaling: 'standardize' });
    const y = p.arrays(people, { target: true }).y!.values;
    expect([...p.unscaleTarget(y)].map((v) => Math.round(v * 1e5) / 1e5)).toEqual([1, 2.5, 3]);
    expect(() => fit({ target: 'job', features: ['age'] }).unscaleTarget([1])).toThrow(
      ArgumentError,
    );
  });

  test('constant columns become 0, at any size', () => {
    for (const value of ['0', '0.1', '123456789.123', '1e300']) {
      const table = readCsv(`a,b\n${value},1\n${value},2\n${value},3\n`);
      for (const scaling of ['standardize', 'minmax'] as const) {
        const { x } = fit({ features: ['a'], scaling }, table).arrays(table);
        for (const v of x.values) expect(v).toBeCloseTo(0, 6);
      }
    }
  });

  test('nothing of the test part gets in', () => {
    const p = fit({ features: ['age'] });
    const before = JSON.stringify(p);
    const rows = tableFrom([{ age: 1000 }, { age: 2000 }]);
    const alone = p.arrays(tableFrom([{ age: 1000 }])).x.values[0];
    expect(p.arrays(rows).x.values[0]).toBe(alone);
    expect(JSON.stringify(p)).toBe(before);
  });

  test('a whole-number column takes fractions later, unless it is declared', () => {
    const rows = tableFrom([{ age: 30.5 }]);
    expect(fit({ features: ['age'] }).arrays(rows).x.values.length).toBe(1);
    expect(() => fit({ features: ['age'], types: { age: 'integer' } }).arrays(rows)).toThrow(
      `rows: line 1, column 'age': "30.5" is no whole number`,
    );
  });
});

describe('missing values', () => {
  const gaps = readCsv('a,b,y\n1,x,p\n?,x,q\n3,NA,p\n5,z,\n8,x,q\n', { source: 'g.csv' });

  test('error names line, column and remedy', () => {
    expect(() => fit({ target: 'y' }, gaps)).toThrow(FormatError);
    expect(() => fit({ target: 'y' }, gaps)).toThrow(
      `g.csv: line 3, column 'a': the value is missing ("?"); complete it, or choose missing: ` +
        "'drop' or 'fill'.",
    );
  });

  test('drop', () => {
    const p = fit({ target: 'y', missing: 'drop', scaling: 'none' }, gaps);
    const { x, y, rows } = p.arrays(gaps, { target: true });
    expect([...rows]).toEqual([0, 4]);
    expect([...x.values]).toEqual([1, 1, 8, 1]);
    expect([...y!.values]).toEqual([0, 1]);
    // Without the target only the features have to be there, and to be known.
    expect(() => p.arrays(gaps)).toThrow(
      `line 5, column 'b': the training part has no category "z"; did you mean "x"? It has "x".`,
    );
  });

  test('fill: mean and mode; never the target', () => {
    const p = fit({ features: ['a', 'b'], missing: 'fill', scaling: 'none' }, gaps);
    expect(p.spec.features.map((f) => f.fill)).toEqual([4.25, 'x']);
    expect([...p.arrays(gaps).x.values.subarray(3, 9)]).toEqual([4.25, 1, 0, 3, 1, 0]);
    expect(() => fit({ target: 'y', missing: 'fill' }, gaps)).toThrow(
      `line 5, column 'y': the value is missing (""); a target cannot be filled in`,
    );
  });

  test('other signs', () => {
    const table = readCsv('a,b\n-1,x\n2,?\n');
    const p = fit({ missingValues: ['-1'], missing: 'fill', scaling: 'none' }, table);
    expect(p.featureNames).toEqual(['a', 'b=?', 'b=x']);
    expect([...p.arrays(table).x.values]).toEqual([2, 0, 1, 2, 1, 0]);
  });

  test('nothing left', () => {
    const table = readCsv('a,b\n?,1\n2,?\n');
    expect(() => fit({ missing: 'drop' }, table)).toThrow('no row is complete');
    expect(() => fit({ missing: 'fill', types: { a: 'number' } }, readCsv('a\n?\n'))).toThrow(
      "column 'a' has no values",
    );
  });
});

describe('cells that do not fit', () => {
  const p = fit({ target: 'job', features: ['age', 'city'], scaling: 'none' });
  const one = (age: string, city = 'Bonn', job = 'cook') =>
    readCsv(`age,city,job\n\n${age},${city},${job}\n`, { source: 'new.csv' });

  test.each([
    [one('old'), `new.csv: line 3, column 'age': "old" is no number.`],
    [one('1e39'), `new.csv: line 3, column 'age': "1e39" is beyond the range of f32.`],
    [one('1', 'Bon'), `no category "Bon"; did you mean "Bonn"? It has "Bonn", "Ulm".`],
    [one('1', 'Ulm', 'king'), `column 'job': the training part has no category "king"`],
  ])('%#', (table, message) => {
    expect(() => p.dataset(table)).toThrow(FormatError);
    expect(() => p.dataset(table)).toThrow(message);
  });

  test('unknown: zeros', () => {
    const lenient = fit({ features: ['city'], unknown: 'zeros' });
    expect([...lenient.arrays(one('1', 'Rome')).x.values]).toEqual([0, 0]);
  });

  test('a declared type is held to', () => {
    expect(() => fit({ types: { job: 'number' } })).toThrow(
      `people.csv: line 2, column 'job': "nurse" is no number.`,
    );
  });
});

describe('options that cannot be', () => {
  const names = Array.from({ length: 30 }, (_, i) => ({ name: `n${i}`, v: i }));
  test.each<[TableFitOptions, RegExp]>([
    [{ target: 'incom' }, /there is no column 'incom'; did you mean 'income'/],
    [{ ignore: ['x'] }, /there is no column 'x'/],
    [{ types: { constructor: 'number' as const } }, /there is no column 'constructor'/],
    [{ features: [] }, /no features are left/],
    [{ features: ['age', 'age'] }, /'age' is twice among the features/],
    [{ target: 'age', features: ['age'] }, /'age' is the target among the features/],
  ])('%j', (options, message) => {
    expect(() => fit(options)).toThrow(message);
  });

  test('text is no feature', () => {
    expect(() => fit({ target: 'v' }, tableFrom(names))).toThrow(ArgumentError);
    expect(() => fit({ target: 'v' }, tableFrom(names))).toThrow(
      `column 'name' of rows is text ("n0", "n1", "n2", …); leave it out (ignore: ['name']), or ` +
        "declare it (types: { 'name': 'category' }).",
    );
  });

  test('dataset without a target', () => {
    expect(() => fit({ features: ['age'] }).dataset(people)).toThrow(ArgumentError);
  });
});

describe('JSON', () => {
  const p = fit({ target: 'job', missing: 'fill', targetScaling: 'minmax' });

  test('there and back: the same numbers', () => {
    const back = TablePreprocessor.fromJSON(JSON.parse(JSON.stringify(p)));
    expect(back).toEqual(p);
    expect(back.arrays(people, { target: true })).toEqual(p.arrays(people, { target: true }));
  });

  type Json = Record<string, unknown>;
  const changed = (change: (json: Json, feature: Json, words: Json) => void): unknown => {
    const json = JSON.parse(JSON.stringify(p)) as Json;
    const features = json['features'] as Json[];
    change(json, features[0]!, features[1]!);
    return json;
  };
  test.each<[string, unknown, RegExp]>([
    ['null', null, /the whole of the stored preprocessing: expected an object/],
    ['another format', {}, /format .*: expected 'gradus-table', version 1/],
    ['features', changed((j) => (j['features'] = [])), /features of .*expected a list/],
    ['a name', changed((_, f) => (f['name'] = 1)), /features\[0\]\.name of/],
    ['a type', changed((_, f) => (f['type'] = 'text')), /features\[0\]\.type .*'number' or 'int/],
    ['scale 0', changed((_, f) => (f['scale'] = 0)), /features\[0\]\.scale .*above 0/],
    ['an offset', changed((_, f) => (f['offset'] = null)), /features\[0\]\.offset/],
    ['a fill', changed((_, f) => (f['fill'] = 'x')), /features\[0\]\.fill/],
    ['no categories', changed((_, __, w) => (w['categories'] = [])), /expected at least one/],
    ['doubles', changed((_, __, w) => (w['categories'] = ['a', 'a'])), /one is doubled/],
    ['a foreign fill', changed((_, __, w) => (w['fill'] = 'z')), /null or one of the categories/],
    ['names twice', changed((_, f) => (f['name'] = 'job')), /'job' is there twice/],
    ['missing', changed((j) => (j['missing'] = 'guess')), /missing .*'error' or 'drop' or 'fill'/],
    ['no target', changed((j) => delete j['target']), /target of/],
  ])('%s', (_, json, message) => {
    expect(() => TablePreprocessor.fromJSON(json)).toThrow(FormatError);
    expect(() => TablePreprocessor.fromJSON(json)).toThrow(message);
  });
});
