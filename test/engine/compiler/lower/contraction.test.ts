import { describe, expect, it } from 'vitest';
import {
  type Contraction,
  lowerContraction,
  type LoweredContraction,
  lowerWith,
} from '../../../../src/engine/compiler/lower/contraction.js';
import { possibleWays } from '../../../../src/engine/compiler/lower/contraction-choice.js';
import { isDot } from '../../../../src/engine/compiler/lower/dot.js';
import {
  drawOperands,
  firstDifference,
  LAYOUTS,
  matrices,
  type Numbers,
  prepare,
  reference,
  storeEpilogue,
  WASM_TARGET,
} from './contraction-harness.js';
// covers: src/engine/compiler/lower/batch-index.ts, src/engine/compiler/lower/contraction-plan.ts
// covers: src/engine/compiler/lower/contraction-region.ts, src/engine/compiler/lower/dot.ts
// covers: src/engine/compiler/lower/contraction-types.ts, src/engine/compiler/lower/finish.ts
// covers: src/engine/compiler/lower/fold-batch.ts, src/engine/compiler/lower/micro-kernel.ts
// covers: src/engine/compiler/lower/pack-stage.ts, src/engine/compiler/lower/pack.ts
// covers: src/engine/compiler/lower/transpose.ts

/**
 * The chosen way, and others (all, or a few that the seed picks), give the reference's bits, in one
 * range and in several, and touch nothing else.
 */
function check(c: Contraction, seed = 1, others = Infinity): void {
  const v = drawOperands(c, seed);
  const epilogue = storeEpilogue(c);
  const plain = reference(c, v.a, v.b);
  const compare = (lowered: LoweredContraction, expected: Numbers): void => {
    const label = `${JSON.stringify(c)} ${lowered.plan}`;
    const run = prepare(c, lowered, v, seed % 2 === 0 ? 'a' : 'b');
    for (const pieces of [1, 3, 16]) {
      run.out.fill(77);
      run.run(pieces);
      expect(firstDifference(run.out, expected), `${label} in ${pieces}`).toBeUndefined();
    }
    expect(run.intact(), `${label} wrote elsewhere`).toBe(true);
  };
  const chosen = lowerContraction(c, WASM_TARGET, 'f', epilogue);
  compare(chosen, isDot(c) ? reference(c, v.a, v.b, 16) : plain);
  if (plain.length === 0) return;
  const ways = possibleWays(c, WASM_TARGET);
  for (let i = 0; i < Math.min(others, ways.length); i++) {
    compare(lowerWith(c, WASM_TARGET, 'f', epilogue, ways[(i + seed) % ways.length]!), plain);
  }
}

