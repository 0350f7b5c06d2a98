import type { TypedArray } from '../engine/core/dtype.js';
import { ArgumentError } from '../engine/core/errors.js';
import type { Aval, GraphNode } from '../engine/graph/node.js';
import type { Device, Program } from '../engine/runtime/device.js';
import { fromData } from './create.js';
import { getDevice } from './device.js';
import type { NonFinite } from './diagnose.js';
import { findNonFinite } from './diagnose.js';
import { settlePending } from './evaluate.js';
import { isGradEnabled } from './grad-mode.js';
import { ownerOf } from './history.js';
import { StateTensor } from './parameter.js';
import { activeScope } from './step-scope.js';
import { Tensor } from './tensor.js';
import type { InputCheck, Setting } from './trace.js';
import { Trace, activeTrace, record } from './trace.js';
import { locating } from './trace-location.js';
import { mapTree } from './tree.js';
import { evaluate } from './value.js';

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
 * as train or eval mode), which parameters require gradients, and whether gradients are enabled. Reading and assigning parameters and
 * other state works as usual; other tensors from outside count as constant. Only shapes are known
 * while `fn` is recorded: reading a value inside throws an ArgumentError, and prints or other side
 * effects happen at the recording only. Gradients computed inside end there: `grad` is null
 * afterwards.
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

class ProgramCache {
  compilations = 0;
  /** The most recently used first. */
  private readonly entries: CompiledCall[] = [];

  private readonly name: string;

  constructor(
    private readonly fn: (...args: unknown[]) => unknown,
    private readonly options: CompileOptions,
  ) {
    this.name = options.name ?? fn.name;
  }

  /** The program for these arguments, compiled if there is none. */
  entry(args: readonly unknown[]): CompiledCall {
    const key = signatureOf(args);
    const device = getDevice();
    const at = this.entries.findIndex((e) => e.matches(key, device));
    const entry = at >= 0 ? this.entries.splice(at, 1)[0]! : this.compile(key, device, args);
    this.entries.unshift(entry);
    if (this.entries.length > CACHE_SIZE) this.entries.pop();
    return entry;
  }

  explain(args: readonly unknown[]): string {
    if (args.length > 0) return this.entry(args).program.explain();
    const last = this.entries[0];
    if (last) return last.program.explain();
    throw new ArgumentError(
      `explain: '${this.name}' has not been called yet; call it, or give explain() its arguments.`,
    );
  }

  private compile(key: string, device: Device, args: readonly unknown[]): CompiledCall {
    settlePending();
    const trace = new Trace(this.name || 'function');
    const guarded = this.options.guard ?? false;
    const entry = new CompiledCall(key, device, trace, this.fn, args, guarded);
    this.compilations++;
    return entry;
  }
}

/** The place of a tensor in a result. */
class Slot {
  constructor(readonly index: number) {}
}

/** A program together with what has to be done before and after it runs. */
class CompiledCall {
  readonly program: Program;
  private readonly outputs: readonly Aval[];
  /** The function's result with slots for tensors. */
  private readonly result: unknown;
  private readonly checks: readonly InputCheck[];
  private readonly assumed: ReadonlyMap<Setting, unknown>;
  private readonly assumedGrad: ReadonlyMap<{ readonly requiresGrad: boolean }, boolean>;
  private readonly settings: ReadonlyMap<Setting, unknown>;
  /** Tensors from outside whose gradient the function computed or reset. */
  private readonly touched: readonly Tensor[];
  /** What computes the guarded result, if one is. */
  private readonly guarded: GraphNode | undefined;

  constructor(
    private readonly key: string,
    private readonly device: Device,
    trace: Trace,
    fn: (...args: unknown[]) => unknown,
    args: readonly unknown[],
    isGuarded: boolean,
  ) {
    const outputs = new Map<GraphNode, number>();
    this.result = record(trace, () => {
      const result = locating(trace.name, () => fn(...(tracedArguments(trace, args) as unknown[])));
      return withSlots(trace.name, result, outputs);
    });
    this.outputs = [...outputs.keys()].map(({ shape, dtype }) => ({ shape, dtype }));
    this.checks = trace.checks;
    this.assumed = trace.assumed;
    this.assumedGrad = trace.assumedGrad;
    this.settings = trace.set;
    this.touched = [...trace.gradients.keys()] as Tensor[];
    const nodes = [...outputs.keys()];
    const guard = isGuarded ? guardOf(trace, nodes) : undefined;
    this.guarded = guard === undefined ? undefined : nodes[guard];
    this.program = device.compile({
      inputs: trace.inputs,
      outputs: nodes,
      assigns: trace.assignments(),
      ...(guard === undefined ? {} : { guard }),
    });
  }

