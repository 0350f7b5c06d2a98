import { expect, test } from 'vitest';
import type { Tensor } from '../../src/tensor/index.js';
import {
  Parameter,
  StateTensor,
  compile,
  defaultGenerator,
  rand,
  scan,
  tensor,
  where,
  zeros,
} from '../../src/tensor/index.js';
import { values } from './check.js';

test('a guarded function leaves state alone where its result is not finite', () => {
  const count = new StateTensor(zeros([]));
  const f = compile(
    (x: Tensor) => {
      count.assign(count.add(1));
      return {
        loss: x
          .log()
          .add(rand([2]))
          .sum(),
        twice: x.mul(2),
      };
    },
    { guard: true },
  );
  f(tensor([1, 2]));
  expect(count.item()).toBe(1);
  const drawn = defaultGenerator.getState();
  for (const bad of [tensor([1, -2]), tensor([0, 1])]) {
    const { loss, twice } = f(bad);
    expect(Number.isFinite(loss.item())).toBe(false);
    expect(values(twice)).toEqual(values(bad.mul(2)));
    expect(count.item()).toBe(1);
    expect(defaultGenerator.getState()).toEqual(drawn);
  }
  f(tensor([3, 4]));
  expect(count.item()).toBe(2);
});

test('without guard, state is assigned as ever', () => {
  const last = new StateTensor(zeros([]));
  compile((x: Tensor) => {
    last.assign(x.log());
    return x.log();
  })(tensor(-1));
  expect(last.item()).toBeNaN();
});

test('the first operation that gives NaN is found, with what it was computed from', () => {
  const w = new Parameter(tensor([1, -1, 2]));
  const f = compile((x: Tensor) => x.mul(w).log().mul(3).sum(), { guard: true });
  const x = tensor([1, 2, 3]);
  f(x);
  const found = f.diagnose(x)!;
  expect(found).toMatchObject({ op: 'log', shape: [3], dtype: 'f32', nans: 1, infinities: 0 });
  expect(found.inputs).toMatchObject([{ min: -2, max: 6, nans: 0 }]);
  expect(found.description).toBe(
    'log of f32 [3] from -2 to 6 gave NaN in 1 of 3 elements, f32 [3]',
  );
  expect(f.diagnose(tensor([1, -2, 3]))).toBeUndefined();
});

test('an infinity that is made earlier counts, one that is written down does not', () => {
  const f = compile(
    (x: Tensor) => {
      const masked = where(x.gt(0), x, -Infinity).softmax();
      return masked.sum().add(x.mul(1e30).mul(1e30).sub(x.mul(1e30).mul(1e30)).sum());
    },
    { guard: true },
  );
  const x = tensor([1, 0, 3]);
  expect(f(x).item()).toBeNaN();
  expect(f.diagnose(x)).toMatchObject({ op: 'mul', infinities: 2 });
});

test('values from outside are named as what they are', () => {
  const w = new Parameter(tensor([1, Infinity]));
  const constant = tensor([1, NaN]);
  const f = compile((x: Tensor) => x.mul(w).sum(), { guard: true });
  const ofArgument = f.diagnose(tensor([NaN, 1]));
  expect(ofArgument).toMatchObject({ op: 'leaf' });
  expect(ofArgument!.description).toBe('argument 0 holds NaN in 1 of 2 elements, f32 [2]');
  const ofState = f.diagnose(tensor([1, 1]))!;
  expect(ofState.variable).toBe(w.variable);
  expect(ofState.description).toBe('state held ±∞ in 1 of 2 elements, f32 [2] before the step');
  const g = compile((x: Tensor) => x.mul(constant).sum(), { guard: true });
  expect(g.diagnose(tensor([1, 1]))!.description).toMatch('a tensor from outside holds NaN');
});

test('what cannot be guarded or diagnosed is refused', () => {
  const unguarded = compile((x: Tensor) => x.sum());
  expect(() => unguarded.diagnose(tensor([1]))).toThrow('compile it with guard: true');
  const pair = compile(
    function pair(x: Tensor) {
      return x.mul(2);
    },
    { guard: true },
  );
  expect(() => pair(tensor([1, 2]))).toThrow("'pair' is guarded, but returns no f32 scalar");
});

test('a scan is to blame for what its steps make, and not for what it is given', () => {
  const f = compile(
    (x: Tensor) => {
      const [last] = scan(
        (c: Tensor, y: Tensor): [Tensor, null] => [c.add(y.log()), null],
        tensor(0),
        x,
      );
      return last;
    },
    { guard: true },
  );
  expect(f.diagnose(tensor([1, 2]))).toBeUndefined();
  expect(f.diagnose(tensor([1, 0]))!.description).toMatch(
    /^scan of .*f32 \[2\] from 0 to 1 gave ±∞ in 1 of 1 elements/,
  );
  expect(f.diagnose(tensor([1, NaN]))!.description).toMatch(/^argument 0 holds NaN/);
});
