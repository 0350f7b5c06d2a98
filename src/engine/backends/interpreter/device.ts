import type { TypedArray } from '../../core/dtype.js';
import { allocate } from '../../core/dtype.js';
import { invariant } from '../../core/errors.js';
import { sizeOf } from '../../core/shape.js';
import type { GraphNode } from '../../graph/node.js';
import { printGraph } from '../../graph/print.js';
import type { RefArray } from '../../ops/row.js';
import type { Device, Program, ProgramSpec } from '../../runtime/device.js';
import { InputSource, Storage, Variable } from '../../runtime/storage.js';
import { interpret } from './interpret.js';

/** Runs programs node by node in f64, rounding each result to its dtype: slow, and right. */
export const interpreterDevice: Device = {
  name: 'interpreter',
  compile(spec: ProgramSpec): Program {
    const roots = [...spec.outputs, ...spec.assigns.map((a) => a.value)];
    return {
      run(inputs) {
        const results = interpret(roots, (leaf) => bindLeaf(leaf, inputs));
        const arrays = results.map((r) => {
          const out = allocate(r.dtype, r.data.length);
          out.set(r.data);
          return out;
        });
        const { guard } = spec;
        if (guard === undefined || Number.isFinite(arrays[guard]![0])) {
          spec.assigns.forEach((a, i) => a.target.set(arrays[spec.outputs.length + i]!));
        }
        return arrays.slice(0, spec.outputs.length);
      },
      explain: () => printGraph(roots),
    };
  },
};

/** The values behind a leaf, widened to f64. */
export function bindLeaf(leaf: GraphNode<'leaf'>, inputs: readonly TypedArray[]): RefArray {
  const { source } = leaf.attrs;
  let values: TypedArray;
  if (source instanceof InputSource) values = inputs[source.position]!;
  else if (source instanceof Variable) values = source.storage.hostValues();
  else {
    invariant(source instanceof Storage, 'a leaf has an unknown source');
    values = source.hostValues();
  }
  invariant(values.length === sizeOf(leaf.shape), 'a leaf is bound to values of another size');
  return { shape: leaf.shape, dtype: leaf.dtype, data: Float64Array.from(values) };
}
