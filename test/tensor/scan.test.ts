// covers: src/tensor/scan-body.ts, src/tensor/step-scope.ts
import { describe, expect, it } from 'vitest';
import { ArgumentError, DTypeError, ShapeError } from '../../src/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import {
  Generator,
  Parameter,
  StateTensor,
  arange,
  bernoulli,
  checkpoint,
  compile,
  conv,
  einsum,
  grad,
  manualSeed,
  maxPool,
  noGrad,
  rand,
  scan,
  stack,
  tensor,
  valueAndGrad,
  zeros,
} from '../../src/tensor/index.js';
import { testDevice } from '../device.js';
import { checkGradient, checkTwice, expectClose, f64, sample, values } from './check.js';

type Pair = [Tensor, Tensor];

/** h' = tanh(h U + x W + c), y = h' ∘ x V: [h, ys] by a scan and by a loop. */
const cell =
  (u: Tensor, w: Tensor, c: Tensor) =>
  (h: Tensor, x: Tensor): Pair => {
    const next = h.matmul(u).add(x.matmul(w)).add(c).tanh();
    return [next, next.mul(x.sum(-1, { keepDim: true }))];
  };

function loop(f: (h: Tensor, x: Tensor) => Pair, init: Tensor, xs: Tensor, reverse = false): Pair {
  let h = init;
  const ys: Tensor[] = [];
  const steps = xs.shape[0]!;
  for (let i = 0; i < steps; i++) {
    const t = reverse ? steps - 1 - i : i;
    const [next, y] = f(h, xs.at(t));
    h = next;
    ys[t] = y;
  }
  return [h, stack(ys)];
}

const inputs = (steps: number): Tensor[] => [
  sample([2, 3], 1),
  sample([steps, 2, 4], 2),
  sample([3, 3], 3),
  sample([4, 3], 4),
  sample([3], 5),
];

/** All results in one row. */
const flat = (results: readonly Tensor[]): number[] => results.flatMap(values);

