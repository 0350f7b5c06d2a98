import { ArgumentError } from '../engine/core/errors.js';
import type { Profile } from '../engine/runtime/profile.js';
import type { ArgumentBound } from './bounds.js';
import { OpenSizes } from './bounds.js';
import { isChecked } from './checked.js';
import type { CallOptions } from './compiled-call.js';
import { CompiledCall, signatureOf } from './compiled-call.js';
import { getDevice } from './device.js';
import type { NonFinite } from './diagnose.js';
import { settlePending } from './evaluate.js';
import { isGradEnabled } from './grad-mode.js';
import { ownerOf } from './history.js';
import { StateTensor } from './parameter.js';
import { activeScope } from './step-scope.js';
import { activeTrace } from './trace.js';
import { mapTree } from './tree.js';

/** How many programs a compiled function keeps; beyond, the one not used longest is dropped. */
const CACHE_SIZE = 64;

/** Options of `compile`. */
export interface CompileOptions {
  /** Name for messages and `explain()`. Default: the name of the function. */
  readonly name?: string;
  /**
   * In a call whose first result that is a single f32, the loss, is NaN or ±∞, no state is assigned,
   * so that `diagnose` can look for the cause. Default false.
   */
  readonly guard?: boolean;
  /**
   * Sizes that may change from call to call without a new program: for the tensors among the
   * arguments in order (parameters and other state left out) the name of the leading extent and the
   * largest it can be, `{ N: 64 }`, or one such for each axis in turn, `[null, { T: 128 }]`; null for
   * what is fixed. One name is one size. Default: all sizes are fixed.
   */
  readonly bounds?: readonly ArgumentBound[];
  /**
   * For looking for mistakes; slow. The function is recorded anew at each call, and one that no
   * longer does what was compiled throws an ArgumentError; an index out of range throws an
   * IndexError also where it is computed. State is not assigned then. Default: what `setChecked`
   * says, at first false.
   */
  readonly checked?: boolean;
}

/** A function that runs as compiled programs. */
export interface Compiled<A extends unknown[], R> {
  (...args: A): R;
  /**
   * Kernels, fusions, FLOPs and memory of a program, as text: of that for the given arguments,
   * compiled if need be but not run, or without arguments of the one used last.
   */
  explain(...args: A | []): string;
  /**
   * How long each kernel takes on one thread, with GFLOP/s and GB/s and their shares of what the
   * machine can do; prints as a table. It runs the function `steps` times (default 20), and a few
   * times before, each time as a call does: state is assigned.
   *
   * @throws ArgumentError on a device without kernels, the interpreter.
   */
  profile(args: A, options?: { readonly steps?: number }): Profile;
  /**
   * Of a guarded function: runs it for these arguments node by node, which is slow, and returns the
   * first operation that gave NaN or ±∞; undefined if the guarded result is finite. State is neither
   * assigned nor advanced. Call it right after the call that went wrong, with the same arguments.
   */
  diagnose(...args: A): NonFinite | undefined;
  /** How many programs have been compiled. */
  readonly compilations: number;
}

/**
 * `fn` as a function that runs as one program: it is called once for each kind of arguments to
 * record what it does, and from then on the recorded program runs in its place.
 *
 * Arguments and results are tensors, or arrays and plain objects of tensors. Numbers, strings, truth
 * values and null are allowed too, but each new value compiles a new program: pass as a tensor what
 * changes from call to call. A program is also bound to shapes, dtypes, the flags it has read (such
 * as train or eval mode), which parameters require gradients, and whether gradients are enabled.
 * Reading and assigning parameters and other state works as usual; other tensors from outside count
 * as constant. Only shapes are known while `fn` is recorded: reading a value inside throws an
 * ArgumentError, and prints or other side effects happen at the recording only. Gradients computed
 * inside end there: `grad` is null afterwards.
 *
 * With `bounds`, one program serves all sizes up to them, and gives what one for each size would, but
 * for the last bits of sums; it takes the time of the largest. `fn` is recorded at several sizes to
 * learn what depends on them: extents that are multiples of the sizes and a constant, and any
 * numbers. What cannot be (every second element of an axis), or a function that branches on a size
 * near the bounds, throws an ArgumentError at the first call. A size seen to be special, such as one
 * without elements to take a mean of, gets a program of its own.
 *
 * @example
 * const step = compile((x: Tensor, y: Tensor) => {
 *   optimizer.zeroGrad();
 *   const loss = crossEntropy(model.forward(x), y);
 *   loss.backward();
 *   optimizer.step();
 *   return loss;
 * });
 * for (const [x, y] of loader) console.log(step(x, y).item());
 */
