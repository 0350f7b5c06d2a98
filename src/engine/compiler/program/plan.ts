import { byteSize } from '../../core/dtype.js';
import type { DType } from '../../core/dtype.js';
import { sizeOf } from '../../core/shape.js';
import type { GraphNode, LeafSource } from '../../graph/node.js';
import { isOp, topological } from '../../graph/node.js';
import type { Module, Target } from '../ir/ir.js';
import { simplify } from '../simplify.js';
import { buildSteps } from './build-steps.js';
import { Lowering } from './launch.js';
import { layOut } from './layout.js';
import type { Layout, Place } from './layout.js';
import type { Part } from './main.js';
import { emitMain, emitParts } from './main.js';
import type { Assignment } from './schedule.js';
import { schedule } from './schedule.js';
import type { ProgramSummary } from './summary.js';
import { summarizeSteps } from './summary.js';
import type { Table } from './table.js';
import { GUARD_AT, layTable } from './table.js';

export type { Place } from './layout.js';

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
  /** The step in parts, if they were asked for. */
  readonly parts: readonly Part[] | undefined;
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
  /** Whether the step is wanted in parts as well, to time them. Default: false. */
  readonly inParts?: boolean;
  /** Position of an input source, or undefined if the source is kept in memory of its own. */
  inputPosition(source: LeafSource): number | undefined;
  /** Index of a source that is kept in memory of its own. */
  sourceIndex(source: LeafSource): number;
}

/** Compiles a graph to a plan. */
export function makePlan(request: PlanRequest, target: Target): Plan {
  const roots = [...request.outputs, ...request.assigns.map((a) => a.value)];
  const simple = simplify(roots, target);
  const results = simple.slice(0, request.outputs.length);
  const assigns = request.assigns.map((a, i) => ({
    target: a.target,
    value: simple[results.length + i]!,
  }));
  const plan = schedule(results, assigns, request.guard !== undefined, request.fused);
  const lowering = new Lowering(target);
  const built = buildSteps(plan, lowering, request.fused);
  const memory = layOut(plan.outputs, plan.destination, built, request);
  const table = layTable(built.steps);
  const guard =
    request.guard === undefined ? undefined : memory.place(plan.outputs[request.guard]!);
  const main = emitMain(built.steps, table, guard !== undefined);
  const inParts = request.inParts ? emitParts(built.steps, table) : undefined;
  const addresses: Plan['addresses'][number][] = table.addresses.map(({ at, of, offset }) => {
    if (of.kind === 'value') return { at, place: memory.place(of.of), offset };
    if (of.kind === 'root') return { at, place: memory.placeIn(of.at), offset };
    const scratch = memory.workspace.get(of.of) ?? 0;
    return { at, place: { kind: 'scratch', offset: scratch }, offset };
  });
  if (guard) addresses.push({ at: GUARD_AT, place: guard, offset: 0 });
  const slotOf = (n: GraphNode): Slot => ({
    place: memory.place(n),
    dtype: n.dtype,
    length: sizeOf(n.shape),
  });
  return {
    module: { functions: [...lowering.functions, main, ...(inParts?.functions ?? [])] },
    entry: main.name,
    parts: inParts?.parts,
    tableBytes: table.bytes,
    constants: table.constants,
    addresses,
    scratchBytes: memory.bytes,
    inputs: memory.inputs.map(({ position, leaf }) => ({ position, slot: slotOf(leaf) })),
    outputs: plan.outputs.map(slotOf),
    written: new Set(request.assigns.map((a) => request.sourceIndex(a.target))),
    summary: {
      kernels: summarizeSteps(built.steps, built.stored),
      scratch: memory.values,
      scratchBytes: memory.bytes,
      ...residentsOf(table, memory),
    },
  };
}

/** Variables and constants that kernels touch, each once. */
function residentsOf(
  { addresses }: Table,
  memory: Layout,
): { residents: number; residentBytes: number } {
  const bytes = new Map<number, number>();
  for (const { of } of addresses) {
    if (of.kind !== 'value') continue;
    const place = memory.place(of.of);
    if (place.kind !== 'source') continue;
    bytes.set(place.source, sizeOf(of.of.shape) * byteSize(of.of.dtype));
  }
  return { residents: bytes.size, residentBytes: [...bytes.values()].reduce((n, b) => n + b, 0) };
}

/** The sources of all leaves below `roots`, each once, in a fixed order. */
export function sourcesOf(roots: readonly GraphNode[]): LeafSource[] {
  const sources = new Set<LeafSource>();
  for (const n of topological(roots)) if (isOp(n, 'leaf')) sources.add(n.attrs.source);
  return [...sources];
}
