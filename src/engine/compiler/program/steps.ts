/** What `main` does one after the other: kernels, and loops over kernels. */
import type { GraphNode } from '../../graph/node.js';
import type { Launch, Stage } from './launch.js';

/** Launches that run as one kernel, with no barrier between them. */
export interface Run {
  readonly kind: 'run';
  readonly launches: readonly Launch[];
  /** They overwrite variables: a step whose guard fails leaves them out. */
  readonly update: boolean;
}

/** Scratch memory that belongs to no single value: the states of a carry, or an output of all steps. */
export interface Root {
  readonly bytes: number;
  /** For a person to read. */
  readonly what: string;
}

/** A place in it. */
export interface RootPlace {
  readonly root: Root;
  /** In bytes. */
  readonly offset: number;
}

/**
 * Where a value of a loop's body lies. `value`: with a value outside the loop, of which it is the
 * slice of each step if there is a stride. `root`: in a root, `stride` bytes further at each step,
 * or, if the two states of a carry take `turns`, at every other one.
 */
export type Binding =
  | { readonly kind: 'value'; readonly of: GraphNode; readonly stride: number }
  | {
      readonly kind: 'root';
      readonly at: RootPlace;
      readonly stride: number;
      readonly turns: boolean;
    };

/** A scan: its body's steps, repeated. */
export interface Loop {
  readonly kind: 'loop';
  readonly scan: GraphNode<'scan'>;
  readonly steps: readonly Step[];
  /** Where the body's parameters and results lie. All else in it is scratch memory of one step. */
  readonly bindings: ReadonlyMap<GraphNode, Binding>;
  /** Stages that do the same at each step, such as packing a weight: they run once, before the loop. */
  readonly once: ReadonlyMap<Stage, Launch>;
}

export type Step = Run | Loop;

/** Steps, and where among them values lie that have no memory of their own. */
export interface Steps {
  readonly steps: readonly Step[];
  readonly places: ReadonlyMap<GraphNode, RootPlace>;
  readonly stored: ReadonlySet<GraphNode>;
}
