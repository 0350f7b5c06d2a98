import type { TypedArray } from '../engine/core/dtype.js';
import { ArgumentError } from '../engine/core/errors.js';
import type { Shape } from '../engine/core/shape.js';
import { graphDifference } from '../engine/compiler/bounds/compare.js';
import type { Sizes } from '../engine/compiler/bounds/size.js';
import type { Device, Program } from '../engine/runtime/device.js';
import type { Profile } from '../engine/runtime/profile.js';
import { BoundedRecording } from './bounded-recording.js';
import type { OpenSizes } from './bounds.js';
import { fromData } from './create.js';
import { compileProgram } from './device.js';
import type { NonFinite } from './diagnose.js';
import { findNonFinite } from './diagnose.js';
import { settlePending } from './evaluate.js';
import { isGradEnabled } from './grad-mode.js';
import { StateTensor } from './parameter.js';
import type { Recording } from './recording.js';
import { fill, recordCall, rootsOf, sameSource } from './recording.js';
import type { Tensor } from './tensor.js';
import { mapTree, tensorsOf } from './tree.js';
import { evaluate } from './value.js';

/** Steps before those that are timed. */
const WARM_UP = 3;

/** What is the same for all calls of a compiled function. */
export interface CallOptions {
  readonly name: string;
  readonly fn: (...args: unknown[]) => unknown;
  readonly guarded: boolean;
  readonly checked: boolean;
  readonly open: OpenSizes;
}

/** A program together with what has to be done before and after it runs. */
export class CompiledCall {
  readonly program: Program;
  private readonly device: Device;
  private readonly recording: Recording;
  private readonly bounded: BoundedRecording | undefined;
  /** The same in parts that are timed. */
  private profiled: Program | undefined;
  /** The arguments of the call that is under way: other sizes are recorded with the like of them. */
  private args: readonly unknown[] = [];

  constructor(
    private readonly key: string,
    private readonly options: CallOptions,
    args: readonly unknown[],
  ) {
    const { open, name } = options;
    open.sizesOf(tensorsIn(args).map((t) => t.shape)); // throws if they do not fit
    this.bounded = this.with(args, () => {
      if (open.symbols.length === 0) return undefined;
      return new BoundedRecording(name, open, (sizes) => this.recordAt(sizes));
    });
    this.recording = this.bounded?.base ?? this.with(args, () => recordCall({ ...options, args }));
    const spec = this.bounded?.spec ?? this.recording;
    ({ program: this.program, device: this.device } = compileProgram(spec));
  }

  matches(key: string, device: Device): boolean {
    if (key !== this.key || device !== this.device) return false;
    const { assumed, assumedGrad } = this.recording.trace;
    for (const [setting, value] of assumed) if (!Object.is(setting.value, value)) return false;
    for (const [t, required] of assumedGrad) if (t.requiresGrad !== required) return false;
    return true;
  }

  /** Whether the program gives what the function does for these arguments, which match. */
  serves(args: readonly unknown[]): boolean {
    const { bounded } = this;
    if (!bounded) return true;
    return this.with(args, () => bounded.isRightAt(this.sizesOf(tensorsIn(args))));
  }

  run(args: readonly unknown[]): unknown {
    return this.with(args, () => {
      const { inputs, sizes } = this.inputsFor(args);
      const results = this.results(this.program.run(inputs), sizes);
      this.finish();
      return fill(this.recording.result, ({ index }) => results[index]!);
    });
  }

  profile(args: readonly unknown[], steps: number): Profile {
    return this.with(args, () => {
      const { bounded, recording, device } = this;
      const spec = { ...(bounded?.spec ?? recording), profiled: true };
      this.profiled ??= device.compile(spec);
      if (!this.profiled.profile) {
        throw new ArgumentError(
          `profile: the device ${device.name} has no kernels; use a WasmDevice, or the native tier.`,
        );
      }
      const { inputs } = this.inputsFor(args);
      this.profiled.profile(inputs, WARM_UP);
      const profile = this.profiled.profile(inputs, steps);
      this.finish();
      return profile;
    });
  }

  diagnose(args: readonly unknown[]): NonFinite | undefined {
    if (!this.options.guarded) {
      throw new ArgumentError(
        'diagnose: the function is not guarded; compile it with guard: true.',
      );
    }
    // With bounds what lies beyond the sizes need not be finite: the call itself is looked at.
    const { outputs, guard } = this.bounded
      ? recordCall({ ...this.options, args })
      : this.recording;
    const values = inputTensors(args).map((t) => t.storage().hostValues());
    return findNonFinite(outputs[guard!]!, values);
  }

