import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { DATA_SOURCES, DATASETS, TABLES } from '../../../src/data/node.js';
import { gradus } from '../run-gradus.js';

interface Listed {
  readonly name: string;
  readonly use: string;
  readonly task: string;
  readonly description: string;
  readonly bytes: number | null;
  readonly found: { by: string; directory: string | null; missing: string[] } | null;
  readonly fetch: boolean;
  readonly manual: string | null;
}

const root = fs.mkdtempSync(path.join(tmpdir(), 'gradus-data-list-'));
afterAll(() => fs.rmSync(root, { recursive: true }));
let dir = root;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(root, 't-'));
});

function put(...parts: string[]): void {
  const file = path.join(dir, ...parts);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, 'x');
}

async function listed(args: string, env: NodeJS.ProcessEnv = {}): Promise<Map<string, Listed>> {
  const { status, stdout, stderr } = await gradus(`data list --json ${args}`, env);
  expect([status, stderr]).toEqual([0, '']);
  const lines = stdout.trimEnd().split('\n');
  return new Map(lines.map((line) => JSON.parse(line) as Listed).map((set) => [set.name, set]));
}

test('data list names every set, its task, its size and how to get it', async () => {
  const { status, stdout } = await gradus('data list');
  expect(status).toBe(0);
  for (const { name, description } of [...DATASETS.values(), ...TABLES.values()]) {
    expect(stdout).toMatch(new RegExp(`^${name} +`, 'm'));
    expect(stdout).toContain(description);
  }
  for (const { name, manual, home } of DATA_SOURCES.values()) {
    const how =
      manual === undefined ? `not here: gradus data fetch ${name}` : `by hand from ${home}`;
    const line = stdout.split('\n').find((text) => text.startsWith(`${name} `))!;
    expect(line).toMatch(/ \d+(\.\d)? [kM]?B {3}/);
    expect(line).toContain(how);
  }
  expect(stdout).toMatch(/^digits +embedded, needs no files\n {2}image classification: /m);
  expect(stdout).toMatch(/^fashion-mnist +30\.9 MB +not here/m);
});

test('data list --json has all sets, each with a task and a description of its own', async () => {
  const sets = await listed('');
  const names = [...DATASETS.keys(), ...TABLES.keys(), ...DATA_SOURCES.keys()];
  expect(new Set(sets.keys())).toEqual(new Set(names));
  for (const { name, task, description, bytes } of sets.values()) {
    expect([name, task]).not.toEqual([name, 'other']);
    expect([name, description]).not.toEqual([name, 'files']);
    expect(bytes === null).toBe(['digits', 'scenes'].includes(name));
  }
  expect(sets.get('digits')).toMatchObject({ use: 'train', found: { by: 'embedded' } });
  expect(sets.get('iris')).toMatchObject({
    use: 'table',
    task: 'table classification',
    found: null,
    fetch: true,
    manual: null,
  });
  expect(sets.get('mr-polarity')).toMatchObject({ use: 'train', fetch: false });
  expect(sets.get('mr-polarity')!.manual).toContain('no licence is stated');
});

test('each set is found by the first place that has it', async () => {
  put('first', 'tabular', 'iris.csv');
  put('second', 'tabular', 'iris.csv');
  put('second', 'tabular', 'wine.csv');
  put('cache', 'data', 'tabular', 'wine.csv');
  put('cache', 'data', 'tinyshakespeare', 'input.txt');
  const sets = await listed(`--data-dir ${path.join(dir, 'first')}`, {
    GRADUS_DATA: path.join(dir, 'second'),
    GRADUS_CACHE: path.join(dir, 'cache'),
  });
  const place = (...parts: string[]) => path.join(dir, ...parts);
  const found = (by: string, directory: string) => ({ by, directory, missing: [] });
  expect(sets.get('iris')!.found).toEqual(found('--data-dir', place('first', 'tabular')));
  expect(sets.get('wine')!.found).toEqual(found('GRADUS_DATA', place('second', 'tabular')));
  expect(sets.get('tinyshakespeare')!.found).toEqual(
    found('cache', place('cache', 'data', 'tinyshakespeare')),
  );
  expect(sets.get('penguins')!.found).toBe(null);
});

test('files packed or unpacked count, and those that are missing are named', async () => {
  put('tabular', 'adult-train.csv.gz');
  put('t10k-images-idx3-ubyte');
  put('rt-polarity.neg');
  const env = { GRADUS_DATA: dir };
  const sets = await listed('', env);
  expect(sets.get('adult')!.found).toEqual({
    by: 'GRADUS_DATA',
    directory: path.join(dir, 'tabular'),
    missing: ['adult-test.csv'],
  });
  expect(sets.get('fashion-mnist')!.found).toMatchObject({ directory: dir });
  expect(sets.get('fashion-mnist')!.found!.missing).toHaveLength(3);
  const { stdout } = await gradus('data list', env);
  expect(stdout).toContain(
    `GRADUS_DATA: ${path.join(dir, 'tabular')}, but adult-test.csv missing: gradus data fetch adult`,
  );
  expect(stdout).toContain(
    `GRADUS_DATA: ${dir}, but rt-polarity.pos missing: by hand from https://github.com/yoonkim`,
  );
});

test('a data directory that is none is told in one sentence', async () => {
  put('file');
  for (const folder of [path.join(dir, 'nowhere'), path.join(dir, 'file')]) {
    const asked = await gradus(`data list --data-dir ${folder}`);
    expect([asked.status, asked.stdout]).toEqual([1, '']);
    expect(asked.stderr).toMatch(/^error: data list: the data directory .* \(--data-dir\) is no/);
    const env = await gradus('data list', { GRADUS_DATA: folder });
    expect(env.status).toBe(1);
    expect(env.stderr).toMatch(/\(GRADUS_DATA\) is no directory .*, or unset GRADUS_DATA\.\n$/);
  }
});
