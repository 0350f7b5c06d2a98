// covers: src/engine/compiler/simplify.ts, src/engine/compiler/structure.ts
import { describe, expect, it } from 'vitest';
import { interpreterDevice } from '../../../../src/engine/backends/interpreter/device.js';
import { WasmDevice } from '../../../../src/engine/backends/wasm/device.js';
import { simplify } from '../../../../src/engine/compiler/simplify.js';
import { structureOf } from '../../../../src/engine/compiler/structure.js';
import type { GraphNode } from '../../../../src/engine/graph/node.js';
import { topological } from '../../../../src/engine/graph/node.js';
import { build as b } from '../../../../src/engine/ops/index.js';
import type { ProgramSpec } from '../../../../src/engine/runtime/device.js';
import { InputSource, Variable } from '../../../../src/engine/runtime/storage.js';
import { mlpStep } from '../../backends/mlp-step.js';

const device = new WasmDevice();

/** Without the memory plan, which names values. */
function kernelsOf(text: string): string {
  return text.slice(0, text.indexOf('scratch memory by offset'));
}

function leafOf(v: Variable): GraphNode {
  return b.leaf(v, v.shape, v.dtype);
}

function vector(...values: number[]): Variable {
  return new Variable([values.length], 'f32', Float32Array.from(values));
}

function valuesOf(v: Variable): number[] {
  return [...v.storage.hostValues()];
}

describe('assignment at the end of a step', () => {
  it('swaps two variables', () => {
    const [p, q] = [vector(1, 2, 3), vector(4, 5, 6)];
    const program = device.compile({
      inputs: [],
      outputs: [],
      assigns: [
        { target: p, value: leafOf(q) },
        { target: q, value: leafOf(p) },
      ],
    });
    program.run([]);
    expect([valuesOf(p), valuesOf(q)]).toEqual([
      [4, 5, 6],
      [1, 2, 3],
    ]);
    program.run([]);
    expect([valuesOf(p), valuesOf(q)]).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });

  it('lets each of two variables read the other before either changes', () => {
    const [p, q] = [vector(1, 2), vector(10, 20)];
    const [x, y] = [leafOf(p), leafOf(q)];
    const program = device.compile({
      inputs: [],
      outputs: [x],
      assigns: [
        { target: p, value: b.add(x, y) },
        { target: q, value: b.sub(x, y) },
      ],
    });
    const [before] = program.run([]);
    expect([...before!]).toEqual([1, 2]);
    expect([valuesOf(p), valuesOf(q)]).toEqual([
      [11, 22],
      [-9, -18],
    ]);
  });

  it('permutes a variable in place without reading what it has written', () => {
    const p = new Variable([3, 3], 'f32', Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9]));
    const value = b.permute(leafOf(p), [1, 0]);
    device.compile({ inputs: [], outputs: [], assigns: [{ target: p, value }] }).run([]);
    expect(valuesOf(p)).toEqual([1, 4, 7, 2, 5, 8, 3, 6, 9]);
  });

  it.each([
    [
      'product',
      (x: GraphNode) => b.dot(x, x, { batch: [[], []], contract: [[1], [0]] }),
      [7, 10, 15, 22],
    ],
    ['sum', (x: GraphNode) => b.sum(x, [1]), [3, 7]],
  ])('writes a %s straight into a variable, unless that is read', (_, of, expected) => {
    const make = (): Variable => new Variable([2, 2], 'f32', Float32Array.from([1, 2, 3, 4]));
    const from = make();
    const value = of(leafOf(from));
    const to = new Variable(value.shape, 'f32', new Float32Array(expected.length));
    const program = device.compile({ inputs: [], outputs: [], assigns: [{ target: to, value }] });
    program.run([]);
    expect(valuesOf(to)).toEqual(expected);
    expect(program.explain()).toMatch(/^1 kernels /);
    if (expected.length < 4) return;
    device.compile({ inputs: [], outputs: [], assigns: [{ target: from, value }] }).run([]);
    expect(valuesOf(from)).toEqual(expected);
  });

  it('gives one value to two variables and an output', () => {
    const [p, q] = [vector(1, 2), vector(0, 0)];
    const value = b.neg(leafOf(p));
    const program = device.compile({
      inputs: [],
      outputs: [value],
      assigns: [
        { target: p, value },
        { target: q, value },
      ],
    });
    expect([...program.run([])[0]!]).toEqual([-1, -2]);
    expect([valuesOf(p), valuesOf(q)]).toEqual([
      [-1, -2],
      [-1, -2],
    ]);
  });
});

