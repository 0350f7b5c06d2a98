import { describe, expect, it } from 'vitest';
import {
  type Contraction,
  lowerContraction,
  lowerWith,
} from '../../../../src/engine/compiler/lower/contraction.js';
import { possibleWays } from '../../../../src/engine/compiler/lower/contraction-choice.js';
import {
  type Numbers,
  operandSpans,
  prepare,
  reference,
  storeEpilogue,
  WASM_TARGET,
  WORDS,
} from './contraction-harness.js';

type Layout = 'NN' | 'NT' | 'TN' | 'TT';

function contraction(
  m: number,
  n: number,
  k: number,
  layout: Layout,
  more: Partial<Contraction> & { padding?: number } = {},
): Contraction {
  const pad = more.padding ?? 0;
  const a = layout[0] === 'N' ? { m: k + pad, k: 1 } : { m: 1, k: m + pad };
  const b = layout[1] === 'N' ? { k: n + pad, n: 1 } : { k: 1, n: k + pad };
  const { elem = 'f32', batch = [] } = more;
  return { elem, batch, m, n, k, a: more.a ?? a, b: more.b ?? b, words: WORDS };
}

/** A small generator, so that failures can be repeated. */
function random(seed: number): () => number {
  let state = seed * 2654435761 + 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) / 2 ** 24;
  };
}

function values(c: Contraction, seed: number): { a: Numbers; b: Numbers } {
  const next = random(seed);
  const spans = operandSpans(c);
  const Type = { f32: Float32Array, f64: Float64Array, i32: Int32Array }[c.elem];
  const scale = c.elem === 'i32' ? 2 ** 31 : 2;
  const fill = (count: number): Numbers => {
    const array = new Type(count);
    for (let i = 0; i < count; i++) array[i] = (next() - 0.5) * scale;
    return array;
  };
  return { a: fill(spans.a), b: fill(spans.b) };
}

/** Every way to compute it, in one and in several ranges, gives the reference's bits. */
function check(c: Contraction, seed = 1): void {
  const v = values(c, seed);
  const expected = reference(c, v.a, v.b);
  const empty = expected.length === 0;
  const ways = empty ? [] : possibleWays(c, WASM_TARGET);
  const lowered = [
    lowerContraction(c, WASM_TARGET, 'f', storeEpilogue(c)),
    ...ways.map((w) => lowerWith(c, WASM_TARGET, 'f', storeEpilogue(c), w)),
  ];
  lowered.forEach((l, i) => {
    const label = `${JSON.stringify(c)} ${i === 0 ? 'chosen' : JSON.stringify(ways[i - 1])}`;
    const run = prepare(c, l, v, i % 2 === 0 ? 'a' : 'b');
    for (const pieces of [1, 3, 16]) {
      run.out.fill(77);
      run.run(pieces);
      expect(firstDifference(run.out, expected), `${label} in ${pieces}`).toBeUndefined();
    }
    expect(run.intact(), `${label} wrote elsewhere`).toBe(true);
  });
}

function firstDifference(x: ArrayLike<number>, y: ArrayLike<number>): string | undefined {
  for (let i = 0; i < y.length; i++) {
    if (!Object.is(x[i], y[i])) return `at ${i}: ${x[i]} for ${y[i]}`;
  }
  return undefined;
}

const LAYOUTS: readonly Layout[] = ['NN', 'NT', 'TN', 'TT'];

describe('lowerContraction', () => {
  for (const layout of LAYOUTS) {
    it(`multiplies ${layout} matrices of any extents`, () => {
      const extents = [0, 1, 2, 3, 5, 8, 9, 17];
      let seed = 1;
      for (const m of extents) {
        for (const n of extents) {
          for (const k of [0, 1, 4, 7, 19]) check(contraction(m, n, k, layout), seed++);
        }
      }
    });

    it(`multiplies larger ${layout} matrices, with padded rows`, () => {
      const shapes = [
        [64, 10, 33],
        [31, 65, 16],
        [127, 15, 128],
        [16, 127, 257],
        [65, 63, 31],
        [1, 129, 40],
        [129, 1, 40],
        [9, 21, 401],
      ] as const;
      for (const [m, n, k] of shapes) check(contraction(m, n, k, layout, { padding: 3 }), m + n);
    });

    it(`multiplies ${layout} matrices of f64 and i32`, () => {
      for (const elem of ['f64', 'i32'] as const) {
        for (const [m, n, k] of [
          [1, 1, 9],
          [3, 5, 7],
          [8, 2, 3],
          [17, 9, 12],
          [33, 20, 31],
        ] as const) {
          check(contraction(m, n, k, layout, { elem }), m);
        }
      }
    });
  }

  it('takes strides of 0 and strides without a unit', () => {
    check(contraction(9, 11, 13, 'NN', { a: { m: 0, k: 1 } }));
    check(contraction(9, 11, 13, 'NN', { b: { k: 0, n: 1 } }));
    check(contraction(9, 11, 13, 'NN', { b: { k: 1, n: 0 } }));
    check(contraction(9, 11, 13, 'NN', { a: { m: 0, k: 0 }, b: { k: 0, n: 0 } }));
    check(contraction(9, 11, 13, 'NN', { a: { m: 40, k: 3 }, b: { k: 23, n: 2 } }));
  });

  it('takes batch dimensions, also broadcast and interleaved', () => {
    const batches: Contraction['batch'][] = [
      [{ extent: 3, aStride: 200, bStride: 300 }],
      [{ extent: 3, aStride: 200, bStride: 0 }],
      [{ extent: 3, aStride: 0, bStride: 250 }],
      [
        { extent: 2, aStride: 0, bStride: 600 },
        { extent: 3, aStride: 170, bStride: 200 },
      ],
      [
        { extent: 2, aStride: 400, bStride: 0 },
        { extent: 1, aStride: 0, bStride: 0 },
        { extent: 5, aStride: 1, bStride: 7 },
      ],
      [{ extent: 0, aStride: 1, bStride: 1 }],
    ];
    for (const batch of batches) {
      for (const layout of LAYOUTS) {
        check(contraction(9, 13, 11, layout, { batch }), 3);
        check(contraction(1, 6, 10, layout, { batch }), 4);
      }
    }
  });

  it('splits shapes that take many units of work', () => {
    check(contraction(200, 300, 20, 'NN'), 5);
    check(contraction(300, 130, 64, 'NT'), 6);
    check(contraction(140, 260, 33, 'TN'), 7);
    check(contraction(5, 600, 150, 'NN'), 8);
  });
});