describe('scan', () => {
  it.each([1, 2, 7])('is a loop over %i steps', (steps) => {
    for (const reverse of [false, true]) {
      const [h, xs, u, w, c] = inputs(steps) as [Tensor, Tensor, Tensor, Tensor, Tensor];
      const ours = scan(cell(u, w, c), h, xs, { reverse });
      const theirs = loop(cell(u, w, c), h, xs, reverse);
      ours.forEach((y, i) => expectClose(y, theirs[i]!.array(), 1e-12));
      const compiled = compile((a: Tensor, b: Tensor) => scan(cell(u, w, c), a, b, { reverse }));
      compiled(h, xs).forEach((y, i) => expectClose(y, theirs[i]!.array(), 1e-12));
    }
  });

  it.each([
    {},
    { reverse: true },
    { checkpoint: 2 },
    { checkpoint: 2, reverse: true },
    { checkpoint: 9 },
  ])('has gradients, with %o', (options) => {
    const f = (...[h, xs, u, w, c]: Tensor[]): Tensor => {
      const [last, ys] = scan(cell(u!, w!, c!), h!, xs!, options);
      return ys.mul(last);
    };
    checkGradient(f, inputs(5));
    const [h, xs, u, w, c] = inputs(3) as [Tensor, Tensor, Tensor, Tensor, Tensor];
    checkTwice((x) => f(h, x, u, w, c), xs);
    checkTwice((x) => f(h, xs, x, w, c), u);
  });

  it('takes and gives trees, and counts steps by a length', () => {
    const init = { a: f64([1, 2]), b: [f64(3)] as [Tensor] };
    const step = ({ a, b }: typeof init, _: null): [typeof init, { sum: Tensor }] => [
      { a: a.mul(2), b: [b[0].add(a.sum())] },
      { sum: a.sum() },
    ];
    const [last, { sum }] = scan(step, init, null, { length: 3 });
    expectClose(last.a, [8, 16]);
    expectClose(last.b[0], 3 + 3 + 6 + 12);
    expectClose(sum, [3, 6, 12]);
  });

  it('with no steps gives the first carry and empty outputs', () => {
    const f = (h: Tensor, x: Tensor): Pair => [h.add(x), h.mul(2)];
    const [h, ys] = scan(f, f64([1, 2]), zeros([0, 2], { dtype: 'f64' }));
    expect([values(h), ys.shape]).toEqual([
      [1, 2],
      [0, 2],
    ]);
    const g = grad((x: Tensor) => scan(f, x, zeros([0, 2], { dtype: 'f64' }))[0].sum());
    expect(values(g(f64([1, 2])))).toEqual([1, 1]);
  });

  it('nests', () => {
    const rows = sample([3, 4, 2], 8);
    const f = (x: Tensor): Tensor => {
      const inner = (c: Tensor, y: Tensor): Pair => [c.mul(y).sin(), c.add(y)];
      const outer = (c: Tensor, row: Tensor): Pair => {
        const [last, ys] = scan(inner, c, row, { reverse: true });
        return [last, ys.mul(c)];
      };
      const [last, all] = scan(outer, f64([0.5, -0.3]), x);
      return all.mul(last);
    };
    expect(f(rows).shape).toEqual([3, 4, 2]);
    checkTwice(f, rows);
    expectClose(compile(f)(rows), f(rows).array(), 1e-12);
  });

  it('takes convolutions, windows, orders and sums along an axis', () => {
    const kernel = sample([2, 2, 3], 9);
    const f = (h: Tensor, x: Tensor): Pair => {
      const y = conv(h, kernel, { padding: 1 }).add(x).tanh();
      const pooled = maxPool(y, { size: 2, stride: 1, padding: 0 });
      return [y, pooled.cumsum(-1).add(y.sort(-1).values.slice(-1, 1))];
    };
    const [h, xs] = [sample([1, 2, 5], 1), sample([3, 1, 2, 5], 2)];
    const [ours, theirs] = [scan(f, h, xs), loop(f, h, xs)];
    ours.forEach((y, i) => expectClose(y, theirs[i]!.array(), 1e-12));
    const of =
      (g: (a: Tensor, b: Tensor) => Pair) =>
      (a: Tensor, b: Tensor): Tensor => {
        const [last, ys] = g(a, b);
        return ys.pow(2).sum().add(last.sum());
      };
    for (const argnum of [0, 1] as const) {
      const got = compile(
        grad(
          of((a, b) => scan(f, a, b)),
          { argnum },
        ),
      )(h, xs);
      expectClose(
        got,
        grad(
          of((a, b) => loop(f, a, b)),
          { argnum },
        )(h, xs).array(),
        1e-11,
      );
    }
  });

  it('computes what no step changes once, outside', () => {
    const w = sample([3, 3], 2).to('f32');
    const x = sample([4, 3], 1).to('f32');
    const step = (c: Tensor, y: Tensor): Pair => [c.add(y.matmul(w.exp().sin())), c];
    const compiled = compile((xs: Tensor) => scan(step, zeros([3]), xs));
    expectClose(compiled(x)[0], loop(step, zeros([3]), x)[0].array());
    const [before, after] = compiled.explain(x).split(/= scan\(|scan of/);
    expect([before, after].map((part) => part!.includes('exp'))).toEqual([true, false]);
  });

  it('goes through backward() and state', () => {
    const w = new Parameter(sample([3, 3], 2));
    const xs = sample([4, 3], 1);
    const f = (): Tensor =>
      scan(
        (h: Tensor, x: Tensor): Pair => [h.matmul(w).add(x).tanh(), h],
        sample([3], 3),
        xs,
      )[0].sum();
    f().backward();
    const lazily = w.grad!;
    const want = grad((u: Tensor) =>
      loop((h, x) => [h.matmul(u).add(x).tanh(), h], sample([3], 3), xs)[0].sum(),
    )(w.detach());
    expectClose(lazily, want.array(), 1e-12);
    w.grad = null;
    const step = compile(() => {
      w.grad = null;
      f().backward();
      const g = w.grad as Tensor | null;
      w.assign(w.sub(g!.mul(0.5)));
      return g!;
    });
    const before = w.detach().array();
    expectClose(step(), want.array(), 1e-12);
    expectClose(w, f64(before).sub(want.mul(0.5)).array(), 1e-12);
  });

  it('lets nothing flow through detach() and noGrad()', () => {
    const xs = sample([4, 2], 1);
    const f = (h: Tensor): Tensor => {
      const cut = (c: Tensor, x: Tensor): Pair => {
        const still = noGrad(() => c.mul(3));
        return [c.mul(x).add(c.detach().sin()), still.add(c)];
      };
      return scan(cut, h, xs)[1].sum();
    };
    const g = (h: Tensor): Tensor => {
      const cut = (c: Tensor, x: Tensor): Pair => {
        const still = noGrad(() => c.mul(3));
        return [c.mul(x).add(c.detach().sin()), still.add(c)];
      };
      return loop(cut, h, xs)[1].sum();
    };
    const h = f64([0.3, -0.7]);
    expectClose(grad(f)(h), grad(g)(h).array(), 1e-12);
    const twice = (of: (h: Tensor) => Tensor) => grad((x: Tensor) => grad(of)(x).mul(x).sum())(h);
    expectClose(twice(f), twice(g).array(), 1e-12);
    expect(
      noGrad(() => scan((c: Tensor, x: Tensor): Pair => [c.add(x), c], h, xs))[0].requiresGrad,
    ).toBe(false);
  });

  it('differentiates inside a step', () => {
    const descend = (w: Tensor, x: Tensor): Pair => {
      const [loss, g] = valueAndGrad((v: Tensor) => v.sub(x).pow(2).sum())(w);
      return [w.sub(g.mul(0.1)), loss];
    };
    const xs = sample([6, 3], 2);
    const f = (w: Tensor): Tensor => scan(descend, w, xs)[1];
    expectClose(f(f64([1, 2, 3])), loop(descend, f64([1, 2, 3]), xs)[1].array(), 1e-12);
    checkGradient(f, [f64([1, 2, 3])]);
  });

  it('draws other numbers at each step, those of a loop', () => {
    for (const reverse of [false, true]) {
      const f = (c: Tensor, x: Tensor): Pair => {
        const noise = rand([2], { dtype: 'f64' });
        return [c.add(noise), bernoulli(0.5, [2]).to('f64').mul(x).add(noise)];
      };
      const run = (of: typeof loop | null): number[] => {
        manualSeed(5);
        rand([3]);
        const [c, xs] = [f64([0, 0]), sample([5, 2], 3)];
        const result = of ? of(f, c, xs, reverse) : scan(f, c, xs, { reverse });
        return [...flat(result), ...values(rand([2]))];
      };
      expect(run(null)).toEqual(run(loop));
      const compiled = compile(() => [
        ...scan(f, f64([0, 0]), sample([5, 2], 3), { reverse }),
        rand([2]),
      ]);
      manualSeed(5);
      rand([3]);
      expect(flat(compiled())).toEqual(run(loop));
      expect(flat(compiled())).not.toEqual(run(loop));
    }
  });

  it('draws the same in the gradient', () => {
    const g = new Generator(3);
    for (const options of [{}, { checkpoint: 2 }]) {
      const f = (x: Tensor): Tensor => {
        g.manualSeed(3);
        return scan(
          (c: Tensor, y: Tensor): Pair => {
            const mask = bernoulli(0.5, [3], { generator: g }).to('f64');
            return [c.mul(y).mul(mask).add(y.sin()), c];
          },
          sample([3], 4),
          x,
          options,
        )[0];
      };
      checkGradient(f, [sample([5, 3], 6)]);
    }
  });

  it('names what is wrong', () => {
    const xs = sample([4, 2], 1);
    const h = f64([1, 2]);
    const run =
      (f: (c: Tensor, x: Tensor) => unknown, init: unknown = h, over: unknown = xs) =>
      () =>
        scan(f as (c: unknown, x: unknown) => [unknown, unknown], init, over);
    expect(run((c) => [c.sum(), c])).toThrow(ShapeError);
    expect(run((c) => [c.sum(), c])).toThrow(
      'scan: the carry has shape [2] before a step and [] after it; a carry keeps its shape.',
    );
    expect(run((c) => [c.to('f32'), c])).toThrow(DTypeError);
    expect(run((c) => [{ a: c }, c])).toThrow(/the carry changes its form/);
    expect(run((c) => c)).toThrow('scan: the function returned a tensor; return [carry, output].');
    expect(run((c, x) => [c, x], h, [xs, sample([3, 2])])).toThrow(
      /xs\[0\] has 4 steps.*xs\[1\] has 3/,
    );
    expect(run((c, x) => [c, x], h, f64(1))).toThrow(/xs is a scalar/);
    expect(run((c, x) => [c, x], h, null)).toThrow(/give a length/);
    expect(() => scan((c: Tensor, x: Tensor): Pair => [c, x], h, xs, { length: 3 })).toThrow(
      'scan: length is 3, and xs has 4 steps; leave out the length.',
    );
    expect(() => scan((c: Tensor, x: Tensor): Pair => [c, x], h, xs, { checkpoint: 0 })).toThrow(
      ArgumentError,
    );
    const state = new StateTensor(zeros([2], { dtype: 'f64' }));
    expect(run((c, x) => [state.assign(x), c])).toThrow(
      'assign: inside the function given to scan() no state can be assigned; carry the value from ' +
        'step to step and use the result.',
    );
    expect(run((c) => [c.item(), c])).toThrow(/has 2 elements/);
    expect(run((c) => [c, c.sum().item()])).toThrow(/only its shape is known/);
    let leaked: Tensor | undefined;
    scan((c: Tensor, x: Tensor): Pair => [c, (leaked = x.add(1))], h, xs);
    expect(() => leaked!.add(1)).toThrow(/made inside the function is used after/);
    expect(() => leaked!.dataSync()).toThrow(/made inside the function is used after/);
    const p = new Parameter(h);
    expect(run((c) => [c, c.mul(p).sum().backward()])).toThrow(/cannot be set/);
  });

  it('may be used inside a step that reads tensors from outside', () => {
    const table = arange(10).to('f64');
    const [, ys] = scan(
      (c: Tensor, x: Tensor): Pair => [c, table.slice(0, 2, 4).add(x)],
      h0,
      f64([1, 2]),
    );
    expect(ys.array()).toEqual([
      [3, 4],
      [4, 5],
    ]);
  });
});

const h0 = tensor(0);

describe('checkpoint', () => {
  const w = sample([3, 3], 2);
  const f = (x: Tensor, { y }: { y: Tensor }): [Tensor, Tensor] => [
    x.matmul(w).tanh().mul(y).exp(),
    x.sin(),
  ];

  it('changes neither values nor gradients, to the second order', () => {
    const [x, y] = [sample([2, 3], 1), sample([3], 4)];
    const [a, b] = f(x, { y });
    checkpoint(f)(x, { y }).forEach((t, i) => expectClose(t, [a, b][i]!.array(), 1e-12));
    checkTwice((t) => {
      const [p, q] = checkpoint(f)(t, { y });
      return p.mul(q);
    }, x);
    checkGradient((s, t) => checkpoint(f)(s, { y: t })[0], [x, y]);
  });

  it('computes again what the gradient needs', () => {
    const x = sample([4, 4], 1).to('f32');
    const block = (t: Tensor): Tensor => t.exp().sin().exp().sin();
    const count = (of: (t: Tensor) => Tensor): number => {
      const compiled = compile(valueAndGrad((t: Tensor) => of(t).sum()));
      const plain = valueAndGrad((t: Tensor) => block(t).sum())(x);
      compiled(x).forEach((t, i) => expectClose(t, plain[i]!.array(), 1e-4));
      const found = compiled.explain(x).matchAll(/\bexp(?:×(\d+))?/g);
      return [...found].reduce((n, m) => n + Number(m[1] ?? 1), 0);
    };
    expect([count(block), count(checkpoint(block))]).toEqual([2, 4]);
  });
});

describe('products of a step with what is the same at each', () => {
  const [wx, wh] = [sample([3, 4], 1), sample([4, 4], 2)];
  const steps = sample([6, 2, 3], 3);
  const start = sample([2, 4], 4);
  type F = (x: Tensor, wx: Tensor, wh: Tensor) => Tensor;
  const looped = (f: (h: Tensor, x: Tensor, w: Tensor) => Tensor, ahead: boolean): F => {
    return (x, w, v) => {
      const body = (h: Tensor, part: Tensor): [Tensor, Tensor] => {
        const next = h
          .matmul(v)
          .add(f(h, part, w))
          .tanh();
        return [next, next];
      };
      const xs = ahead ? x.matmul(w) : x;
      return scan(body, start, xs)[1].pow(2).sum();
    };
  };

  it('are made ahead of the loop, all at once, in the forward pass and in the gradient', () => {
    const byStep = looped((_h, x, w) => x.matmul(w), false);
    const atOnce = looped((_h, x) => x, true);
    for (const argnum of [0, 1, 2]) {
      const of = (f: F): Tensor => grad(f, { argnum })(steps, wx, wh);
      expectClose(of(byStep), of(atOnce).array());
    }
    expectClose(byStep(steps, wx, wh), atOnce(steps, wx, wh).array());
    if (testDevice.name === 'interpreter') return;
    const text = compile(byStep).explain(steps, wx, wh);
    const [before, within] = text.split('scratch memory by')[0]!.split(/scan of 6 steps/);
    expect(before).toMatch(/dot.*→ f64\[6, 2, 4\]/);
    expect(within!.match(/\bdot\b/g)).toHaveLength(1);
  });

  it('whichever side the step is on, and with batch axes', () => {
    const cases: ((x: Tensor, w: Tensor) => Tensor)[] = [
      (x, w) => w.T.matmul(x.T).T,
      (x, w) => einsum('nd,dh->nh', x, w),
      (x, w) => einsum('dh,nd->nh', w, x),
      (x, w) =>
        x
          .unsqueeze(1)
          .matmul(w.expand([2, 3, 4]))
          .squeeze(1),
    ];
    const wanted = looped((_h, x) => x, true)(steps, wx, wh).array();
    for (const f of cases) expectClose(looped((_h, x, w) => f(x, w), false)(steps, wx, wh), wanted);
  });
});
