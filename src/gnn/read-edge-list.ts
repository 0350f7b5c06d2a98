import { readCsv, type CsvOptions } from '../data/index.js';
import { ArgumentError, FormatError } from '../engine/core/errors.js';
import { fromData } from '../tensor/index.js';
import { EdgeIndex } from './edge-index.js';
import { Graph } from './graph.js';

/** Options of `readEdgeList`: how the file is written, and what its edges are. */
export interface EdgeListOptions extends CsvOptions {
  /** An edge leads one way only. Default false: each line stands for both directions. */
  readonly directed?: boolean;
  /**
   * Nodes are the numbers 0 to this minus one. Default: they are whatever stands in the file, numbered
   * as they come, and the graph has their names as `ids`.
   */
  readonly numNodes?: number;
}

/** The edges of a list, before they are a graph. */
interface Listed {
  readonly from: number[];
  readonly to: number[];
  readonly weights: number[];
}

/**
 * A graph from a list of edges, one a line: the first two columns are the ends, and a column `weight`,
 * if there is one, becomes `edgeWeight`. Loops stay single in undirected graphs too.
 *
 * @param input Text, or bytes to decode, as for `readCsv`.
 * @throws FormatError naming the line: a weight that is no number, a node beyond `numNodes`, an end that
 *   is empty; ArgumentError for fewer than two columns.
 * @example
 * const graph = readEdgeList('source,target,weight\nAnn,Bob,2\nBob,Cid,1\n');
 * graph.ids; // ['Ann', 'Bob', 'Cid']
 * graph.numEdges; // 4
 */
export function readEdgeList(input: string | Uint8Array, options: EdgeListOptions = {}): Graph {
  const { directed = false, numNodes, ...csv } = options;
  const table = readCsv(input, csv);
  if (table.columns.length < 2) {
    throw new ArgumentError(
      `readEdgeList: ${table.source} has one column; give lines 'source,target'.`,
    );
  }
  const weightAt = table.columns.indexOf('weight', 2);
  const known = new Map<string, number>();
  const { from, to, weights }: Listed = { from: [], to: [], weights: [] };
  for (const [i, row] of table.rows.entries()) {
    const fail = (what: string): never => {
      throw new FormatError(`readEdgeList: ${table.source}, line ${table.lines[i]}: ${what}`);
    };
    const [v, w] = [row[0]!, row[1]!].map((name) => nodeOf(name, known, numNodes, fail));
    const weight = weightAt < 0 ? 1 : Number(row[weightAt]);
    if (!Number.isFinite(weight) || (weightAt >= 0 && row[weightAt] === '')) {
      fail(`the weight is ${JSON.stringify(row[weightAt])}; give a number.`);
    }
    const ways =
      directed || v === w
        ? [[v!, w!]]
        : [
            [v!, w!],
            [w!, v!],
          ];
    for (const [a, b] of ways) {
      from.push(a!);
      to.push(b!);
      weights.push(weight);
    }
  }
  return new Graph({
    edgeIndex: new EdgeIndex([from, to], numNodes ?? known.size),
    ...(weightAt < 0 ? {} : { edgeWeight: fromData(Float32Array.from(weights), [weights.length]) }),
    ...(numNodes === undefined ? { ids: [...known.keys()] } : {}),
  });
}

/** The number of a node; a new one for a name that has not been met. */
function nodeOf(
  name: string,
  known: Map<string, number>,
  numNodes: number | undefined,
  fail: (what: string) => never,
): number {
  if (name === '') fail('an end of the edge is empty; give the name of a node.');
  if (numNodes === undefined) {
    if (!known.has(name)) known.set(name, known.size);
    return known.get(name)!;
  }
  const number = Number(name);
  if (/^\d+$/.test(name) && number < numNodes) return number;
  return fail(`${JSON.stringify(name)} is no node; with numNodes they are 0…${numNodes - 1}.`);
}
