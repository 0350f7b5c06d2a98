/** One recording of a function that is compiled: what it returns, assigns, reads and assumes. */
import { ArgumentError } from '../engine/core/errors.js';
import type { Shape } from '../engine/core/shape.js';
import type { GraphNode, LeafSource } from '../engine/graph/node.js';
import type { ProgramSpec } from '../engine/runtime/device.js';
import { InputSource, Storage } from '../engine/runtime/storage.js';
import { StateTensor } from './parameter.js';
import { Tensor } from './tensor.js';
import { Trace, record } from './trace.js';
import { locating } from './trace-location.js';
import { mapTree } from './tree.js';

/** What is recorded: a function, and with what it is called. */
export interface RecordedCall {
  readonly name: string;
  readonly fn: (...args: unknown[]) => unknown;
  readonly args: readonly unknown[];
  /** The first f32 scalar of the result is to be the program's guard. */
  readonly guarded: boolean;
  /** Computed indices are to be checked. */
  readonly checked: boolean;
  /** The shape to record the input of this position with. Default: the argument's own. */
  readonly shapeOf?: (position: number, shape: Shape) => Shape;
}

export interface Recording extends ProgramSpec {
  readonly trace: Trace;
  /** The function's result with slots for tensors: the outputs. */
  readonly result: unknown;
}

/** The place of a tensor in a result. */
export class Slot {
  constructor(readonly index: number) {}
}

/** Calls the function with inputs of a program in place of its tensors. */
export function recordCall(call: RecordedCall): Recording {
  const trace = new Trace(call.name, call.checked);
  const outputs = new Map<GraphNode, number>();
  const result = record(trace, () => {
    const returned = locating(trace.name, () => {
      return call.fn(...(tracedArguments(trace, call) as unknown[]));
    });
    return withSlots(trace.name, returned, outputs);
  });
  const nodes = [...outputs.keys()];
  return {
    trace,
    result,
    inputs: trace.inputs,
    outputs: nodes,
    assigns: trace.assignments(),
    ...(call.guarded ? { guard: guardOf(trace, nodes) } : {}),
  };
}

/** All that a recording computes, in a fixed order: what is returned, then what is assigned. */
export function rootsOf({ outputs, assigns }: ProgramSpec): GraphNode[] {
  return [...outputs, ...assigns.map((a) => a.value)];
}

/** Whether leaves of two recordings of a function stand for the same values. */
export function sameSource(a: LeafSource, b: LeafSource): boolean {
  if (a === b) return true;
  if (a instanceof InputSource && b instanceof InputSource) return a.position === b.position;
  if (!(a instanceof Storage) || !(b instanceof Storage)) return false;
  if (a.dtype !== b.dtype || a.length !== b.length) return false;
  // Made from the same numbers each time, such as tensor([1, 2]).
  const [x, y] = [a.hostValues(), b.hostValues()];
  return x.every((v, i) => Object.is(v, y[i]));
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

/** The arguments with an input of the program in place of each tensor that is not state. */
function tracedArguments(trace: Trace, { args, shapeOf }: RecordedCall): unknown {
  return mapTree('compile', args, 'arguments', (t) => {
    if (t instanceof StateTensor) return t;
    const { dtype, requiresGrad } = t;
    const shape = shapeOf?.(trace.inputs.length, t.shape) ?? t.shape;
    const node = trace.input(shape, dtype);
    return new Tensor({ shape, dtype, node, requiresGrad, isLeaf: true });
  });
}

/** The result of a call: its form, with tensors in the slots. */
export function fill(form: unknown, tensorOf: (slot: Slot) => Tensor): unknown {
  if (form instanceof Slot) return tensorOf(form);
  if (Array.isArray(form)) return form.map((part: unknown) => fill(part, tensorOf));
  if (typeof form !== 'object' || form === null) return form;
  return Object.fromEntries(Object.entries(form).map(([k, v]) => [k, fill(v, tensorOf)]));
}