  /** What the program is given for these arguments, which have been checked, and their sizes. */
  private inputsFor(args: readonly unknown[]): { inputs: readonly TypedArray[]; sizes: Sizes } {
    const { bounded, recording } = this;
    const tensors = inputTensors(args);
    const values = tensors.map((t) => t.storage().hostValues());
    const sizes = bounded ? this.sizesOf(tensors) : [];
    if (bounded) bounded.check(values, sizes);
    else recording.trace.checks.forEach((c) => c.check(values[c.position]!, c.limits));
    settlePending();
    if (this.options.checked) this.checkCall(values);
    return { inputs: bounded ? bounded.inputsOf(values, sizes) : values, sizes };
  }

  private results(raw: readonly TypedArray[], sizes: Sizes): Tensor[] {
    const { outputs } = this.recording;
    const results =
      this.bounded?.outputsOf(raw, sizes) ??
      raw.map((data, i) => ({ data, shape: outputs[i]!.shape }));
    return results.map(({ data, shape }, i) => fromData(data, shape, { dtype: outputs[i]!.dtype }));
  }

  /** What is left to do when a step has run. */
  private finish(): void {
    const { trace } = this.recording;
    for (const [setting, value] of trace.set) setting.value = value;
    for (const t of trace.gradients.keys()) (t as Tensor).grad = null;
  }

  /** Throws if the function no longer does what was recorded, or a computed index is out of range. */
  private checkCall(values: readonly TypedArray[]): void {
    const { open, name } = this.options;
    const now = recordCall({ ...this.options, args: this.args });
    const like = this.bounded ? this.recordAt(open.bounds.map((n) => Math.max(2, n))) : now;
    const found = graphDifference(rootsOf(this.recording), rootsOf(like), { sameSource });
    if (found !== undefined) {
      throw new ArgumentError(
        `compile: '${name}' does not do what it did when it was compiled: ${found}; pass what ` +
          'changes as a tensor or another argument, or keep it in a StateTensor or a Flag.',
      );
    }
    const { inputs, computed } = now.trace;
    if (computed.length === 0) return;
    const outputs = [...new Set(computed.map(({ node }) => node))];
    const results = this.device.compile({ inputs, outputs, assigns: [] }).run(values);
    for (const { node, check, limits } of computed) check(results[outputs.indexOf(node)]!, limits);
  }

  private sizesOf(tensors: readonly Tensor[]): Sizes {
    return this.options.open.sizesOf(tensors.map((t) => t.shape));
  }

  /** The function recorded with the arguments at hand, with these sizes for the open ones. */
  private recordAt(sizes: Sizes): Recording {
    const { open } = this.options;
    const shapeOf = (position: number, shape: Shape): Shape => {
      return open.shapeAt(position, shape, sizes);
    };
    return recordCall({ ...this.options, args: this.args, shapeOf });
  }

  private with<R>(args: readonly unknown[], f: () => R): R {
    this.args = args;
    try {
      return f();
    } finally {
      this.args = [];
    }
  }
}

const stateIds = new WeakMap<StateTensor, number>();
let nextStateId = 0;

/** What a program is bound to, as text. State given as an argument is itself, not a value. */
export function signatureOf(args: readonly unknown[], open: OpenSizes): string {
  const parts: string[] = [isGradEnabled() ? 'grad' : 'noGrad'];
  let position = 0;
  mapTree(
    'compile',
    args,
    'arguments',
    (t, path) => {
      if (t instanceof StateTensor) {
        if (!stateIds.has(t)) stateIds.set(t, nextStateId++);
        parts.push(`${path}: state ${stateIds.get(t)}`);
      } else {
        const shape = open.describe(position++, t.shape);
        parts.push(`${path}: ${t.dtype}[${shape}]${t.requiresGrad ? ' grad' : ''}`);
      }
    },
    (value, path) => {
      const text = Object.is(value, -0) ? '-0' : String(value);
      parts.push(`${path}: ${typeof value} ${JSON.stringify(text)}`);
    },
  );
  return parts.join('; ');
}

/** The tensors among the arguments that are not state, evaluated: by position. */
function inputTensors(args: readonly unknown[]): Tensor[] {
  const tensors = tensorsIn(args);
  evaluate(...tensors);
  return tensors;
}

function tensorsIn(args: readonly unknown[]): Tensor[] {
  return tensorsOf('compile', args, 'arguments').filter((t) => !(t instanceof StateTensor));
}
