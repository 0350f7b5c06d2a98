import { ArgumentError, ShapeError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import type { GraphNode } from '../engine/graph/node.js';
import { build } from '../engine/ops/index.js';
import { apply } from './apply.js';
import { diagonalOf } from './movement.js';
import { promoted } from './product.js';
import type { Tensor } from './tensor.js';

/** A node with a label for each axis. */
interface Labelled {
  readonly node: GraphNode;
  readonly labels: readonly string[];
}

/**
 * Sums of products by Einstein's convention: a letter for each axis of each operand, and after the
 * arrow those of the result; letters that are not in the result are summed over. Without an arrow
 * the result has the letters that occur once, in alphabetical order. A letter twice in one operand
 * takes its diagonal; '...' stands for further axes, which broadcast. Operands are contracted from
 * left to right.
 *
 * @throws ArgumentError if the equation is malformed, ShapeError if it does not fit the operands.
 *
 * @example
 * einsum('nij,njk->nik', x, y); // batched matrix product
 * einsum('...i,i->...', x, w); // inner product along the last axis
 */
export function einsum(equation: string, ...operands: readonly Tensor[]): Tensor {
  const { inputs, output } = parse(equation, operands);
  checkExtents(equation, operands, inputs);
  return apply(operands, (_, ...nodes) => {
    const parts = nodes.map((node, i) => withoutRepeats({ node, labels: inputs[i]! }));
    const full = fullExtents(parts);
    const queue = parts.map((part) => withoutOnes(part, full));
    const result = queue.reduce((left, right, i) =>
      contract(left, right, neededAfter(queue, i, output)),
    );
    return arrange(summed(result, output), output, full);
  });
}

function parse(
  equation: string,
  operands: readonly Tensor[],
): { readonly inputs: string[][]; readonly output: string[] } {
  const [left, right, ...more] = equation.replace(/\s/g, '').split('->');
  const terms = left!.split(',');
  const malformed = [...terms, right ?? ''].some((t) => !/^[A-Za-z]*(\.{3})?[A-Za-z]*$/.test(t));
  if (more.length > 0 || malformed) {
    throw new ArgumentError(
      `einsum: '${equation}' is no equation; write letters for axes, as in 'ij,jk->ik'.`,
    );
  }
  if (terms.length !== operands.length) {
    throw new ArgumentError(
      `einsum: '${equation}' has ${terms.length} operands and ${operands.length} are given.`,
    );
  }
  const inputs = terms.map((term, i) => labelsOf(equation, term, operands[i]!));
  const widest = Math.max(...inputs.map((l) => l.filter((x) => x.length > 1).length));
  const dots = Array.from({ length: widest }, (_, i) => `.${widest - i}`);
  const output = right === undefined ? implicitOutput(inputs, dots) : expand(right, dots);
  const unknown = output.find((l) => !inputs.some((labels) => labels.includes(l)));
  if (unknown !== undefined || new Set(output).size !== output.length) {
    throw new ArgumentError(
      unknown === undefined
        ? `einsum: '${equation}' names an axis of the result twice.`
        : `einsum: '${equation}' has '${unknown}' in the result and in no operand.`,
    );
  }
  return { inputs, output };
}

/** A term's labels; those of '...' are counted from the end: .2, .1. */
function labelsOf(equation: string, term: string, { shape }: Tensor): string[] {
  const letters = term.replace('...', '').length;
  const free = shape.length - letters;
  if (free < 0 || (free > 0 && !term.includes('...'))) {
    throw new ShapeError(
      `einsum: '${term}' in '${equation}' names ${letters} axes and the operand ` +
        `${formatShape(shape)} has ${shape.length}.`,
    );
  }
  return expand(
    term,
    Array.from({ length: free }, (_, i) => `.${free - i}`),
  );
}

function expand(term: string, dots: readonly string[]): string[] {
  const [before, after] = term.split('...').map((letters) => letters.split(''));
  return after === undefined ? before! : [...before!, ...dots, ...after];
}

function implicitOutput(inputs: readonly (readonly string[])[], dots: readonly string[]): string[] {
  const all = inputs.flat();
  const once = [...new Set(all)].filter(
    (l) => l.length === 1 && all.indexOf(l) === all.lastIndexOf(l),
  );
  return [...dots, ...once.sort()];
}

function checkExtents(
  equation: string,
  operands: readonly Tensor[],
  inputs: readonly (readonly string[])[],
): void {
  const extents = new Map<string, number>();
  inputs.forEach((labels, i) => {
    labels.forEach((label, axis) => {
      const d = operands[i]!.shape[axis]!;
      const known = extents.get(label) ?? 1;
      if (known !== d && known !== 1 && d !== 1) {
        const shapes = operands.map((t) => formatShape(t.shape)).join(' and ');
        throw new ShapeError(
          `einsum: '${label}' in '${equation}' is ${known} and ${d} in operands ${shapes}; axes ` +
            'with one letter must have one extent.',
        );
      }
      extents.set(label, Math.max(known === 1 ? d : known, 0));
    });
  });
}

/** The diagonal of axes that share a label. */
function withoutRepeats({ node, labels }: Labelled): Labelled {
  const twice = labels.find((l, i) => labels.indexOf(l) !== i);
  if (twice === undefined) return { node, labels };
  const first = labels.indexOf(twice);
  const second = labels.indexOf(twice, first + 1);
  const others = labels.map((_, i) => i).filter((i) => i !== first && i !== second);
  const moved = build.permute(node, [...others, first, second]);
  const [m, n] = [node.shape[first]!, node.shape[second]!];
  if (m !== n) {
    throw new ShapeError(
      `einsum: '${twice}' names axes of ${m} and ${n} of one operand; a diagonal needs a square.`,
    );
  }
  return withoutRepeats({
    node: diagonalOf(moved, 0),
    labels: [...others.map((i) => labels[i]!), twice],
  });
}

function fullExtents(parts: readonly Labelled[]): Map<string, number> {
  const full = new Map<string, number>();
  for (const { node, labels } of parts) {
    labels.forEach((label, axis) => {
      const d = node.shape[axis]!;
      if (d !== 1 || !full.has(label)) full.set(label, d);
    });
  }
  return full;
}

/** Without axes of extent 1 that another operand repeats. */
function withoutOnes({ node, labels }: Labelled, full: ReadonlyMap<string, number>): Labelled {
  const kept = labels.filter((l, axis) => node.shape[axis] === full.get(l));
  const shape = node.shape.filter((d, axis) => d === full.get(labels[axis]!));
  return { node: build.reshape(node, shape), labels: kept };
}

/** Labels that the operands behind number `i` or the result still need. */
function neededAfter(
  queue: readonly Labelled[],
  i: number,
  output: readonly string[],
): Set<string> {
  return new Set([...output, ...queue.slice(i + 1).flatMap((part) => part.labels)]);
}

/** Sums over all labels that are not needed. */
function summed({ node, labels }: Labelled, needed: Iterable<string>): Labelled {
  const wanted = new Set(needed);
  const axes = labels.map((_, i) => i).filter((i) => !wanted.has(labels[i]!));
  const exact = node.dtype === 'bool' || node.dtype === 'u8' ? build.cast(node, 'i32') : node;
  return { node: build.sum(exact, axes), labels: labels.filter((l) => wanted.has(l)) };
}

function contract(left: Labelled, right: Labelled, needed: ReadonlySet<string>): Labelled {
  const p = summed(left, [...needed, ...right.labels]);
  const q = summed(right, [...needed, ...left.labels]);
  const shared = p.labels.filter((l) => q.labels.includes(l));
  const batch = shared.filter((l) => needed.has(l));
  const inner = shared.filter((l) => !needed.has(l));
  const axes = (part: Labelled, labels: readonly string[]): number[] =>
    labels.map((l) => part.labels.indexOf(l));
  const [x, y] = promoted(p.node, q.node);
  const node = build.dot(x, y, {
    batch: [axes(p, batch), axes(q, batch)],
    contract: [axes(p, inner), axes(q, inner)],
  });
  const free = (part: Labelled): string[] => part.labels.filter((l) => !shared.includes(l));
  return { node, labels: [...batch, ...free(p), ...free(q)] };
}

/** The axes in the order of the result; those of extent 1 that were dropped come back. */
function arrange(
  { node, labels }: Labelled,
  output: readonly string[],
  full: ReadonlyMap<string, number>,
): GraphNode {
  const present = output.filter((l) => labels.includes(l));
  const ordered = build.permute(
    node,
    present.map((l) => labels.indexOf(l)),
  );
  return build.reshape(
    ordered,
    output.map((l) => full.get(l)!),
  );
}
