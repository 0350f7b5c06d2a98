import { byteSize } from '../../core/dtype.js';
import type { DType } from '../../core/dtype.js';
import { invariant } from '../../core/errors.js';
import { sizeOf } from '../../core/shape.js';
import type { GraphNode, LeafSource } from '../../graph/node.js';
import { isOp, topological } from '../../graph/node.js';
import type { Module, Target } from '../ir/ir.js';
import { simplify } from '../simplify.js';
import type { Launch } from './launch.js';
import { Lowering } from './launch.js';
import type { Run } from './main.js';
import { emitMain, joinRuns } from './main.js';
import type { Lifetime } from './memory.js';
import { planMemory } from './memory.js';
import { reuseInPlace } from './reuse.js';
import type { Assignment } from './schedule.js';
import { schedule } from './schedule.js';
import type { ProgramSummary, ScratchValue } from './summary.js';
import { summarizeKernel, typeOf } from './summary.js';

/** Where a value lies: in the program's scratch memory, or where a leaf's source is kept. */
export type Place =
  | { readonly kind: 'scratch'; readonly offset: number }
  | { readonly kind: 'source'; readonly source: number };

export interface Slot {
  readonly place: Place;
  readonly dtype: DType;
  readonly length: number;
}

/** A program ready for code generation; position-independent, and free of graph nodes. */
export interface Plan {
  readonly module: Module;
  /** Name of the function (table, thread, threads) that runs one step. */
  readonly entry: string;
  /** The parameter table: constants, and addresses to be filled in. Offsets in bytes. */
  readonly tableBytes: number;
  readonly constants: readonly { readonly at: number; readonly value: number }[];
  readonly addresses: readonly {
    readonly at: number;
    readonly place: Place;
    readonly offset: number;
  }[];
  readonly scratchBytes: number;
  /** Inputs that the program reads, by position, and where they have to be put. */
  readonly inputs: readonly { readonly position: number; readonly slot: Slot }[];
  readonly outputs: readonly Slot[];
  /** Sources whose memory the program reads or writes; indices into the caller's list. */
  readonly written: ReadonlySet<number>;
  readonly summary: ProgramSummary;
}

export interface PlanRequest {
  readonly outputs: readonly GraphNode[];
  readonly assigns: readonly Assignment[];
  /** An f32 scalar among the outputs: unless it is finite, nothing is assigned. */
  readonly guard?: number;
  /** False: each operation is a kernel of its own. Default: true. */
  readonly fused?: boolean;
  /** Position of an input source, or undefined if the source is kept in memory of its own. */
  inputPosition(source: LeafSource): number | undefined;
  /** Index of a source that is kept in memory of its own. */
  sourceIndex(source: LeafSource): number;
}

/** Compiles a graph to a plan. */
export function makePlan(request: PlanRequest, target: Target): Plan {
  const roots = [...request.outputs, ...request.assigns.map((a) => a.value)];
  const simple = simplify(roots);
  const results = simple.slice(0, request.outputs.length);
  const assigns = request.assigns.map((a, i) => ({
    target: a.target,
    value: simple[results.length + i]!,
  }));
  const plan = schedule(results, assigns, request.guard !== undefined, request.fused);
  const lowering = new Lowering(target);
  const launches = plan.groups.map((g) => lowering.lower(g, plan.stored));
  const runs = joinRuns(launches, plan.firstUpdate);
  const memory = layOut(plan.outputs, plan.destination, runs, request);
  const guard =
    request.guard === undefined ? undefined : memory.place(plan.outputs[request.guard]!);
  const main = emitMain(runs, guard !== undefined);
  const addresses: Plan['addresses'][number][] = [];
  const constants: Plan['constants'][number][] = [];
  for (const row of main.rows) {
    if (row.extent !== undefined) constants.push({ at: row.at - 4, value: row.extent });
    row.launch.words.forEach((word, i) => {
      const at = row.at + 4 * i;
      if (word.kind === 'count') constants.push({ at, value: word.value });
      else if (word.kind === 'workspace') {
        const offset = memory.workspace.get(row.launch) ?? 0;
        addresses.push({ at, place: { kind: 'scratch', offset }, offset: 0 });
      } else {
        const offset = word.offset * byteSize(word.of.dtype);
        addresses.push({ at, place: memory.place(word.of), offset });
      }
    });
  }
  if (guard) addresses.push({ at: main.guardAt, place: guard, offset: 0 });
  const slotOf = (n: GraphNode): Slot => ({
    place: memory.place(n),
    dtype: n.dtype,
    length: sizeOf(n.shape),
  });
  return {
    module: { functions: [...lowering.functions, main.func] },
    entry: main.func.name,
    tableBytes: main.tableBytes,
    constants,
    addresses,
    scratchBytes: memory.bytes,
    inputs: memory.inputs.map(({ position, leaf }) => ({ position, slot: slotOf(leaf) })),
    outputs: plan.outputs.map(slotOf),
    written: new Set(request.assigns.map((a) => request.sourceIndex(a.target))),
    summary: {
      kernels: runs.map((run) => summarizeKernel(run, plan.stored)),
      scratch: memory.values,
      scratchBytes: memory.bytes,
      ...residentsOf(runs, memory),
    },
  };
}