export function compile<A extends unknown[], R>(
  fn: (...args: A) => R,
  options: CompileOptions = {},
): Compiled<A, R> {
  const cache = new ProgramCache(fn as (...args: unknown[]) => unknown, options);
  const call = (...args: A): R => {
    if (activeTrace() || activeScope() || hasHistory(args)) return fn(...args);
    return cache.entry(args).run(args) as R;
  };
  const extras = {
    explain: (...args: A | []) => cache.explain(args),
    profile: (args: A, { steps = 20 }: { readonly steps?: number } = {}) => {
      if (!Number.isInteger(steps) || steps < 1) {
        throw new ArgumentError(`profile: steps is ${steps}; use an integer ≥ 1.`);
      }
      return cache.entry(args).profile(args, steps);
    },
    diagnose: (...args: A) => cache.entry(args).diagnose(args),
    get compilations() {
      return cache.compilations;
    },
  };
  return Object.defineProperties(call, Object.getOwnPropertyDescriptors(extras)) as Compiled<A, R>;
}

/** Whether gradients are to flow from results back through the arguments, as inside `grad(f)`. */
function hasHistory(args: readonly unknown[]): boolean {
  if (!isGradEnabled()) return false;
  let found = false;
  mapTree('compile', args, 'arguments', (t) => {
    if (t.requiresGrad && !(t instanceof StateTensor) && ownerOf(t.node()) !== t) found = true;
  });
  return found;
}

const NONE_OPEN = new OpenSizes('', []);

class ProgramCache {
  compilations = 0;
  /** The most recently used first. */
  private readonly entries: CompiledCall[] = [];

  private readonly options: CallOptions;

  constructor(fn: (...args: unknown[]) => unknown, options: CompileOptions) {
    const name = (options.name ?? fn.name) || 'function';
    this.options = {
      name,
      fn,
      guarded: options.guard ?? false,
      checked: options.checked ?? isChecked(),
      open: new OpenSizes(name, options.bounds ?? []),
    };
  }

  /**
   * The program for these arguments, compiled if there is none. Where one for all sizes is not right
   * at theirs, it is one of their own.
   */
  entry(args: readonly unknown[]): CompiledCall {
    const entry = this.find(args, this.options);
    return entry.serves(args) ? entry : this.find(args, { ...this.options, open: NONE_OPEN });
  }

  private find(args: readonly unknown[], options: CallOptions): CompiledCall {
    const key = signatureOf(args, options.open);
    const device = getDevice();
    const at = this.entries.findIndex((e) => e.matches(key, device));
    const entry = at >= 0 ? this.entries.splice(at, 1)[0]! : this.compile(key, options, args);
    this.entries.unshift(entry);
    if (this.entries.length > CACHE_SIZE) this.entries.pop();
    return entry;
  }

  explain(args: readonly unknown[]): string {
    if (args.length > 0) return this.entry(args).program.explain();
    const last = this.entries[0];
    if (last) return last.program.explain();
    throw new ArgumentError(
      `explain: '${this.options.name}' has not been called yet; call it, or give explain() its arguments.`,
    );
  }

  private compile(key: string, options: CallOptions, args: readonly unknown[]): CompiledCall {
    settlePending();
    const entry = new CompiledCall(key, options, args);
    this.compilations++;
    return entry;
  }
}
