/** The recording of one step of a scan: which tensors belong to it, and what it draws. */
import type { GraphNode } from '../engine/graph/node.js';
import { param } from '../engine/graph/body.js';
import { ArgumentError } from '../engine/core/errors.js';
import { build } from '../engine/ops/index.js';
import type { ValueCheck } from './trace.js';

/** The state of a random generator i32[4], and how many draws have been made from it before. */
export interface Draws {
  readonly state: GraphNode;
  readonly offset: number;
}

/** A random generator: reserves a number of draws, where the caller stands. */
export interface DrawSource {
  claim(count: number): Draws;
}

/** A step that is being recorded, or has been: what is made in it must not leave it. */
export class StepScope {
  /** It is being recorded. */
  isOpen = false;
  /** Generators that the step draws from: the state it sees, and its number of draws. */
  readonly draws = new Map<DrawSource, { readonly param: GraphNode; count: number }>();
  /** Checks of values computed in the step, to be made at each. */
  readonly computed: ValueCheck[] = [];

  constructor(
    /** Name of the function for messages: scan or checkpoint. */
    readonly op: string,
  ) {}

  draw(source: DrawSource, count: number): Draws {
    const known = this.draws.get(source) ?? { param: param(build, STATE), count: 0 };
    this.draws.set(source, known);
    const offset = known.count;
    known.count += count;
    return { state: known.param, offset };
  }
}

const STATE = { shape: [4], dtype: 'i32' } as const;

let active: StepScope | undefined;

/** The innermost step being recorded, if one is. */
export function activeScope(): StepScope | undefined {
  return active;
}

/** The result of `f`, recorded as a step. */
export function recordStep<R>(scope: StepScope, f: () => R): R {
  const outer = active;
  active = scope;
  scope.isOpen = true;
  try {
    return f();
  } finally {
    active = outer;
    scope.isOpen = false;
  }
}

/** Throws an ArgumentError if a step is being recorded: `what` would not happen at each of them. */
export function refuseInScope(op: string, what: string): void {
  if (!active) return;
  throw new ArgumentError(
    `${op}: inside the function given to ${active.op}() ${what}; carry the value from step to step ` +
      'and use the result.',
  );
}
