// covers: src/nn/conv-links.ts
/** ConvSteps against `conv` and its gradients, over drawn shapes and options, in f64. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArgumentError, DTypeError, IndexError, ShapeError } from '../../src/index.js';
import type { ConvTerm } from '../../src/nn/index.js';
import { ConvSteps } from '../../src/nn/index.js';
import type { ConvOptions, Tensor } from '../../src/tensor/index.js';
import { compile, conv, grad, zeros } from '../../src/tensor/index.js';
import { expectClose, sample, values } from '../tensor/check.js';
import { slidingOf, windowAxes } from '../tensor/window-axis.js';

interface Drawn {
  readonly x: Tensor;
  readonly k: Tensor;
  readonly gradY: Tensor;
  readonly options: ConvOptions;
}

const drawn: fc.Arbitrary<Drawn> = fc
  .record({
    axes: windowAxes,
    counts: fc.tuple(...[2, 3, 3].map((max) => fc.integer({ min: 1, max }))),
    seed: fc.integer({ min: 1, max: 1000 }),
  })
  .map(({ axes, counts: [n, c, o], seed }) => {
    const options = slidingOf(axes);
    const x = sample([n!, c!, ...axes.map((a) => a.extent)], seed);
    const k = sample([o!, c!, ...axes.map((a) => a.size)], seed + 1);
    return { x, k, options, gradY: sample(conv(x, k, options).shape, seed + 2) };
  });

function onDrawn(check: (drawn: Drawn) => void): void {
  fc.assert(fc.property(drawn, check), { numRuns: 40 });
}

/** What the engine has for Y, ∇K and ∇X. */
function engine({ x, k, gradY, options }: Drawn): Tensor[] {
  const loss = (p: Tensor, q: Tensor): Tensor => conv(p, q, options).mul(gradY).sum();
  return [conv(x, k, options), grad(loss, { argnum: 1 })(x, k), grad(loss, { argnum: 0 })(x, k)];
}

