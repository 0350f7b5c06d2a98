// covers: src/gnn/karate-club.ts
import { describe, expect, test } from 'vitest';
import { ArgumentError, FormatError } from '../../src/engine/core/errors.js';
import { connectedComponents, karateClub, readEdgeList } from '../../src/gnn/index.js';
import { values } from '../tensor/check.js';

describe('lists of edges', () => {
  const text = 'from,to,weight\nAnn,Bob,2\nBob,Cid,0.5\nCid,Cid,1\n';
  test('name their nodes, and go both ways unless directed', () => {
    const graph = readEdgeList(text);
    expect(graph.ids).toEqual(['Ann', 'Bob', 'Cid']);
    expect([...graph.edgeIndex.sources]).toEqual([0, 1, 1, 2, 2]);
    expect([...graph.edgeIndex.targets]).toEqual([1, 0, 2, 1, 2]);
    expect(values(graph.edgeWeight!)).toEqual([2, 2, 0.5, 0.5, 1]);
    expect(readEdgeList(text, { directed: true }).numEdges).toBe(3);
  });
  test('or number them', () => {
    const graph = readEdgeList('0\t3\n', { header: false, delimiter: '\t', numNodes: 5 });
    expect([graph.numNodes, graph.numEdges, graph.ids, graph.edgeWeight]).toEqual([
      5,
      2,
      undefined,
      undefined,
    ]);
  });
  test('with a mistake name its line', () => {
    const read = (lines: string, options = {}): unknown =>
      readEdgeList(`a,b,weight\n0,1,1\n${lines}\n`, { source: 'edges.csv', ...options });
    expect(() => read('1,2,much')).toThrow(
      new FormatError('readEdgeList: edges.csv, line 3: the weight is "much"; give a number.'),
    );
    expect(() => read('1,2,')).toThrow('line 3: the weight is ""');
    expect(() => read('1,,1')).toThrow('line 3: an end of the edge is empty');
    expect(() => read('1,7,1', { numNodes: 3 })).toThrow(
      'line 3: "7" is no node; with numNodes they are 0…2.',
    );
    expect(() => read('1')).toThrow(FormatError);
    expect(() => readEdgeList('a\n1\n')).toThrow(ArgumentError);
  });
});

test('the karate club has 34 members, 78 edges and two halves', () => {
  const club = karateClub();
  expect([club.numNodes, club.numEdges / 2, club.numFeatures]).toEqual([34, 78, 34]);
  expect(club.isUndirected).toBe(true);
  expect(Math.max(...connectedComponents(club))).toBe(0);
  expect(values(club.y!).filter((c) => c === 0).length).toBe(17);
  expect(values(club.edgeIndex.degrees())[33]).toBe(17); // the officer knew most
  expect(values(club.edgeIndex.degrees())[0]).toBe(16);
  expect(values(club.y!.at({ stop: 1 })).concat(values(club.y!.at({ start: 33 })))).toEqual([0, 1]);
});
