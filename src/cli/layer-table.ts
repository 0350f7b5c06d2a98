import type { DType } from '../engine/core/dtype.js';
import { formatShape } from '../engine/core/shape.js';
import type { LayerSummary } from '../nn/index.js';
import type { ModelDescription } from '../train/index.js';
import { count, table } from './format.js';

/** What is counted of a layer, in the order of the columns. */
const COUNTS = ['parameters', 'bytes', 'multiplyAdds', 'flops'] as const;

/** Of a sample of a model: texts are symbols. */
export function inputDtype({
  task,
  preprocessing,
}: Pick<ModelDescription, 'task' | 'preprocessing'>): DType {
  return task.kind === 'language' || preprocessing.kind === 'text' ? 'i32' : 'f32';
}

/** The sums over all layers. */
export function totalsOf(
  layers: readonly LayerSummary[],
): Readonly<Record<(typeof COUNTS)[number], number>> {
  const sumOf = (key: (typeof COUNTS)[number]): number =>
    layers.reduce((sum, layer) => sum + layer[key], 0);
  return {
    parameters: sumOf('parameters'),
    bytes: sumOf('bytes'),
    multiplyAdds: sumOf('multiplyAdds'),
    flops: sumOf('flops'),
  };
}

/** The layers of a model as lines of text, with a head and the sums. */
export function layerTable(layers: readonly LayerSummary[]): string[] {
  const totals = totalsOf(layers);
  return table([
    ['layer', 'output', 'parameters', 'bytes', 'multiply-adds', 'FLOPs', 'sees'],
    ...layers.map(rowOf),
    ['total', '', ...COUNTS.map((key) => count(totals[key])), ''],
  ]);
}

function rowOf(layer: LayerSummary): string[] {
  const { name, type, outputShape } = layer;
  const shape = outputShape === undefined ? '-' : batchShape(outputShape);
  const counts = COUNTS.map((key) => count(layer[key]));
  return [name === '' ? type : `${name} ${type}`, shape, ...counts, fieldText(layer)];
}

/** As `14×14 /2`: the extent of what is seen, and the distance from one element's to the next one's. */
function fieldText({ receptiveField: axes }: LayerSummary): string {
  if (axes === undefined || axes.length === 0) return '-';
  if (axes.every((axis) => axis === null)) return 'all';
  const all = (parts: readonly (number | string)[]): string => parts.join('×');
  const jumps = axes.flatMap((axis) => axis?.jump ?? []).map((jump) => Number(jump.toFixed(3)));
  const distance = new Set(jumps).size > 1 ? all(jumps) : String(jumps[0]);
  const moves = jumps.length > 0 && distance !== '1' ? ` /${distance}` : '';
  return all(axes.map((axis) => axis?.size ?? 'all')) + moves;
}

/** [1, 10] as [N, 10]. */
export const batchShape = (shape: readonly number[]): string =>
  formatShape(shape).replace(/^\[1\b/, '[N');