describe('ConvSteps', () => {
  it('gives the outputs and gradients of conv for any options, in 1 to 3 dimensions', () => {
    onDrawn((d) => {
      const steps = new ConvSteps(d.x, d.k, d.options);
      const back = steps.backward(d.gradY);
      const [y, gradK, gradX] = engine(d);
      expectClose(steps.y, y!.array(), 1e-12);
      expectClose(back.gradK, gradK!.array(), 1e-12);
      expectClose(back.gradX, gradX!.array(), 1e-12);
      expectClose(back.foldedGradX, gradX!.array(), 1e-12);
    });
  });

  it('has terms that name what met, and add up to what they are terms of', () => {
    onDrawn(({ x, k, gradY, options }) => {
      const steps = new ConvSteps(x, k, options);
      const back = steps.backward(gradY);
      const at = (t: Tensor, cell: readonly number[] | null): number =>
        cell ? values(t)[cell.reduce((flat, i, axisAt) => flat * t.shape[axisAt]! + i, 0)]! : 0;
      const check = (
        whole: Tensor,
        termsOf: (cell: number[]) => ConvTerm[],
        a: [Tensor, 'input' | 'weight'],
        b: [Tensor, 'weight' | 'output'],
      ): void => {
        // The first cell and the last, and one between.
        for (const part of [0, 0.4, 0.999]) {
          const cell = whole.shape.map((extent) => Math.floor(part * extent));
          const terms = termsOf(cell);
          expect(terms.reduce((sum, t) => sum + t.value, 0)).toBeCloseTo(at(whole, cell), 10);
          for (const t of terms) {
            expect(t.factors).toEqual([at(a[0], t[a[1]]), at(b[0], t[b[1]])]);
            expect(t.value).toBe(t.factors[0] * t.factors[1]);
          }
        }
      };
      check(steps.y, (cell) => steps.outputTerms(cell), [x, 'input'], [k, 'weight']);
      check(back.gradK, (cell) => back.kernelTerms(cell), [x, 'input'], [gradY, 'output']);
      check(back.gradX, (cell) => back.inputTerms(cell), [k, 'weight'], [gradY, 'output']);
    });
  });

  it('has the factors of its terms in the rows of its matrices', () => {
    onDrawn(({ x, k, gradY, options }) => {
      const steps = new ConvSteps(x, k, options);
      const back = steps.backward(gradY);
      const cell = (t: Tensor): number[] => t.shape.map(() => 0);
      const column = (t: Tensor, i: number): number[] => values(t.narrow(1, i, 1));
      const pick = (terms: readonly ConvTerm[], i: 0 | 1): number[] =>
        terms.map(({ factors }) => factors[i]);
      const forward = steps.outputTerms(cell(steps.y));
      expect(pick(forward, 0)).toEqual(values(steps.xc.narrow(0, 0, 1)));
      expect(pick(forward, 1)).toEqual(column(steps.kc, 0));
      const kernel = back.kernelTerms(cell(k));
      expect(pick(kernel, 0)).toEqual(column(steps.xc, 0));
      expect(pick(kernel, 1)).toEqual(column(back.gradYc, 0));
      const input = back.inputTerms(cell(x));
      expect(pick(input, 0)).toEqual(column(back.turned.kc, 0));
      expect(pick(input, 1)).toEqual(values(back.turned.xc.narrow(0, 0, 1)));
    });
  });

  it('can be compiled, and works through batches of none', () => {
    const [x, k, gradY] = [sample([2, 2, 5, 4]), sample([3, 2, 3, 2]), sample([2, 3, 3, 3])];
    const gradients = (p: Tensor, q: Tensor): Tensor[] => {
      const back = new ConvSteps(p, q).backward(gradY);
      return [back.gradK, back.gradX];
    };
    compile(gradients)(x, k).forEach((g, i) => {
      expectClose(g, gradients(x, k)[i]!.array(), 1e-12);
    });
    const none = new ConvSteps(zeros([0, 2, 4]), zeros([3, 2, 2]));
    expect(none.y.shape).toEqual([0, 3, 3]);
    const back = none.backward(zeros([0, 3, 3]));
    expect(back.gradX.shape).toEqual([0, 2, 4]);
    expect(values(back.gradK)).toEqual(new Array(12).fill(0));
  });

  it('takes padding by name', () => {
    const [x, k] = [sample([1, 1, 6]), sample([1, 1, 4])];
    const steps = new ConvSteps(x, k, { padding: 'same' });
    expectClose(steps.y, conv(x, k, { padding: 'same' }).array(), 1e-12);
    expect(steps.outputTerms([0, 0, 0])[0]).toEqual({
      input: null,
      weight: [0, 0, 0],
      output: [0, 0, 0],
      factors: [0, values(k)[0]],
      value: expect.closeTo(0) as number,
    });
  });

  it('refuses what does not fit', () => {
    const [x, k] = [zeros([1, 2, 4, 4]), zeros([3, 2, 2, 2])];
    const refused = (
      make: () => unknown,
      type: new (...args: never[]) => Error,
      text: string,
    ): void => {
      expect(make).toThrow(type);
      expect(make).toThrow(text);
    };
    refused(() => new ConvSteps(x, zeros([3, 1, 2, 2])), ShapeError, 'x has 2 channels');
    refused(() => new ConvSteps(zeros([1, 2]), zeros([3, 2])), ShapeError, 'one spatial axis');
    refused(() => new ConvSteps(x, k, { stride: 0 }), ArgumentError, 'stride is 0');
    const steps = new ConvSteps(x, k);
    refused(
      () => steps.backward(zeros([1, 3, 4, 4])),
      ShapeError,
      'ConvSteps.backward: ∇Y has shape [1, 3, 4, 4] and Y [1, 3, 3, 3]; give a gradient in the ' +
        'shape of Y.',
    );
    const wide = zeros([1, 3, 3, 3], { dtype: 'f64' });
    refused(() => steps.backward(wide), DTypeError, '∇Y is f64, Y f32');
    refused(
      () => steps.outputTerms([0, 3, 0, 0]),
      IndexError,
      'ConvSteps: Y has no cell [0, 3, 0, 0]; give [n, o, …p] within its shape [1, 3, 3, 3].',
    );
    const back = steps.backward(zeros([1, 3, 3, 3]));
    refused(() => back.kernelTerms([0, 0, 2, 0]), IndexError, 'K has no cell [0, 0, 2, 0]');
    refused(() => back.inputTerms([0, 0, 1.5, 0]), IndexError, 'X has no cell [0, 0, 1.5, 0]');
    refused(() => back.inputTerms([0, 0]), IndexError, 'X has no cell [0, 0]');
  });
});
