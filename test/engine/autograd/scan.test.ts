// covers: src/engine/autograd/marks.ts
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interpret } from '../../../src/engine/backends/interpreter/interpret.js';
import { Body, param } from '../../../src/engine/graph/body.js';
import { simplify } from '../../../src/engine/compiler/simplify.js';
import type { GraphNode } from '../../../src/engine/graph/node.js';
import { isOp, topological } from '../../../src/engine/graph/node.js';
import { verifyGraph } from '../../../src/engine/graph/verify.js';
import { gradients } from '../../../src/engine/autograd/gradients.js';
import { build as b, infer } from '../../../src/engine/ops/index.js';
import type { RefArray } from '../../../src/engine/ops/index.js';
import { Rng } from '../ops/rng.js';
import { between, tensor } from '../ops/values.js';
import { checkTwice, inner } from './check.js';

const mm = (x: GraphNode, w: GraphNode): GraphNode =>
  b.dot(x, w, { batch: [[], []], contract: [[1], [0]] });

/** h' = tanh(h U + x W + c) and y = h' ∘ x V, of h [N, H], x [N, D], U, W, V and the bias c [H]. */
function step(
  h: GraphNode,
  x: GraphNode,
  [u, w, v, c]: readonly GraphNode[],
): readonly [GraphNode, GraphNode] {
  const sums = b.add(b.add(mm(h, u!), mm(x, w!)), b.broadcastTo(c!, h.shape));
  const next = b.unary('tanh', sums);
  return [next, b.mul(next, mm(x, v!))];
}

interface Sizes {
  readonly steps: number;
  readonly reverse?: boolean;
  readonly save?: 'values' | 'carry';
}

function leaves({ steps }: Sizes): GraphNode[] {
  const [n, d, h] = [2, 3, 4];
  const shapes = [[n, h], [steps, n, d], [h, h], [d, h], [d, h], [h]];
  return shapes.map((shape) => b.leaf({ kind: 'input' }, shape, 'f64'));
}

/** The last h and all y, by a scan. */
function scanned(inputs: readonly GraphNode[], { steps, reverse = false, save = 'values' }: Sizes) {
  const params = inputs.map((x, i) =>
    param(b, i === 1 ? { shape: x.shape.slice(1), dtype: x.dtype } : x),
  );
  const results = step(params[0]!, params[1]!, params.slice(2));
  const body = new Body(params, results);
  return b.scan(inputs, { body, length: steps, carries: 1, xs: 1, reverse, save });
}

function slice(x: GraphNode, t: number): GraphNode {
  const start = x.shape.map((_, i) => (i === 0 ? t : 0));
  const stop = x.shape.map((d, i) => (i === 0 ? t + 1 : d));
  const part = b.slice(x, { start, stop, step: x.shape.map(() => 1) });
  return b.reshape(part, x.shape.slice(1));
}

function unrolled(inputs: readonly GraphNode[], { steps, reverse = false }: Sizes): GraphNode[] {
  let h = inputs[0]!;
  const ys: GraphNode[] = [];
  for (let i = 0; i < steps; i++) {
    const t = reverse ? steps - 1 - i : i;
    const [next, y] = step(h, slice(inputs[1]!, t), inputs.slice(2));
    h = next;
    ys[t] = b.reshape(y, [1, ...y.shape]);
  }
  return [h, b.concat(ys, 0)];
}

function bind(rng: Rng, nodes: readonly GraphNode[]): Map<GraphNode, RefArray> {
  return new Map(nodes.map((x) => [x, tensor(rng, x.shape, x.dtype, between(-1, 1))]));
}

const run = (outputs: readonly GraphNode[], values: Map<GraphNode, RefArray>): number[][] =>
  interpret(outputs, (leaf) => values.get(leaf)!).map((r) => [...r.data]);

/** ⟨y, w⟩ over all results, with weights that differ. */
function loss(results: readonly GraphNode[]): GraphNode {
  const parts = results.map((y, i) => inner(y, b.unary('cos', b.mul(y, b.like(y, i + 1)))));
  return parts.reduce((x, y) => b.add(x, y));
}

