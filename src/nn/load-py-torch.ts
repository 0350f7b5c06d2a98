import { ArgumentError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import type { Module } from './module.js';
import type { LoadResult, LoadStateOptions, StateDict } from './state-dict.js';

/** Options of `loadPyTorch`. */
export interface PyTorchOptions extends LoadStateOptions {
  /** Only names that begin with it are taken, without it; such as 'model.' or 'module.'. */
  readonly prefix?: string;
  /** Changes to the names left after the prefix, in this order: what to replace and by what. */
  readonly rename?: readonly (readonly [pattern: string | RegExp, by: string])[];
  /** Matrices to be transposed, by their new names: those stored as [in, out]. */
  readonly transpose?: readonly string[] | RegExp;
}

/** A counter of batch norm that nothing but PyTorch's cumulative average reads. */
const IGNORED = /(^|\.)num_batches_tracked$/;

/**
 * Loads state that PyTorch has saved, such as a safetensors file of `model.state_dict()`, into a
 * module of the same make. Names and layouts are PyTorch's here, too: weights of Linear are
 * [out, in], of Conv2d [out, in, kH, kW]. Options bridge what differs between two ways of writing
 * the same network. All or nothing, as `loadStateDict`.
 *
 * @throws ArgumentError that lists every name that is missing, not expected or of another shape, and
 *   for options that no name answers to, or that give two tensors one name.
 * @example
 * const { tensors } = await loadSafetensors('pytorch.safetensors');
 * loadPyTorch(model, toTensors(tensors), {
 *   prefix: 'model.',
 *   rename: [[/^fc(\d)/, 'layers.$1']],
 *   transpose: /attn\.c_proj\.weight$/,
 * });
 */
export function loadPyTorch(
  module: Module,
  state: StateDict,
  { prefix = '', rename = [], transpose = [], strict = true }: PyTorchOptions = {},
): LoadResult {
  const known = new Set(module.loadStateDict({}, { strict: false }).missingKeys);
  const mapped = new Map<string, { readonly from: string; readonly value: StateDict[string] }>();
  for (const [from, tensor] of Object.entries(state)) {
    if (!from.startsWith(prefix)) continue;
    const name = rename.reduce(
      (n, [pattern, by]) => n.replace(pattern, by),
      from.slice(prefix.length),
    );
    if (IGNORED.test(name) && !known.has(name)) continue;
    const twin = mapped.get(name);
    if (twin !== undefined) {
      throw new ArgumentError(
        `loadPyTorch: '${twin.from}' and '${from}' both become '${name}'; change rename.`,
      );
    }
    const turn =
      transpose instanceof RegExp ? name.search(transpose) >= 0 : transpose.includes(name);
    if (turn && tensor.rank !== 2) {
      throw new ArgumentError(
        `loadPyTorch: '${name}' is to be transposed, but has shape ${formatShape(tensor.shape)}; ` +
          'only matrices can be.',
      );
    }
    mapped.set(name, { from, value: turn ? tensor.transpose(0, 1) : tensor });
  }
  if (mapped.size === 0 && known.size > 0) {
    const some = Object.keys(state).slice(0, 4).join(', ');
    throw new ArgumentError(
      `loadPyTorch: no name begins with '${prefix}'; the state has ${some || 'no tensors'}.`,
    );
  }
  const entries = [...mapped].map(([name, { value }]) => [name, value] as const);
  return module.loadStateDict(Object.fromEntries(entries), { strict });
}