describe('updates that share a kernel', () => {
  it.each([3, 70])('read a variable before any of them writes it: %i elements', (n) => {
    const draw = (): Variable[] =>
      [1, 2, 3].map((s) => {
        const values = Float32Array.from({ length: n }, (_, i) => ((i * 7 + s * 13) % 11) - 5);
        return new Variable([n], 'f32', values);
      });
    const specOf = ([p, q, r]: Variable[]): ProgramSpec => {
      const [x, z] = [leafOf(p!), leafOf(r!)];
      const cut = b.slice(x, { start: [0], stop: [n - 1], step: [1] });
      return {
        inputs: [],
        outputs: [],
        assigns: [
          { target: p!, value: b.add(z, b.add(x, b.like(x, 1))) },
          { target: q!, value: b.mul(x, z) },
          { target: r!, value: b.pad(cut, { low: [0], high: [1], interior: [0], value: 9 }) },
        ],
      };
    };
    const [ours, theirs] = [draw(), draw()];
    const [program, reference] = [
      device.compile(specOf(ours)),
      interpreterDevice.compile(specOf(theirs)),
    ];
    for (let run = 0; run < 3; run++) {
      program.run([]);
      reference.run([]);
      expect(ours.map(valuesOf)).toEqual(theirs.map(valuesOf));
    }
  });
});

describe('a guard that fails', () => {
  it('leaves variables alone, but all results are computed', () => {
    const [p, count] = [vector(1, 2, 4), vector(5)];
    const half = b.mul(leafOf(p), b.constant(0.5, [3], 'f32'));
    const next = b.add(leafOf(count), b.constant(1, [1], 'f32'));
    const norm = b.sum(b.mul(half, half), [0]);
    const program = device.compile({
      inputs: [],
      outputs: [b.constant(NaN, [], 'f32'), half, norm, b.neg(next)],
      assigns: [
        { target: p, value: half },
        { target: count, value: next },
      ],
      guard: 0,
    });
    const results = program.run([]).map((r) => [...r]);
    expect(results).toEqual([[NaN], [0.5, 1, 2], [5.25], [-6]]);
    expect([valuesOf(p), valuesOf(count)]).toEqual([[1, 2, 4], [5]]);
  });

  it('may depend on what is assigned', () => {
    const [p, loss] = [vector(1, 2), new Variable([], 'f32')];
    const next = b.mul(leafOf(p), b.constant(2, [2], 'f32'));
    const value = b.unary('log', b.sum(b.sub(next, b.constant(3, [2], 'f32')), [0]));
    const program = device.compile({
      inputs: [],
      outputs: [value],
      assigns: [
        { target: p, value: next },
        { target: loss, value },
      ],
      guard: 0,
    });
    expect([...program.run([])[0]!]).toEqual([-Infinity]);
    expect([valuesOf(p), valuesOf(loss)]).toEqual([[1, 2], [0]]);
    p.set(Float32Array.of(2, 4));
    expect(program.run([])[0]![0]).toBeCloseTo(Math.log(6));
    expect(valuesOf(p)).toEqual([4, 8]);
  });
});

describe('a program with thousands of parameters', () => {
  it('is a few kernels', () => {
    const lr = b.leaf(new InputSource(0), [], 'f32');
    const assigns = Array.from({ length: 2000 }, (_, i) => {
      const w = new Variable([16 + (i % 7), 8], 'f32');
      return { target: w, value: b.mul(leafOf(w), b.broadcastTo(lr, w.shape)) };
    });
    const program = device.compile({
      inputs: [{ shape: [], dtype: 'f32' }],
      outputs: [],
      assigns,
    });
    expect(program.explain()).toMatch(/^[123] kernels/);
  });
});

describe('the training step of an MLP', () => {
  it('is the kernels that it should be', () => {
    const text = device.compile(mlpStep([784, 256, 128, 10], 64).spec).explain();
    expect(kernelsOf(text).match(/dot/g)).toHaveLength(8); // forward 3, weights 3, inputs 2
    expect(text).toMatch(/× 6 tensors/); // all updates are one kernel
    expect(text).toMatch(/reduceMax[^\n]*exp/); // softmax with its reductions is another
    expect(Number(/^(\d+) kernels/.exec(text)![1])).toBeLessThanOrEqual(19);
  });
});