describe.each([1, 2, 7])('a scan of %i steps', (steps) => {
  it.each([false, true])('is the unrolled loop, reverse %s, gradients included', (reverse) => {
    for (const save of ['values', 'carry'] as const) {
      const inputs = leaves({ steps });
      const values = bind(new Rng(steps), inputs);
      const sizes = { steps, reverse, save };
      const [ours, theirs] = [scanned(inputs, sizes), unrolled(inputs, sizes)];
      expect(run(ours, values)).toEqual(run(theirs, values));
      const of = (results: readonly GraphNode[]): GraphNode[] => {
        const y = loss(results);
        return gradients(b, [y], [b.like(y, 1)], inputs).map((g) => g!);
      };
      verifyGraph(of(ours), infer);
      const [got, want] = [run(of(ours), values).flat(), run(of(theirs), values).flat()];
      got.forEach((g, i) => expect(g).toBeCloseTo(want[i]!, 12));
    }
  });

  it.each(['values', 'carry'] as const)('has gradients to the second order: %s', (save) => {
    fc.assert(
      fc.property(fc.integer(), fc.boolean(), (seed, reverse) => {
        const rng = new Rng(seed);
        const inputs = leaves({ steps });
        const [h, y] = scanned(inputs, { steps, reverse, save });
        checkTwice(rng, y!, inputs, bind(rng, inputs));
        checkTwice(rng, h!, inputs, bind(rng, inputs));
      }),
      { numRuns: 3 },
    );
  });
});

describe('the reverse of a scan', () => {
  /** The scans below the gradients of Σ h + Σ y. */
  const scansOf = (save: 'values' | 'carry'): GraphNode<'scan'>[] => {
    const inputs = leaves({ steps: 4 });
    const results = scanned(inputs, { steps: 4, save });
    const seeds = results.map((r) => b.like(r, 1));
    const found = gradients(b, results, seeds, inputs).map((g) => g!);
    return topological(simplify(found)).filter((n) => isOp(n, 'scan'));
  };
  const outputs = ({ attrs }: GraphNode<'scan'>): string[] =>
    attrs.body.results.slice(attrs.carries).map((r) => r.op);
  const carries = ({ attrs }: GraphNode<'scan'>): number => attrs.carries;

  it('adds up no gradient of a weight, but contracts over all steps behind it', () => {
    const [forward, reverse] = scansOf('values');
    expect([carries(forward!), carries(reverse!)]).toEqual([1, 1]);
    expect(outputs(reverse!)).not.toContain('dot');
  });

  it('finds stored what is dear to compute', () => {
    expect(outputs(scansOf('values')[0]!).sort()).toEqual(['dot', 'leaf', 'tanh']);
  });

  it('or only the carries, and computes the rest again', () => {
    const [forward, reverse] = scansOf('carry');
    expect(outputs(forward!)).toEqual(['leaf']);
    expect(topological(reverse!.attrs.body.results).some((n) => n.op === 'tanh')).toBe(true);
  });

  it('is not there for what no gradient is asked of', () => {
    const inputs = leaves({ steps: 4 });
    const [h] = scanned(inputs, { steps: 4 });
    const index = b.leaf({ kind: 'input' }, [4], 'f64');
    expect(gradients(b, [h!], [b.like(h!, 1)], [index])).toEqual([null]);
  });

  it('ends at cuts in the body, also in copies of them', () => {
    const cut = new Set<GraphNode>();
    const marks = {
      isCut: (node: GraphNode) => cut.has(node),
      copied: (copy: GraphNode, of: GraphNode) => void (cut.has(of) && cut.add(copy)),
    };
    const x = b.leaf({ kind: 'input' }, [], 'f64');
    const p = param(b, x);
    const still = b.neg(p);
    cut.add(still);
    const body = new Body([p], [b.mul(p, still)]);
    const attrs = { body, length: 1, carries: 1, xs: 0, reverse: false, save: 'carry' } as const;
    const [y] = b.scan([x], attrs);
    const seed = b.like(x, 1);
    const [first] = gradients(b, [y!], [seed], [x], marks);
    const values = new Map([
      [x, { shape: [], dtype: 'f64', data: Float64Array.of(3) } as RefArray],
    ]);
    expect(run([first!], values)).toEqual([[-3]]); // d/dx of x · c with c = -x
    expect(gradients(b, [first!], [seed], [x], marks)).toEqual([null]);
  });
});
