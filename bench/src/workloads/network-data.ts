import type { Field } from '../field.js';
import type { NetworkName, NetworkTask } from '../measure/protocol.js';
import { folderOf, graphOf, graphSets, type GraphData, type GraphSet } from './graph-data.js';
import { randomNumbers, uniform } from './random.js';

/** A network whose training step is timed: its parameters' shapes, and what it is given. */
export interface NetworkSpec {
  readonly network: NetworkName;
  readonly title: string;
  /** Extents of each parameter; those of one axis are biases, or scales where the name ends so. */
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  /** Of one batch. */
  readonly x: readonly number[];
  readonly y: { readonly count: number; readonly classes: number };
  readonly graph?: { readonly set: GraphSet; readonly folder: string | undefined };
  readonly heads?: number;
}

const [T, WIDTH, HEADS] = [128, 192, 6];

function gcn(set: GraphSet, dataDir: string | undefined): NetworkSpec {
  const folder = folderOf(set, dataDir);
  const { name, nodes, features, classes } = set;
  return {
    network: 'gcn',
    title: `GCN, two layers, ${folder === undefined ? `a graph of ${name}’s size` : name}`,
    parameters: { w1: [features, 16], b1: [16], w2: [16, classes], b2: [classes] },
    x: [nodes, features],
    y: { count: nodes, classes },
    graph: { set, folder },
  };
}

const fixed: readonly NetworkSpec[] = [
  {
    network: 'cnn',
    title: 'CNN, batch 64',
    parameters: {
      w1: [32, 1, 3, 3],
      b1: [32],
      w2: [64, 32, 3, 3],
      b2: [64],
      w3: [128, 3136],
      b3: [128],
      w4: [10, 128],
      b4: [10],
    },
    x: [64, 1, 28, 28],
    y: { count: 64, classes: 10 },
  },
  {
    network: 'lstm',
    title: 'LSTM, T 64, batch 32',
    parameters: {
      wx: [1024, 64],
      bx: [1024],
      wh: [1024, 256],
      bh: [1024],
      w: [10, 256],
      b: [10],
    },
    x: [64, 32, 64],
    y: { count: 32, classes: 10 },
  },
  {
    network: 'attention',
    title: 'Transformer block, T 128, batch 16',
    parameters: {
      scale1: [WIDTH],
      shift1: [WIDTH],
      qkv: [3 * WIDTH, WIDTH],
      qkvBias: [3 * WIDTH],
      out: [WIDTH, WIDTH],
      outBias: [WIDTH],
      scale2: [WIDTH],
      shift2: [WIDTH],
      up: [4 * WIDTH, WIDTH],
      upBias: [4 * WIDTH],
      down: [WIDTH, 4 * WIDTH],
      downBias: [WIDTH],
    },
    x: [16, T, WIDTH],
    y: { count: 1, classes: 1 },
    heads: HEADS,
  },
];

/** The networks; on the graphs of `dataDir` where they are there. */
export function networksOf(dataDir: string | undefined): NetworkSpec[] {
  return [...fixed, ...graphSets.map((set) => gcn(set, dataDir))];
}

/** The title of a network that needs no data. */
export function titleOf(network: NetworkName): string {
  return fixed.find((spec) => spec.network === network)!.title;
}

// Batches pair anew each time, since the counts have no common factor.
const X_SETS = 4;
const Y_SETS = 5;

/** Weights as PyTorch draws them, U(-1/√inputs, 1/√inputs); inputs in [0, 1). */
export function storeNetworkTask(field: Field, spec: NetworkSpec): NetworkTask {
  const random = randomNumbers(7);
  const count = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);
  let limit = 1;
  const draw = (name: string, shape: readonly number[]): Float32Array => {
    if (name.startsWith('scale')) return new Float32Array(count(shape)).fill(1);
    const inputs = spec.network === 'gcn' ? shape[0]! : count(shape.slice(1));
    if (shape.length > 1) limit = 1 / Math.sqrt(inputs);
    return uniform(random, count(shape), -limit, limit);
  };
  const parameters = Object.entries(spec.parameters).map(([name, shape]) => {
    return [name, field.store(draw(name, shape), shape)] as const;
  });
  const { y, heads, graph } = spec;
  const data = graph && graphOf(graph.set, graph.folder, random);
  const [xs, ys] = graph ? [1, data?.labels ? 1 : Y_SETS] : [X_SETS, Y_SETS];
  const labels = Int32Array.from({ length: ys * y.count }, () => Math.floor(random() * y.classes));
  const x = data?.features ?? uniform(random, xs * count(spec.x), 0, 1);
  return {
    kind: 'network',
    network: spec.network,
    parameters: Object.fromEntries(parameters),
    x: field.store(x, [xs, ...spec.x]),
    y: field.store(data?.labels ?? labels, [ys, y.count]),
    ...(data ? { edges: storeEdges(field, data) } : {}),
    ...(heads === undefined ? {} : { heads }),
    lr: 1e-3,
  };
}

/** A graph with loops, as the matrix D^-1/2 (A + I) D^-1/2 of a GCN, sorted by rows. */
function storeEdges(field: Field, { nodes, links }: GraphData): NonNullable<NetworkTask['edges']> {
  const [rows, columns] = [[] as number[], [] as number[]];
  for (let v = 0; v < nodes; v++) {
    rows.push(v);
    columns.push(v);
  }
  for (const [u, v] of links) {
    rows.push(u, v);
    columns.push(v, u);
  }
  const degree = new Float64Array(nodes);
  for (const v of rows) degree[v]!++;
  const values = Float32Array.from(
    rows,
    (v, e) => 1 / Math.sqrt(degree[v]! * degree[columns[e]!]!),
  );
  // Sorted by row, as a matrix in compressed rows holds them.
  const order = Uint32Array.from(rows, (_, e) => e).sort((a, b) => rows[a]! - rows[b]! || a - b);
  const sorted = (list: ArrayLike<number>): Int32Array => {
    return Int32Array.from(order, (e) => list[e]!);
  };
  return {
    rows: field.store(sorted(rows), [rows.length]),
    columns: field.store(sorted(columns), [rows.length]),
    values: field.store(
      Float32Array.from(order, (e) => values[e]!),
      [rows.length],
    ),
  };
}