interface Layout {
  readonly bytes: number;
  readonly values: readonly ScratchValue[];
  readonly inputs: readonly { readonly position: number; readonly leaf: GraphNode }[];
  readonly workspace: ReadonlyMap<Launch, number>;
  place(n: GraphNode): Place;
}

/**
 * Assigns scratch memory to inputs, intermediates, workspaces and outputs. The launches of a run
 * are alive at one time: a thread may be in the last of them while another is in the first.
 */
function layOut(
  outputs: readonly GraphNode[],
  destination: ReadonlyMap<GraphNode, LeafSource>,
  runs: readonly Run[],
  request: PlanRequest,
): Layout {
  const lives: Lifetime[] = [];
  const slots = new Map<GraphNode, number>();
  const workspaces: { launch: Launch; slot: number }[] = [];
  const inputs: { position: number; leaf: GraphNode }[] = [];
  const span = new Map<GraphNode, { from: number; to: number }>();
  const fixedPlace = (n: GraphNode): Place | undefined => {
    const target = destination.get(n);
    if (target) return { kind: 'source', source: request.sourceIndex(target) };
    if (!isOp(n, 'leaf')) return undefined;
    const { source } = n.attrs;
    if (request.inputPosition(source) !== undefined) return undefined;
    return { kind: 'source', source: request.sourceIndex(source) };
  };
  const visit = (launch: Launch, i: number): void => {
    for (const word of launch.words) {
      if (word.kind !== 'address' || fixedPlace(word.of)) continue;
      const life = span.get(word.of);
      if (life) life.to = i;
      else span.set(word.of, { from: word.of.op === 'leaf' ? 0 : i, to: i });
    }
    if (launch.workspaceBytes > 0) {
      workspaces.push({ launch, slot: lives.length });
      lives.push({ bytes: launch.workspaceBytes, from: i, to: i });
    }
  };
  runs.forEach((run, i) => run.launches.forEach((launch) => visit(launch, i)));
  for (const n of outputs) {
    const life = span.get(n);
    if (life) life.to = runs.length;
    else if (!fixedPlace(n)) span.set(n, { from: 0, to: runs.length }); // it is empty
  }
  const reuse = reuseInPlace(runs, span, new Set(outputs));
  for (const [n, life] of span) {
    const taken = reuse.get(n);
    if (taken !== undefined) {
      // Its operand is older, so it has its slot already.
      const slot = slots.get(taken)!;
      slots.set(n, slot);
      lives[slot] = { ...lives[slot]!, to: life.to };
    } else {
      slots.set(n, lives.length);
      lives.push({ bytes: sizeOf(n.shape) * byteSize(n.dtype), ...life });
    }
    if (!isOp(n, 'leaf')) continue;
    inputs.push({ position: request.inputPosition(n.attrs.source)!, leaf: n });
  }
  const { offsets, bytes } = planMemory(lives);
  const values: ScratchValue[] = workspaces.map(({ launch, slot }) => {
    const what = `workspace of ${launch.group.members[0]!.node.op}`;
    return { what, ...lives[slot]!, offset: offsets[slot]! };
  });
  for (const [n, life] of span) {
    const what = `${n.op === 'leaf' ? 'input' : n.op} ${typeOf(n)}`;
    values.push({
      what,
      bytes: sizeOf(n.shape) * byteSize(n.dtype),
      ...life,
      offset: offsets[slots.get(n)!]!,
    });
  }
  return {
    bytes,
    values,
    inputs,
    workspace: new Map(workspaces.map((w) => [w.launch, offsets[w.slot]!])),
    place(n) {
      const fixed = fixedPlace(n);
      if (fixed) return fixed;
      const slot = slots.get(n);
      invariant(slot !== undefined, `${n.op} has no memory`);
      return { kind: 'scratch', offset: offsets[slot]! };
    },
  };
}

/** Variables and constants that kernels touch, each once. */
function residentsOf(
  runs: readonly Run[],
  memory: Layout,
): { residents: number; residentBytes: number } {
  const bytes = new Map<number, number>();
  for (const { words } of runs.flatMap((run) => run.launches)) {
    for (const word of words) {
      if (word.kind !== 'address') continue;
      const place = memory.place(word.of);
      if (place.kind !== 'source') continue;
      bytes.set(place.source, sizeOf(word.of.shape) * byteSize(word.of.dtype));
    }
  }
  return { residents: bytes.size, residentBytes: [...bytes.values()].reduce((n, b) => n + b, 0) };
}

/** The sources of all leaves below `roots`, each once, in a fixed order. */
export function sourcesOf(roots: readonly GraphNode[]): LeafSource[] {
  const sources = new Set<LeafSource>();
  for (const n of topological(roots)) if (isOp(n, 'leaf')) sources.add(n.attrs.source);
  return [...sources];
}
