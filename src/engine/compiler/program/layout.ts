import { byteSize } from '../../core/dtype.js';
import { invariant } from '../../core/errors.js';
import { sizeOf } from '../../core/shape.js';
import type { GraphNode, LeafSource } from '../../graph/node.js';
import { isOp } from '../../graph/node.js';
import type { Launch } from './launch.js';
import type { Lifetime } from './memory.js';
import { planMemory } from './memory.js';
import type { TimedLaunches } from './reuse.js';
import { reuseInPlace } from './reuse.js';
import type { ScratchValue } from './summary.js';
import { typeOf } from './summary.js';
import type { Loop, Root, RootPlace, Step, Steps } from './steps.js';

/** Where a value lies: in the program's scratch memory, or where a leaf's source is kept. */
export type Place =
  | { readonly kind: 'scratch'; readonly offset: number }
  | { readonly kind: 'source'; readonly source: number };

export interface Layout {
  readonly bytes: number;
  readonly values: readonly ScratchValue[];
  readonly inputs: readonly { readonly position: number; readonly leaf: GraphNode }[];
  readonly workspace: ReadonlyMap<Launch, number>;
  place(n: GraphNode): Place;
  placeIn(at: RootPlace): Place;
}

interface Sources {
  /** Position of an input source, or undefined if the source is kept in memory of its own. */
  inputPosition(source: LeafSource): number | undefined;
  /** Index of a source that is kept in memory of its own. */
  sourceIndex(source: LeafSource): number;
}

/** What needs scratch memory: a value, a root, or a launch that has a workspace. */
type Key = GraphNode | Root | Launch;

interface Span {
  from: number;
  to: number;
}

/** A loop, the one around it, and the time its steps take. */
interface Frame {
  readonly loop: Loop;
  readonly outer: Frame | undefined;
  readonly span: Span;
}

/**
 * Assigns scratch memory to inputs, intermediates, workspaces and outputs. The launches of a run
 * are alive at one time: a thread may be in the last of them while another is in the first. What a
 * loop takes from outside, or gives, is alive during all of it; what its body alone knows, during
 * part of each step.
 */
export function layOut(
  outputs: readonly GraphNode[],
  destination: ReadonlyMap<GraphNode, LeafSource>,
  { steps, places }: Steps,
  sources: Sources,
): Layout {
  const fixedPlace = (n: GraphNode): Place | undefined => {
    const target = destination.get(n);
    if (target) return { kind: 'source', source: sources.sourceIndex(target) };
    if (!isOp(n, 'leaf')) return undefined;
    const { source } = n.attrs;
    if (sources.inputPosition(source) !== undefined) return undefined;
    return { kind: 'source', source: sources.sourceIndex(source) };
  };
  const lives = new Lives(places, (n) => fixedPlace(n) !== undefined);
  const end = lives.visit(steps, 0, undefined);
  for (const n of outputs) lives.output(n, end);
  const slots = new Map<Key, number>();
  const lifetimes: Lifetime[] = [];
  const reuse = reuseInPlace(lives.launches, lives.values(), new Set(outputs));
  for (const [key, span] of lives.inOrder()) {
    const taken = isNode(key) ? reuse.get(key) : undefined;
    if (taken !== undefined) {
      // Its operand is older, so it has its slot already.
      const slot = slots.get(taken)!;
      slots.set(key, slot);
      lifetimes[slot] = { ...lifetimes[slot]!, to: span.to };
    } else slots.set(key, lifetimes.push(lifetime(key, span)) - 1);
  }
  const { offsets, bytes } = planMemory(lifetimes);
  const offsetOf = (key: Key): number => {
    const slot = slots.get(key);
    invariant(slot !== undefined, 'a value has no memory');
    return offsets[slot]!;
  };
  const keys = [...lives.spans.keys()];
  const placeIn = ({ root, offset }: RootPlace): Place => {
    return { kind: 'scratch', offset: offsetOf(root) + offset };
  };
  return {
    bytes,
    values: lives.inOrder().map(([key, span]) => {
      return { ...lifetime(key, span), what: nameOf(key), offset: offsetOf(key) };
    }),
    inputs: keys.flatMap((key) => {
      if (!isNode(key) || !isOp(key, 'leaf')) return [];
      return [{ position: sources.inputPosition(key.attrs.source)!, leaf: key }];
    }),
    workspace: new Map(keys.filter(isLaunch).map((key) => [key, offsetOf(key)])),
    placeIn,
    place(n) {
      const fixed = fixedPlace(n);
      if (fixed) return fixed;
      const at = places.get(n);
      return at ? placeIn(at) : { kind: 'scratch', offset: offsetOf(n) };
    },
  };
}