describe('simplification', () => {
  const x = b.leaf(new InputSource(0), [4, 6], 'f32');

  it('makes equal nodes one', () => {
    const sum = b.add(b.unary('exp', x), b.unary('exp', x));
    expect(topological(simplify([sum])).filter((n) => n.op === 'exp')).toHaveLength(1);
  });

  it('carries out what is constant, and merges movements', () => {
    const two = b.add(b.constant(1, [6, 4], 'f32'), b.constant(1, [6, 4], 'f32'));
    const twice = b.permute(b.permute(x, [1, 0]), [1, 0]);
    const [folded, moved] = simplify([two, b.reshape(b.reshape(twice, [24]), [4, 6])]);
    expect(folded!.op).toBe('constant');
    expect(moved).toBe(x);
  });

  it('makes what cuts off a view, and drops what changes nothing', () => {
    const none = { low: [0, 0], high: [0, 0], interior: [0, 0], value: 0 };
    const whole = { start: [0, 0], stop: [4, 6], step: [1, 1] };
    const twice = b.flip(b.flip(x, [0, 1]), [0]);
    const cut = b.pad(b.slice(x, { start: [1, 0], stop: [4, 6], step: [2, 1] }), {
      ...none,
      high: [-1, -2],
    });
    const [padded, sliced, flipped, short] = simplify([
      b.pad(x, none),
      b.slice(x, whole),
      twice,
      cut,
    ]);
    expect(padded).toBe(x);
    expect(sliced).toBe(x);
    expect(flipped).toMatchObject({ op: 'flip', attrs: { axes: [1] } });
    const attrs = { start: [1, 0], stop: [2, 4], step: [2, 1] };
    expect(short).toMatchObject({ op: 'slice', inputs: [x], attrs });
  });
});

describe('the structure of a graph', () => {
  const graph = (v: Variable, w: Variable): GraphNode => b.add(leafOf(v), b.neg(leafOf(w)));

  it('is the same for other variables in the same places, and not for a shared one', () => {
    const [p, q, r] = [vector(1), vector(2), vector(3)];
    const key = (n: GraphNode): string => structureOf([n], (s) => s.kind).key;
    expect(key(graph(p, q))).toBe(key(graph(q, r)));
    expect(key(graph(p, q))).not.toBe(key(graph(p, p)));
  });
});

describe('a variable with a window replaced', () => {
  const start = { shape: [1], dtype: 'i32' as const };
  const place = (): GraphNode => b.leaf(new InputSource(0), [1], 'i32');
  const part = (x: GraphNode, from: number, to: number): GraphNode =>
    b.slice(x, { start: [from], stop: [to], step: [1] });

  /** The variable after a program that assigns it `value`, and what that printed. */
  function after(
    value: (x: GraphNode, at: GraphNode) => GraphNode,
    at: number,
    outputs: (x: GraphNode) => GraphNode[] = () => [],
  ): { values: number[]; results: number[][]; plan: string } {
    const p = vector(1, 2, 3, 4, 5, 6);
    const x = leafOf(p);
    const assigns = [{ target: p, value: value(x, place()) }];
    const program = device.compile({ inputs: [start], outputs: outputs(x), assigns });
    const results = program.run([Int32Array.of(at)]).map((r) => [...r]);
    return { values: valuesOf(p), results, plan: program.explain() };
  }

  it('has only the window written', () => {
    const write = (x: GraphNode, at: GraphNode): GraphNode =>
      b.dynamicUpdate(x, b.constant(9, [2], 'f32'), at);
    const { values, plan } = after(write, 3);
    expect(values).toEqual([1, 2, 3, 9, 9, 6]);
    expect(plan).toMatch(/map 2\b/);
    expect(after(write, 77).values).toEqual([1, 2, 3, 4, 9, 9]);
    expect(after(write, 3, (x) => [b.flip(x, [0])]).results).toEqual([[6, 5, 4, 3, 2, 1]]);
  });

  it('may be computed from the window itself', () => {
    const twice = (x: GraphNode, at: GraphNode): GraphNode => {
      const window = b.dynamicSlice(x, at, [3]);
      return b.dynamicUpdate(x, b.add(window, window), at);
    };
    expect(after(twice, 1).values).toEqual([1, 4, 6, 8, 5, 6]);
  });

  it('may be computed from elsewhere in the variable, which is read first', () => {
    const shift = (x: GraphNode, at: GraphNode): GraphNode => b.dynamicUpdate(x, part(x, 0, 5), at);
    expect(after(shift, 1).values).toEqual([1, 1, 2, 3, 4, 5]);
    const back = (x: GraphNode, at: GraphNode): GraphNode => b.dynamicUpdate(x, part(x, 1, 6), at);
    expect(after(back, 0).values).toEqual([2, 3, 4, 5, 6, 6]);
  });

  it('is written whole where the rest comes from another value', () => {
    const other = (x: GraphNode, at: GraphNode): GraphNode =>
      b.dynamicUpdate(b.neg(x), part(x, 2, 4), at);
    expect(after(other, 2).values).toEqual([-1, -2, 3, 4, -5, -6]);
  });
});
