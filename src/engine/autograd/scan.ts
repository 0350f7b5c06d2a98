import { isFloat } from '../core/dtype.js';
import { Body, dependents, param, substitute } from '../graph/body.js';
import type { Builder } from '../graph/builder.js';
import type { GraphNode } from '../graph/node.js';
import { topological } from '../graph/node.js';
import { influencedBy } from './influence.js';
import type { Marks } from './marks.js';
import { chooseSaved } from './residuals.js';
import { Stacking } from './stacking.js';

type Gradients = (
  b: Builder,
  outputs: readonly GraphNode[],
  seeds: readonly GraphNode[],
  wrt: readonly GraphNode[],
  marks: Marks,
) => (GraphNode | null)[];

export interface ScanGradientRequest {
  readonly b: Builder;
  readonly scan: GraphNode<'scan'>;
  /** Gradients with respect to the scan's results, where any have arrived. */
  readonly arrived: readonly (GraphNode | null)[];
  /** The inputs whose gradients are asked for. */
  readonly wanted: readonly boolean[];
  readonly marks: Marks;
  /** Differentiates a graph: the body, here. */
  readonly gradients: Gradients;
}

/**
 * Gradients with respect to a scan's inputs: a scan in the other direction, whose carries are the
 * gradients of the carries. It reads what the forward body has computed from stacked outputs added
 * to the forward scan (`chooseSaved`); what it adds up over all steps it leaves to one operation
 * behind it wherever it can (`Stacking`), as the sums of (5.2) and (5.3).
 *
 * @equation (5.2), (5.3), (5.5)
 */
export function scanGradients(request: ScanGradientRequest): (GraphNode | null)[] {
  const { b, scan, arrived, wanted, marks } = request;
  const { carries, xs, length, reverse, save } = scan.attrs;
  const step = differentiateStep(request);
  if (!step) return [];
  const { through, carrySeeds, outputSeeds } = step;
  const of = scan.inputs.map((_, i) => (wanted[i] && i >= carries ? step.parts[i]! : null));
  const next = through.map((i) => step.parts[i] ?? b.like(carrySeeds.get(i)!, 0));
  const roots = [...next, ...of.filter((part) => part !== null)];
  const seeds = [...carrySeeds.values(), ...outputSeeds.values()];
  const read = readForward(request, roots, seeds);
  const moved = substitute(b, roots, read.replaced, (copy, original) =>
    marks.copied(copy, original),
  );
  const stacked = new Map(read.stacked);
  for (const [index, seed] of outputSeeds) stacked.set(seed, arrived[index]!);
  const varying = [...carrySeeds.values(), ...stacked.keys()];
  const inLoop = moved.slice(0, next.length);
  const { constants } = read;
  const varies = dependents(moved, varying);
  // Where memory is to be saved, the operands of sums are not kept until the end.
  const stepwise = save === 'carry' && length > 1;
  const stacking = new Stacking(b, { length, stacked, constants, varies, inLoop, stepwise });
  let at = next.length;
  const later = of.map((part, i) => {
    if (part === null) return null;
    const node = moved[at++]!;
    return i < carries + xs ? stacking.stack(node) : stacking.total(node);
  });
  const { outputs, sums } = stacking;
  const totals = sums.map((node) => param(b, node));
  const results = [...inLoop, ...sums.map((node, i) => b.add(totals[i]!, node)), ...outputs];
  const first = through.map((i) => arrived[i] ?? b.like(carrySeeds.get(i)!, 0));
  const found = b.scan(
    [...first, ...sums.map((s) => b.like(s, 0)), ...stacked.values(), ...constants.values()],
    {
      body: new Body(
        [...carrySeeds.values(), ...totals, ...stacked.keys(), ...constants.keys()],
        results,
      ),
      length,
      carries: through.length + sums.length,
      xs: stacked.size,
      reverse: !reverse,
      save,
    },
  );
  const done = {
    sums: found.slice(through.length, through.length + sums.length),
    outputs: found.slice(through.length + sums.length),
  };
  return scan.inputs.map((_, i) => {
    if (!wanted[i]) return null;
    if (i >= carries) return later[i]?.(done) ?? null;
    const position = through.indexOf(i);
    return position < 0 ? null : found[position]!;
  });
}

interface Step {
  /** The carries through which gradients flow, and the parameters that stand for those. */
  readonly through: readonly number[];
  readonly carrySeeds: ReadonlyMap<number, GraphNode>;
  /** The parameters that stand for slices of the outputs' gradients, by index of the result. */
  readonly outputSeeds: ReadonlyMap<number, GraphNode>;
  /** Gradients of one step with respect to the body's parameters. */
  readonly parts: readonly (GraphNode | null)[];
}

