import { expect, test } from 'vitest';
import { FormatError } from '../../src/engine/core/errors.js';
import { parseGraphFiles } from '../../src/gnn/index.js';
import { expectClose, values } from '../tensor/check.js';

const files = {
  edges: 'source,target\n0,2\n',
  features: '1 3\n\n0\n',
  labels: 'node,label\n0,1\n1,-1\n2,0\n',
  train: '0\n',
  test: '2\n',
};

test('a graph in files', () => {
  const graph = parseGraphFiles(files);
  expectClose(
    graph.x!,
    [
      [0, 0.5, 0, 0.5],
      [0, 0, 0, 0],
      [1, 0, 0, 0],
    ],
    0,
  );
  expect(values(parseGraphFiles(files, { normalizeFeatures: false }).x!)[1]).toBe(1);
  expect(values(graph.y!)).toEqual([1, -1, 0]);
  expect([...graph.edgeIndex.sources]).toEqual([0, 2]);
  expect(values(graph.trainMask!)).toEqual([1, 0, 0]);
  expect(values(graph.testMask!)).toEqual([0, 0, 1]);
  expect(graph.valMask).toBeUndefined();
});

test('mistakes name file and line', () => {
  expect(() => parseGraphFiles({ ...files, features: '1\nx\n' })).toThrow(
    new FormatError('features.txt, line 2: "x"; give a whole number.'),
  );
  expect(() => parseGraphFiles({ ...files, train: '0\n3\n' })).toThrow(
    'train.txt, line 2: "3"; give a whole number of 0…2.',
  );
  expect(() => parseGraphFiles({ ...files, labels: 'node,label\n9,0\n' })).toThrow(
    'labels.csv, line 2: "9"',
  );
  expect(() => parseGraphFiles({ ...files, edges: 'a,b\n0,5\n' })).toThrow('edges.csv, line 2');
  expect(() => parseGraphFiles({ ...files, val: '0\n' })).toThrow(
    'node 0 is in trainMask and in valMask',
  );
});