describe('lowerContraction', () => {
  for (const layout of LAYOUTS) {
    it(`multiplies ${layout} matrices of any extents`, () => {
      const extents = [0, 1, 2, 3, 5, 8, 9, 17];
      let seed = 1;
      for (const m of extents) {
        for (const n of extents) {
          for (const k of [0, 1, 4, 7, 19]) check(matrices([m, n, k], layout), seed++, 2);
        }
      }
    });

    it(`multiplies larger ${layout} matrices, with padded rows`, () => {
      const shapes = [
        [31, 65, 16],
        [64, 10, 33],
        [127, 15, 128],
        [16, 127, 257],
        [65, 63, 31],
        [1, 129, 40],
        [129, 1, 40],
        [3, 30, 66],
        [9, 21, 401],
      ] as const;
      shapes.forEach((shape, i) => check(matrices(shape, layout, {}, 3), i));
    });

    it(`multiplies ${layout} matrices of f64 and i32`, () => {
      const shapes = [
        [1, 1, 9],
        [3, 5, 7],
        [8, 2, 3],
        [17, 9, 12],
        [33, 20, 70],
      ] as const;
      for (const elem of ['f64', 'i32'] as const) {
        shapes.forEach((shape, i) => check(matrices(shape, layout, { elem }), i));
      }
    });
  }

  it('takes strides of 0 and strides without a unit', () => {
    const strides: Partial<Contraction>[] = [
      { a: { m: 0, k: 1 } },
      { b: { k: 0, n: 1 } },
      { b: { k: 1, n: 0 } },
      { a: { m: 0, k: 0 }, b: { k: 0, n: 0 } },
      { a: { m: 40, k: 3 }, b: { k: 23, n: 2 } },
    ];
    strides.forEach((s, i) => check(matrices([9, 11, 13], 'NN', s), i));
  });

  it('takes batch dimensions, also broadcast, interleaved and parts of m', () => {
    const batches: Contraction['batch'][] = [
      [{ extent: 3, aStride: 200, bStride: 300 }],
      [{ extent: 3, aStride: 200, bStride: 0 }],
      [{ extent: 3, aStride: 0, bStride: 250 }],
      [{ extent: 4, aStride: 99, bStride: 0 }],
      [
        { extent: 2, aStride: 0, bStride: 600 },
        { extent: 3, aStride: 170, bStride: 200 },
      ],
      [
        { extent: 3, aStride: 297, bStride: 0 },
        { extent: 3, aStride: 99, bStride: 0 },
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
        check(matrices([9, 13, 11], layout, { batch }), 3, 4);
        check(matrices([1, 6, 10], layout, { batch }), 4, 4);
      }
    }
  });

  it('takes k of several dimensions, overlapping and strided as windows are', () => {
    // A convolution's weight [O, C, H, W] times rows of an image [C, 20, 31], stride 1, and such.
    const cases: [number, number, readonly [number, number, number][]][] = [
      [
        3,
        1,
        [
          [5, 9, 620],
          [3, 3, 31],
          [3, 1, 1],
        ],
      ],
      [
        16,
        3,
        [
          [2, 25, 620],
          [5, 5, 62],
          [5, 1, 2],
        ],
      ],
      [
        7,
        1,
        [
          [1, 9, 620],
          [3, 3, 31],
          [1, 1, 1],
        ],
      ],
      [
        5,
        2,
        [
          [4, 40, 620],
          [10, 4, 31],
          [4, 1, 4],
        ],
      ],
      [
        6,
        1,
        [
          [9, 12, 100],
          [12, 1, 1],
        ],
      ],
      [
        6,
        1,
        [
          [3, 40, 620],
          [40, 1, 7],
        ],
      ],
    ];
    cases.forEach(([m, nStride, dims], seed) => {
      const [inner, ...above] = [...dims].reverse();
      const outerK = above.reverse().map(([extent, a, b]) => ({ extent, a, b }));
      const k = dims.reduce((size, [extent]) => size * extent, 1);
      const row = dims.reduce((last, [extent, a]) => last + (extent - 1) * a, 1);
      for (const n of [1, 3, 4, 14, 29]) {
        const weight = { m: row, k: inner![1] };
        const image = { k: inner![2], n: nStride };
        const batch = [{ extent: 2, aStride: 0, bStride: 31 }];
        const c = matrices([m, n, k], 'NN', { outerK, batch, a: weight, b: image });
        check(c, seed + n, 6);
        const turned = {
          ...c,
          m: n,
          n: m,
          a: { m: nStride, k: inner![2] },
          b: { k: inner![1], n: row },
          outerK: outerK.map(({ extent, a, b }) => ({ extent, a: b, b: a })),
          batch: [{ extent: 2, aStride: 31, bStride: 0 }],
        };
        check(turned, seed + n, 6);
      }
    });
  });

  it('leaves out the taps beyond a padded axis, and reads nothing there', () => {
    // Rows p of an image [C, H, 12]; tap k of a window meets image row stride · p + dilation · k.
    const steps = [
      [1, 1],
      [2, 1],
      [1, 2],
      [3, 2],
    ] as const;
    const windows = [
      [3, 3, 3, 4],
      [1, 5, 2, 3],
      [4, 2, 9, 1],
    ] as const;
    for (const [stride, dilation] of steps) {
      for (const [channels, kh, kw, height] of windows) {
        const plane = height * 12;
        const outerK = [
          { extent: channels, a: kh * kw, b: plane },
          { extent: kh, a: kw, b: 12 * dilation },
        ];
        const batch = [
          { extent: 2, aStride: 0, bStride: channels * plane },
          { extent: 4, aStride: 0, bStride: 12 * stride },
        ];
        const padded = { side: 'b', batch: 1, stride, dilation, low: 0, extent: height } as const;
        const [a, b] = [
          { m: channels * kh * kw, k: 1 },
          { k: 1, n: 1 },
        ];
        const shape = [5, 12 - kw + 1, channels * kh * kw] as const;
        check(matrices(shape, 'NN', { outerK, batch, padded, a, b }), stride + dilation, 6);
      }
    }
  });

  it('splits shapes that take many units of work', () => {
    check(matrices([200, 300, 20], 'NN'), 5, 4);
    check(matrices([300, 130, 64], 'NT'), 6, 4);
    check(matrices([140, 260, 33], 'TN'), 7, 4);
    check(matrices([5, 600, 150], 'NN'), 8, 4);
  });

  it('gives ranges of units scratch memory of their own', () => {
    for (const swapped of [false, true]) {
      for (const kBlock of [16, 64]) {
        const c = matrices([64, 64, 64], swapped ? 'TT' : 'NN');
        const way = { swapped, lane: 'inPlace', row: 'inPlace', kBlock } as const;
        const lowered = lowerWith(c, WASM_TARGET, 'f', storeEpilogue(c), way);
        const run = prepare(c, lowered, drawOperands(c, 1), 'a');
        const first = new Set(run.scratchOf(0, 2));
        const second = run.scratchOf(2, 4);
        expect(first.size).toBeGreaterThan(0);
        expect(second.length).toBeGreaterThan(0);
        expect(second.filter((i) => first.has(i))).toEqual([]);
      }
    }
  });

  it('adds dot products in 16 chains', () => {
    const batch = [{ extent: 3, aStride: 800, bStride: 0 }];
    for (const elem of ['f32', 'f64', 'i32'] as const) {
      for (const k of [32, 35, 47, 400]) {
        check(matrices([1, 1, k], 'NT', { elem, batch }), k, 2);
        check(matrices([1, 1, k], 'NN', { elem, a: { m: 7, k: 2 }, b: { k: 3, n: 5 } }), k, 2);
      }
    }
  });

  it('has no stages where there is no output', () => {
    const c = matrices([0, 4, 4], 'NN');
    const lowered = lowerContraction(c, WASM_TARGET, 'f', storeEpilogue(c));
    expect(lowered).toEqual({ functions: [], stages: [], workspaceBytes: 0, plan: 'empty' });
  });

  it('names what is not shared after the prefix', () => {
    const c = matrices([70, 50, 30], 'NT');
    const { functions, stages } = lowerContraction(c, WASM_TARGET, 'mine', storeEpilogue(c));
    for (const f of functions) expect(f.name).toMatch(/^(mine|shared_)/);
    const exported = functions.filter((f) => f.exported).map((f) => f.name);
    expect(exported).toEqual(stages.map((s) => s.entry));
  });

  it('refuses negative strides', () => {
    const c = matrices([2, 2, 2], 'NN', { a: { m: -2, k: 1 } });
    expect(() => lowerContraction(c, WASM_TARGET, 'f', storeEpilogue(c))).toThrow('stride');
    const d = matrices([2, 2, 2], 'NN', { outerK: [{ extent: 2, a: 1, b: -1 }] });
    expect(() => lowerContraction(d, WASM_TARGET, 'f', storeEpilogue(d))).toThrow('stride');
  });
});