/** When each value, root and workspace is needed. */
class Lives {
  readonly spans = new Map<Key, Span>();
  readonly launches: TimedLaunches[] = [];

  constructor(
    private readonly places: ReadonlyMap<GraphNode, RootPlace>,
    private readonly isFixed: (n: GraphNode) => boolean,
  ) {}

  /** Goes through steps that begin at a time; gives the time at which they end. */
  visit(steps: readonly Step[], from: number, outer: Frame | undefined): number {
    let time = from;
    for (const step of steps) {
      if (step.kind === 'loop') {
        const span = { from: time, to: time + duration(step.steps) - 1 };
        this.visit(step.steps, time, { loop: step, outer, span });
        time = span.to + 1;
        continue;
      }
      this.launches.push({ launches: step.launches, time });
      for (const launch of step.launches) {
        const span = { from: time, to: time };
        for (const word of launch.words) {
          if (word.kind === 'address') this.touch(word.of, span, outer);
        }
        const lasting = outer && launch.stages.some((stage) => outer.loop.once.has(stage));
        if (launch.workspaceBytes > 0) this.extend(launch, lasting ? outer.span : span);
      }
      time++;
    }
    return time;
  }

  /** All spans, those of workspaces first. */
  inOrder(): [Key, Span][] {
    const all = [...this.spans];
    return [...all.filter(([key]) => isLaunch(key)), ...all.filter(([key]) => !isLaunch(key))];
  }

  /** The spans of values, without roots and workspaces. */
  values(): ReadonlyMap<GraphNode, Span> {
    return new Map([...this.spans].filter((entry): entry is [GraphNode, Span] => isNode(entry[0])));
  }

  output(n: GraphNode, end: number): void {
    const at = this.places.get(n);
    if (at) this.extend(at.root, { from: end, to: end });
    else if (this.spans.has(n)) this.extend(n, { from: end, to: end });
    else if (!this.isFixed(n)) this.extend(n, { from: 0, to: end }); // it is empty
  }

  private touch(n: GraphNode, span: Span, frame: Frame | undefined): void {
    const binding = frame?.loop.bindings.get(n);
    if (frame && binding) {
      if (binding.kind === 'root') this.extend(binding.at.root, frame.span);
      else this.touch(binding.of, frame.span, frame.outer);
      return;
    }
    const at = this.places.get(n);
    if (at) this.extend(at.root, span);
    else if (!this.isFixed(n)) this.extend(n, n.op === 'leaf' ? { ...span, from: 0 } : span);
  }

  private extend(key: Key, { from, to }: Span): void {
    const known = this.spans.get(key);
    if (!known) this.spans.set(key, { from, to });
    else {
      known.from = Math.min(known.from, from);
      known.to = Math.max(known.to, to);
    }
  }
}

/** Moments that steps take, each run being one. */
function duration(steps: readonly Step[]): number {
  return steps.reduce((n, s) => n + (s.kind === 'run' ? 1 : duration(s.steps)), 0);
}

function isNode(key: Key): key is GraphNode {
  return 'op' in key;
}

function isLaunch(key: Key): key is Launch {
  return 'words' in key;
}

function nameOf(key: Key): string {
  if (isLaunch(key)) return `workspace of ${key.group.members[0]!.node.op}`;
  if (!isNode(key)) return key.what;
  return `${key.op === 'leaf' ? 'input' : key.op} ${typeOf(key)}`;
}

function lifetime(key: Key, { from, to }: Span): Lifetime {
  if (isLaunch(key)) return { bytes: key.workspaceBytes, from, to };
  return { bytes: isNode(key) ? sizeOf(key.shape) * byteSize(key.dtype) : key.bytes, from, to };
}
