import type { Field, Prepared } from '../field.js';
import type { Check } from '../measure/check.js';
import type { SegmentTask } from '../measure/protocol.js';
import type { Workload } from './index.js';
import { randomNumbers, uniform } from './random.js';
import { takeTimings } from './timings.js';

const EDGES = [1e4, 1e5, 1e6, 1e7];
const QUICK_EDGES = [1e4, 1e5];
const FEATURES = 8;
/** Edges per node. */
const DEGREE = 10;

export const SEGMENT_OPS = ['sum', 'spmm'] as const;

export function segmentName(op: SegmentTask['op'], edges: number): string {
  return `${op === 'sum' ? 'segment sum' : 'spmm'}, 10^${Math.round(Math.log10(edges))} edges`;
}

export const segmentSizes = EDGES;

interface Graph {
  readonly ptr: Int32Array;
  readonly index: Int32Array;
  readonly values: Float32Array;
  readonly x: Float32Array;
}

/** A random graph of nodes of any degree between 0 and twice the mean, edges sorted by node. */
function drawGraph(op: SegmentTask['op'], edges: number): Graph {
  const random = randomNumbers(edges);
  const nodes = edges / DEGREE;
  const ptr = new Int32Array(nodes + 1);
  for (let v = 1; v < nodes; v++) {
    ptr[v] = Math.min(edges, ptr[v - 1]! + Math.floor(random() * (2 * DEGREE + 1)));
  }
  ptr[nodes] = edges;
  const index = Int32Array.from({ length: edges }, () => Math.floor(random() * nodes));
  const rows = op === 'sum' ? edges : nodes;
  return {
    ptr,
    index,
    values: uniform(random, edges, -1, 1),
    x: uniform(random, rows * FEATURES, -1, 1),
  };
}

/** y[v] = Σ_j values[j] · x[index[j]], or Σ_j x[j], in f64. */
function reference(op: SegmentTask['op'], { ptr, index, values, x }: Graph): Float64Array {
  const y = new Float64Array((ptr.length - 1) * FEATURES);
  for (let v = 0; v + 1 < ptr.length; v++) {
    for (let j = ptr[v]!; j < ptr[v + 1]!; j++) {
      const [weight, row] = op === 'sum' ? [1, j] : [values[j]!, index[j]!];
      for (let f = 0; f < FEATURES; f++) y[v * FEATURES + f]! += weight * x[row * FEATURES + f]!;
    }
  }
  return y;
}

function makeTask(
  field: Field,
  op: SegmentTask['op'],
  edges: number,
): { task: SegmentTask; check: Check } {
  const graph = drawGraph(op, edges);
  const task = {
    kind: 'segment',
    op,
    ptr: field.store(graph.ptr, [graph.ptr.length]),
    index: field.store(graph.index, [edges]),
    values: field.store(graph.values, [edges]),
    x: field.store(graph.x, [graph.x.length / FEATURES, FEATURES]),
  } as const;
  // The last node takes what is left, which can be many edges: its sum is long.
  const longest = graph.ptr.reduce((most, p, v) => Math.max(most, p - (graph.ptr[v - 1] ?? p)), 0);
  return {
    task,
    check: { runs: 1, expected: reference(op, graph), tolerance: longest * 2 ** -22 },
  };
}

export const segment: Workload = {
  name: 'segment',
  title: 'Sums over segments, and a sparse matrix times a dense one, f32, one thread',
  about:
    `Random graphs with ${DEGREE} edges per node on average and ${FEATURES} features: the sum of the ` +
    'rows of each node’s edges, and the weighted sum of the rows its edges point at, anywhere in ' +
    'memory. FLOPs are additions, and for the second multiplications too. Every element is checked ' +
    'against f64. Up to 10^5 edges all rows lie in the caches; from 10^6 on the first reads 32 MB and ' +
    'more in order, and at 10^7 the second picks its rows out of 32 MB, of which each is a cache miss.',
  async run(field) {
    const sizes = field.options.quick ? QUICK_EDGES : EDGES;
    const peers = await field.startAll(['gradus', 'pytorch']);
    const prepared: Prepared[] = [];
    const flops = new Map<string, number>();
    for (const op of SEGMENT_OPS) {
      for (const edges of sizes) {
        const { task, check } = makeTask(field, op, edges);
        const name = segmentName(op, edges);
        flops.set(name, edges * FEATURES * (op === 'sum' ? 1 : 2));
        for (const peer of peers) {
          const ready = await field.prepare(peer, name, task, check);
          if (ready) prepared.push(ready);
        }
      }
    }
    return await takeTimings(prepared, field.options.pace, {
      flops: (name) => flops.get(name),
    });
  },
};