  matches(key: string, device: Device): boolean {
    if (key !== this.key || device !== this.device) return false;
    for (const [setting, value] of this.assumed) {
      if (!Object.is(setting.value, value)) return false;
    }
    for (const [t, required] of this.assumedGrad) if (t.requiresGrad !== required) return false;
    return true;
  }

  run(args: readonly unknown[]): unknown {
    const inputs = inputValues(args);
    for (const { position, check } of this.checks) check(inputs[position]!);
    settlePending();
    const values = this.program.run(inputs);
    for (const [setting, value] of this.settings) setting.value = value;
    for (const t of this.touched) t.grad = null;
    const tensors = values.map((data, i) =>
      fromData(data, this.outputs[i]!.shape, this.outputs[i]!),
    );
    return fill(this.result, ({ index }) => tensors[index]!);
  }

  diagnose(args: readonly unknown[]): NonFinite | undefined {
    if (this.guarded) return findNonFinite(this.guarded, inputValues(args));
    throw new ArgumentError('diagnose: the function is not guarded; compile it with guard: true.');
  }
}

/** The result with a slot for each tensor, whose nodes are added to `outputs`. */
function withSlots(name: string, result: unknown, outputs: Map<GraphNode, number>): unknown {
  if (result instanceof Promise) {
    throw new ArgumentError(
      `compile: '${name}' returns a promise; compile a function without await, and await values ` +
        'outside.',
    );
  }
  return mapTree('compile', result, 'the result', (t) => {
    const node = t.node();
    const index = outputs.get(node) ?? outputs.size;
    outputs.set(node, index);
    return new Slot(index);
  });
}

/** The output that is guarded: the first single f32. */
function guardOf(trace: Trace, outputs: readonly GraphNode[]): number {
  const index = outputs.findIndex(({ shape, dtype }) => shape.length === 0 && dtype === 'f32');
  if (index >= 0) return index;
  throw new ArgumentError(
    `compile: '${trace.name}' is guarded, but returns no f32 scalar; return the loss, or leave out ` +
      'guard.',
  );
}

/** The result of a call: its form, with tensors in the slots. */
function fill(form: unknown, tensorOf: (slot: Slot) => Tensor): unknown {
  if (form instanceof Slot) return tensorOf(form);
  if (Array.isArray(form)) return form.map((part: unknown) => fill(part, tensorOf));
  if (typeof form !== 'object' || form === null) return form;
  return Object.fromEntries(Object.entries(form).map(([k, v]) => [k, fill(v, tensorOf)]));
}

const stateIds = new WeakMap<StateTensor, number>();
let nextStateId = 0;

/** What a program is bound to, as text. State given as an argument is itself, not a value. */
function signatureOf(args: readonly unknown[]): string {
  const parts: string[] = [isGradEnabled() ? 'grad' : 'noGrad'];
  mapTree(
    'compile',
    args,
    'arguments',
    (t, path) => {
      if (t instanceof StateTensor) {
        if (!stateIds.has(t)) stateIds.set(t, nextStateId++);
        parts.push(`${path}: state ${stateIds.get(t)}`);
      } else {
        parts.push(`${path}: ${t.dtype}[${t.shape.join()}]${t.requiresGrad ? ' grad' : ''}`);
      }
    },
    (value, path) => {
      const text = Object.is(value, -0) ? '-0' : String(value);
      parts.push(`${path}: ${typeof value} ${JSON.stringify(text)}`);
    },
  );
  return parts.join('; ');
}

/** The arguments with an input of the program in place of each tensor that is not state. */
function tracedArguments(trace: Trace, args: readonly unknown[]): unknown {
  return mapTree('compile', args, 'arguments', (t) => {
    if (t instanceof StateTensor) return t;
    const { shape, dtype, requiresGrad } = t;
    const node = trace.input(shape, dtype);
    return new Tensor({ shape, dtype, node, requiresGrad, isLeaf: true });
  });
}

/** The values of the inputs, by position. */
function inputValues(args: readonly unknown[]): TypedArray[] {
  const tensors: Tensor[] = [];
  mapTree('compile', args, 'arguments', (t) => {
    if (!(t instanceof StateTensor)) tensors.push(t);
  });
  evaluate(...tensors);
  return tensors.map((t) => t.storage().hostValues());
}