/** The gradients of the body; carries join in as soon as a later step's gradient reaches them. */
function differentiateStep(request: ScanGradientRequest): Step | undefined {
  const { b, scan, arrived, marks, gradients } = request;
  const { body, carries } = scan.attrs;
  const { active, influenced } = activeParams(request);
  const wrt = body.params.filter((p) => active.has(p));
  const outputSeeds = new Map<number, GraphNode>();
  const carrySeeds = new Map<number, GraphNode>();
  arrived.forEach((g, i) => {
    if (g === null || !isFloat(g.dtype)) return;
    if (i < carries) {
      if (active.has(body.params[i]!)) carrySeeds.set(i, param(b, g));
    } else if (influenced.has(body.results[i]!)) outputSeeds.set(i, param(b, body.results[i]!));
  });
  if (carrySeeds.size + outputSeeds.size === 0) return undefined;
  for (;;) {
    const seeded = [...carrySeeds, ...outputSeeds];
    const outputs = seeded.map(([i]) => body.results[i]!);
    const found = gradients(
      b,
      outputs,
      seeded.map(([, seed]) => seed),
      wrt,
      marks,
    );
    const parts = body.params.map((p) => found[wrt.indexOf(p)] ?? null);
    const before = carrySeeds.size;
    parts.slice(0, carries).forEach((part, i) => {
      if (part && !carrySeeds.has(i)) carrySeeds.set(i, param(b, part));
    });
    if (carrySeeds.size > before) continue;
    return { through: [...carrySeeds.keys()], carrySeeds, outputSeeds, parts };
  }
}

/** The parameters that what is differentiated by reaches, in this step or through the carries. */
function activeParams({ scan, wanted, marks }: ScanGradientRequest): {
  active: Set<GraphNode>;
  influenced: Set<GraphNode>;
} {
  const { body, carries } = scan.attrs;
  const order = topological(body.results);
  const active = new Set(body.params.filter((p, i) => wanted[i] && isFloat(p.dtype)));
  for (;;) {
    const influenced = influencedBy(order, [...active], (node) => marks.isCut(node));
    const before = active.size;
    for (let i = 0; i < carries; i++) {
      if (influenced.has(body.results[i]!)) active.add(body.params[i]!);
    }
    if (active.size === before) return { active, influenced };
  }
}

interface Forward {
  /** Nodes of the forward body by what stands for them in the reverse one. */
  readonly replaced: Map<GraphNode, GraphNode>;
  /** Parameters of the reverse body and what they are given, by step or as a whole. */
  readonly stacked: ReadonlyMap<GraphNode, GraphNode>;
  readonly constants: ReadonlyMap<GraphNode, GraphNode>;
}

/** Provides the reverse body with what it needs of the forward one. */
function readForward(
  { b, scan }: ScanGradientRequest,
  roots: readonly GraphNode[],
  seeds: readonly GraphNode[],
): Forward {
  const { body, carries, xs, save } = scan.attrs;
  const saved = chooseSaved(roots, dependents(roots, seeds), {
    carries: new Set(body.params.slice(0, carries)),
    free: new Set(body.params.slice(carries)),
    recompute: save === 'carry',
  });
  const replaced = new Map<GraphNode, GraphNode>(seeds.map((s) => [s, s]));
  const stacked = new Map<GraphNode, GraphNode>();
  const constants = new Map<GraphNode, GraphNode>();
  stackedOutputs(b, scan, [...saved]).forEach((stack, i) => {
    const node = [...saved][i]!;
    const stand = param(b, node);
    replaced.set(node, stand);
    stacked.set(stand, stack);
  });
  const needed = new Set(reached(roots, replaced));
  body.params.forEach((p, i) => {
    if (!needed.has(p)) return;
    const stand = param(b, p);
    replaced.set(p, stand);
    (i < carries + xs ? stacked : constants).set(stand, scan.inputs[i]!);
  });
  return { replaced, stacked, constants };
}

/** All nodes below `roots` down to those that are replaced. */
function reached(
  roots: readonly GraphNode[],
  replaced: ReadonlyMap<GraphNode, GraphNode>,
): Set<GraphNode> {
  const found = new Set(roots.filter((r) => !replaced.has(r)));
  for (const node of found) node.inputs.forEach((x) => !replaced.has(x) && found.add(x));
  return found;
}

/**
 * Values of the body at all steps: outputs of the scan, or of one like it with more outputs. That
 * one computes nothing twice, as simplification makes one of the two.
 */
function stackedOutputs(
  b: Builder,
  scan: GraphNode<'scan'>,
  nodes: readonly GraphNode[],
): GraphNode[] {
  const { body, carries } = scan.attrs;
  const indexOf = (node: GraphNode): number => body.results.indexOf(node, carries);
  const more = nodes.filter((node) => indexOf(node) < 0);
  if (more.length === 0) return nodes.map((node) => b.scanResult(scan, indexOf(node)));
  const wider = new Body(body.params, [...body.results, ...more]);
  const found = b.scan(scan.inputs, { ...scan.attrs, body: wider });
  return nodes.map((node) => found[wider.results.indexOf(node, carries)]!);
}
