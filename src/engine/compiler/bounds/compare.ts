import { formatShape, sameShape } from '../../core/shape.js';
import type { GraphNode, LeafSource, ScanBody } from '../../graph/node.js';
import { isOp, topological } from '../../graph/node.js';
import { MOVEMENT } from '../fuse/kernelize.js';

/** How two recordings of a function are compared. */
export interface Comparison {
  /** Whether two leaves stand for the same thing. */
  readonly sameSource: (a: LeafSource, b: LeafSource) => boolean;
  /** Numbers (extents, attributes, constants) may differ, nothing else. Default false. */
  readonly numbersMayDiffer?: boolean;
}

/** A clause that says in what the graph below `now` is not the one below `before`, if in anything. */
export function graphDifference(
  before: readonly GraphNode[],
  now: readonly GraphNode[],
  how: Comparison,
): string | undefined {
  const [a, b] = [topological(before), topological(now)];
  const numbers = [numbered(a), numbered(b)] as const;
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const found = nodeDifference(a[i]!, b[i]!, numbers, how);
    if (found !== undefined) return found + usedBy(a[i]!, a);
  }
  if (a.length !== b.length) {
    return `it has ${b.length} operations and values where it had ${a.length}`;
  }
  const roots = before.map((node, i) => numbers[0].get(node) === numbers[1].get(now[i]!));
  if (before.length === now.length && roots.every(Boolean)) return undefined;
  return 'it returns or assigns something else';
}

type Numbering = ReadonlyMap<GraphNode, number>;

function numbered(order: readonly GraphNode[]): Numbering {
  return new Map(order.map((node, i) => [node, i]));
}

function nodeDifference(
  a: GraphNode,
  b: GraphNode,
  [aNumbers, bNumbers]: readonly [Numbering, Numbering],
  how: Comparison,
): string | undefined {
  if (a.op !== b.op) return `there is ${article(b.op)} where there was ${article(a.op)}`;
  if (a.dtype !== b.dtype) return `${article(b.op)} is ${b.dtype} and was ${a.dtype}`;
  if (isOp(a, 'leaf') && isOp(b, 'leaf')) {
    if (!how.sameSource(a.attrs.source, b.attrs.source)) {
      return a.attrs.source.kind === 'storage'
        ? `a tensor from outside or made of values ${formatShape(b.shape)} is not the one it was`
        : 'it reads other arguments or state';
    }
  }
  const fits = how.numbersMayDiffer
    ? a.shape.length === b.shape.length
    : sameShape(a.shape, b.shape);
  if (!fits) {
    return `${article(b.op)} has shape ${formatShape(b.shape)} and had ${formatShape(a.shape)}`;
  }
  const inputsFit =
    a.inputs.length === b.inputs.length &&
    a.inputs.every((x, i) => aNumbers.get(x) === bNumbers.get(b.inputs[i]!));
  if (!inputsFit) return `${article(b.op)} has other operands`;
  if (isOp(a, 'leaf')) return undefined;
  const inner = isOp(a, 'scan') && isOp(b, 'scan') ? bodyDifference(a, b, how) : undefined;
  return inner ?? attributeDifference(a, b, how);
}

function bodyDifference(
  { attrs: { body: before } }: GraphNode<'scan'>,
  { attrs: { body: now } }: GraphNode<'scan'>,
  how: Comparison,
): string | undefined {
  if (before.params.length !== now.params.length) return 'a scan takes other values';
  return graphDifference(before.results, now.results, {
    ...how,
    sameSource: (a, b) => {
      const place = placeOf(before, a);
      return place >= 0 ? place === placeOf(now, b) : how.sameSource(a, b);
    },
  });
}

function placeOf({ params }: ScanBody, source: LeafSource): number {
  return params.findIndex((p) => isOp(p, 'leaf') && p.attrs.source === source);
}

function attributeDifference(a: GraphNode, b: GraphNode, how: Comparison): string | undefined {
  const [before, now] = [attributesOf(a), attributesOf(b)];
  for (const path of new Set([...before.keys(), ...now.keys()])) {
    const [v, w] = [before.get(path), now.get(path)];
    if (Object.is(v, w)) continue;
    const bothNumbers = typeof v === 'number' && typeof w === 'number';
    if (bothNumbers && how.numbersMayDiffer) continue;
    if (isOp(a, 'constant')) return `a constant is ${String(w)} and was ${String(v)}`;
    return `${path} of ${article(b.op)} is ${String(w)} and was ${String(v)}`;
  }
  return undefined;
}

