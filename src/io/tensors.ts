import { fromData, type Tensor } from '../tensor/index.js';
import type { NamedArray } from './named-array.js';

/**
 * Arrays as tensors of the same names. The tensors take over the values without a copy: do not
 * change them afterwards.
 *
 * @example
 * const { tensors } = await loadSafetensors('model.safetensors');
 * model.loadStateDict(toTensors(tensors));
 */
export function toTensors<K extends string>(
  arrays: Readonly<Record<K, NamedArray>> | ReadonlyMap<K, NamedArray>,
): Record<K, Tensor> {
  const entries = (arrays instanceof Map ? [...arrays] : Object.entries(arrays)) as [
    K,
    NamedArray,
  ][];
  // Unlike an assignment, fromEntries takes '__proto__' for a name like any other.
  return Object.fromEntries(
    entries.map(([name, { dtype, shape, values }]) => [name, fromData(values, shape, { dtype })]),
  ) as Record<K, Tensor>;
}

/**
 * The values of tensors, copied; computes what has not been computed yet.
 *
 * @example
 * await saveSafetensors('model.safetensors', toArrays(model.stateDict()));
 */
export function toArrays<K extends string>(
  tensors: Readonly<Record<K, Tensor>>,
): Record<K, NamedArray> {
  return Object.fromEntries(
    (Object.entries(tensors) as [K, Tensor][]).map(([name, t]) => [
      name,
      { dtype: t.dtype, shape: t.shape, values: t.dataSync() },
    ]),
  ) as Record<K, NamedArray>;
}
