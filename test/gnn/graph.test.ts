// covers: src/gnn/graph-checks.ts, src/gnn/edge-index.ts, src/gnn/index.ts
import { describe, expect, test } from 'vitest';
import { ArgumentError, DTypeError, IndexError, ShapeError } from '../../src/engine/core/errors.js';
import { EdgeIndex, Graph } from '../../src/gnn/index.js';
import { eye, tensor } from '../../src/tensor/index.js';
import { i32, values } from '../tensor/check.js';

const path = [
  [0, 1, 1, 2],
  [1, 0, 2, 1],
] as const;

function mask(...on: number[]): ReturnType<typeof tensor> {
  return tensor(
    [0, 1, 2].map((v) => on.includes(v)),
    { dtype: 'bool' },
  );
}

describe('EdgeIndex', () => {
  test('is made of arrays or of a tensor, and is one', () => {
    const edges = new EdgeIndex(
      i32([
        [2, 0],
        [1, 1],
      ]),
      3,
    );
    expect([...edges.sources]).toEqual([2, 0]);
    expect([...edges.targets]).toEqual([1, 1]);
    expect(edges.tensor.array()).toEqual([
      [2, 0],
      [1, 1],
    ]);
    expect(edges.numEdges).toBe(2);
    expect(values(edges.incoming.ptr)).toEqual([0, 0, 2, 2]);
    expect(values(edges.incoming.index)).toEqual([2, 0]);
    expect(edges.incoming).toBe(edges.incoming);
  });
  test('may have no edges, or no nodes', () => {
    expect(values(new EdgeIndex([[], []], 2).incoming.ptr)).toEqual([0, 0, 0]);
    expect(values(new EdgeIndex([[], []], 0).incoming.ptr)).toEqual([0]);
  });
  test('does not lead outside the graph', () => {
    expect(
      () =>
        new EdgeIndex(
          [
            [0, 1],
            [1, 3],
          ],
          3,
        ),
    ).toThrow(
      new IndexError(
        'EdgeIndex: edge 1 leads from 1 to 3, and 3 is no node of a graph of 3 nodes; use 0…2.',
      ),
    );
    expect(() => new EdgeIndex([[-1], [0]], 3)).toThrow('and -1 is no node');
    expect(() => new EdgeIndex([[0.5], [0]], 3)).toThrow('and 0.5 is no node');
    expect(() => new EdgeIndex([[0], [0]], 0)).toThrow('0 nodes; give the number of nodes.');
    expect(() => new EdgeIndex([[0], []], 1)).toThrow(
      new ShapeError('EdgeIndex: 1 sources and 0 targets are given; give one of each per edge.'),
    );
    expect(() => new EdgeIndex(i32([1, 2]), 3)).toThrow('have shape [2]; give [2, E].');
    expect(() => new EdgeIndex([[], []], -1)).toThrow('numNodes is -1');
  });
});

describe('Graph', () => {
  test('knows what it is', () => {
    const graph = new Graph({ edgeIndex: path, x: eye(3) });
    expect([graph.numNodes, graph.numEdges, graph.numFeatures]).toEqual([3, 4, 3]);
    expect(graph.isUndirected).toBe(true);
    expect(graph.hasSelfLoops).toBe(false);
    expect(graph.hasIsolatedNodes).toBe(false);
    const other = new Graph({
      edgeIndex: [
        [0, 0, 1],
        [0, 1, 0],
      ],
      numNodes: 3,
    });
    expect(other.numFeatures).toBe(0);
    expect(other.isUndirected).toBe(true);
    expect(other.hasSelfLoops).toBe(true);
    expect(other.hasIsolatedNodes).toBe(true);
    expect(
      new Graph({
        edgeIndex: [
          [0, 0, 1],
          [1, 1, 0],
        ],
        numNodes: 2,
      }).isUndirected,
    ).toBe(false);
  });
  test('is changed by making another', () => {
    const graph = new Graph({ edgeIndex: path, x: eye(3), ids: ['a', 'b', 'c'] });
    const more = graph.with({ y: i32([0, 1, 0]), x: undefined });
    expect(more.x).toBeUndefined();
    expect(more.numNodes).toBe(3);
    expect(values(more.y!)).toEqual([0, 1, 0]);
    expect(more.edgeIndex).toBe(graph.edgeIndex);
    expect(more.ids).toEqual(['a', 'b', 'c']);
    expect(graph.y).toBeUndefined();
  });
  test('wants a row for each node and edge', () => {
    expect(() => new Graph({ edgeIndex: path, numNodes: 3, x: eye(4) })).toThrow(
      new ShapeError(
        'Graph: x has shape [4, 4], but there are 3 nodes; give it a row for each node.',
      ),
    );
    expect(() => new Graph({ edgeIndex: path, x: eye(3), edgeWeight: tensor([1]) })).toThrow(
      'Graph: edgeWeight has shape [1], but there are 4 edges; give it a row for each edge.',
    );
    expect(() => new Graph({ edgeIndex: path })).toThrow('give numNodes');
    const edgeIndex = new EdgeIndex(path, 3);
    expect(() => new Graph({ edgeIndex, numNodes: 4 })).toThrow(
      'numNodes is 4, but edgeIndex is of a graph of 3 nodes',
    );
  });
  test('wants numbers for features', () => {
    const x = tensor([
      [1, 2],
      [3, NaN],
      [0, 0],
    ]);
    expect(() => new Graph({ edgeIndex: path, x })).toThrow(
      new ArgumentError(
        'Graph: x[1, 1] is NaN; replace what is missing, for instance by the mean of its column.',
      ),
    );
    const edgeWeight = tensor([1, 1, NaN, 1]);
    expect(() => new Graph({ edgeIndex: path, x: eye(3), edgeWeight })).toThrow(
      'edgeWeight[2] is NaN',
    );
  });
  test('wants splits that are not empty and do not overlap', () => {
    const graph = new Graph({ edgeIndex: path, x: eye(3) });
    expect(graph.with({ trainMask: mask(0), testMask: mask(1, 2) }).testMask!.size).toBe(3);
    expect(() => graph.with({ trainMask: mask(0, 1), testMask: mask(2, 1) })).toThrow(
      new ArgumentError(
        'Graph: node 1 is in trainMask and in testMask; give each node to one split.',
      ),
    );
    expect(() => graph.with({ valMask: mask() })).toThrow('valMask has no node');
    expect(() => graph.with({ valMask: i32([1, 0, 0]) })).toThrow(DTypeError);
  });
  test('wants each id once', () => {
    expect(() => new Graph({ edgeIndex: path, ids: ['a', 'b', 'a'] })).toThrow(
      new ArgumentError('Graph: nodes 0 and 2 both have the id "a"; make ids unique.'),
    );
    expect(() => new Graph({ edgeIndex: path, numNodes: 3, ids: ['a'] })).toThrow(
      '1 ids are given for 3 nodes',
    );
  });
});