/**
 * Whether graphs compute different things, whatever is done to shapes on the way: what changes
 * nothing at some sizes is not recorded there. `isIdle` tells of reductions of the first that meet
 * one element each.
 */
export function computationDiffers(
  before: readonly GraphNode[],
  now: readonly GraphNode[],
  sameSource: Comparison['sameSource'],
  isIdle: (node: GraphNode) => boolean,
): boolean {
  const names = new Names(sameSource);
  const isIdleNow = (node: GraphNode): boolean => isIdleReduction(node, node.inputs[0]!.shape);
  return names.of(before, isIdle) !== names.of(now, isIdleNow);
}

/** Numbers for computations; equal ones have the same. */
class Names {
  private readonly leaves: LeafSource[] = [];
  private readonly numbers = new Map<string, number>();

  constructor(private readonly sameSource: Comparison['sameSource']) {}

  of(
    roots: readonly GraphNode[],
    isIdle: (node: GraphNode) => boolean,
    params: readonly GraphNode[] = [],
  ): string {
    const ids = new Map(params.map((p, i) => [p, this.number(`param ${i}`)]));
    for (const node of topological(roots)) {
      if (ids.has(node)) continue;
      const inputs = node.inputs.map((x) => ids.get(x)!);
      const passes = inputs.length === 1 && (MOVEMENT.has(node.op) || isIdle(node));
      const name = (): number => this.number(`${this.kindOf(node, isIdle)}(${inputs.join()})`);
      ids.set(node, passes ? inputs[0]! : name());
    }
    return roots.map((root) => ids.get(root)).join();
  }

  private kindOf(node: GraphNode, isIdle: (node: GraphNode) => boolean): string {
    const kind = `${node.op} ${node.dtype}`;
    if (isOp(node, 'leaf')) return `${kind} ${this.leafNumber(node.attrs.source)}`;
    if (isOp(node, 'scanResult')) return `${kind} ${node.attrs.index}`;
    if (!isOp(node, 'scan')) return kind;
    const { body, reverse, save, carries, xs } = node.attrs;
    const inner = this.of(body.results, isIdle, body.params);
    return `${kind} ${reverse} ${save} ${carries} ${xs} {${inner}}`;
  }

  private leafNumber(source: LeafSource): number {
    const known = this.leaves.findIndex((leaf) => this.sameSource(leaf, source));
    return known >= 0 ? known : this.leaves.push(source) - 1;
  }

  private number(name: string): number {
    if (!this.numbers.has(name)) this.numbers.set(name, this.numbers.size);
    return this.numbers.get(name)!;
  }
}

/** Whether a reduction meets one element each, given the extents of its operand. */
export function isIdleReduction(node: GraphNode, extents: readonly number[]): boolean {
  const { axes } = node.attrs as { readonly axes?: readonly number[] };
  return REDUCTIONS.has(node.op) && axes!.every((axis) => extents[axis] === 1);
}

const REDUCTIONS: ReadonlySet<string> = new Set(['sum', 'prod', 'reduceMax', 'reduceMin']);

/** The attributes of a node by path: `start.0`. A scan's body is not among them. */
export function attributesOf(node: GraphNode): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) found.set(path, value);
    else {
      for (const [key, v] of Object.entries(value)) visit(v, path === '' ? key : `${path}.${key}`);
    }
  };
  const { body: _, ...attrs } = node.attrs as { readonly body?: ScanBody };
  visit(attrs, '');
  return found;
}

/** Where the value goes: what helps to find a constant in the source. */
function usedBy(node: GraphNode, order: readonly GraphNode[]): string {
  if (node.inputs.length > 0) return '';
  let at = node;
  for (const user of order) {
    if (!user.inputs.includes(at)) continue;
    at = user;
    if (!MOVEMENT.has(user.op)) return `, an operand of ${user.op} ${formatShape(user.shape)}`;
  }
  return '';
}

function article(op: string): string {
  return `${/^[aeiou]/.test(op) ? 'an' : 'a'} ${op}`;
}
