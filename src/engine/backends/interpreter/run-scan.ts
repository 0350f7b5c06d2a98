import { sizeOf } from '../../core/shape.js';
import type { GraphNode } from '../../graph/node.js';
import { scanParamType, scanResultType } from '../../ops/control.js';
import type { RefArray } from '../../ops/row.js';

/** A scan's value: none of its own, but its results. */
export interface ScanValue extends RefArray {
  readonly results: readonly RefArray[];
}

type Interpret = (
  outputs: readonly GraphNode[],
  bind: (leaf: GraphNode<'leaf'>) => RefArray,
) => RefArray[];

/** Runs a scan step by step. */
export function runScan(
  scan: GraphNode<'scan'>,
  inputs: readonly RefArray[],
  interpret: Interpret,
): ScanValue {
  const { body, length, carries, xs, reverse } = scan.attrs;
  const types = inputs.map((x, i) => scanParamType(scan.attrs, x, i));
  const stacked = body.results.slice(carries).map((_, j) => {
    const type = scanResultType(scan.attrs, carries + j);
    return { ...type, data: new Float64Array(sizeOf(type.shape)) };
  });
  let state = inputs.slice(0, carries);
  for (let step = 0; step < length; step++) {
    const t = reverse ? length - 1 - step : step;
    const at = new Map<GraphNode, RefArray>();
    body.params.forEach((p, i) => {
      if (i < carries) at.set(p, state[i]!);
      else if (i >= carries + xs) at.set(p, inputs[i]!);
      else at.set(p, { ...types[i]!, data: sliceOf(inputs[i]!.data, t, sizeOf(types[i]!.shape)) });
    });
    const results = interpret(body.results, (leaf) => at.get(leaf)!);
    state = results.slice(0, carries);
    stacked.forEach(({ data }, j) => {
      const y = results[carries + j]!.data;
      data.set(y, t * y.length);
    });
  }
  return { shape: [0], dtype: 'f32', data: new Float64Array(0), results: [...state, ...stacked] };
}

function sliceOf(data: Float64Array, t: number, size: number): Float64Array {
  return data.subarray(t * size, (t + 1) * size);
}
