import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emitFunction } from '../../../../src/engine/backends/wasm/function.js';
import { Op } from '../../../../src/engine/backends/wasm/opcodes.js';
import {
  constant,
  FuncBuilder,
  i32,
  type Mut,
} from '../../../../src/engine/compiler/ir/builder.js';
import type { Func, Val } from '../../../../src/engine/compiler/ir/ir.js';
import { evaluate } from './evaluate.js';
import { instantiate, type Instance } from './run.js';

function build(body: (f: FuncBuilder) => void, name = 'main'): Func {
  const f = new FuncBuilder(name);
  body(f);
  return f.finish(true);
}

function run(body: (f: FuncBuilder) => void, ...args: number[]): Instance {
  const instance = instantiate([build(body)]);
  instance.exports['main']!(...args);
  return instance;
}

const word = (instance: Instance, at: number): number => instance.view.getInt32(at, true);

describe('loops', () => {
  it('run as often as they should', () => {
    const f = new FuncBuilder('count');
    const [out, from, to] = [f.param('out'), f.param('from'), f.param('to')];
    const loop = (a: Val, b: Val, step: number, slot: number): void => {
      const count = f.declare(i32(0));
      const sum = f.declare(i32(0));
      f.for(a, b, step, (i) => {
        f.assign(count, f.add(f.read(count), i32(1)));
        f.assign(sum, f.add(f.read(sum), i));
      });
      f.store('i32', out, f.read(count), slot * 8);
      f.store('i32', out, f.read(sum), slot * 8 + 4);
    };
    loop(from, to, 1, 0);
    loop(from, to, 3, 1);
    loop(i32(-2), to, 4, 2);
    loop(from, i32(7), 2, 3);
    loop(i32(2), i32(3), 5, 4);
    loop(i32(3), i32(3), 1, 5);
    loop(i32(1), i32(9), 4, 6);
    const instance = instantiate([f.finish(true)]);
    const expected = (a: number, b: number, step: number): number[] => {
      let [count, sum] = [0, 0];
      for (let i = a; i < b; i += step) [count, sum] = [count + 1, sum + i];
      return [count, sum];
    };
    for (const [a, b] of [
      [0, 5],
      [5, 0],
      [-9, 4],
      [2, 2],
      [-5, -4],
      [0, 100],
    ] as const) {
      instance.exports['count']!(64, a, b);
      const found = Array.from({ length: 7 }, (_, k) => [
        word(instance, 64 + 8 * k),
        word(instance, 68 + 8 * k),
      ]);
      expect(found).toEqual([
        expected(a, b, 1),
        expected(a, b, 3),
        expected(-2, b, 4),
        expected(a, 7, 2),
        [1, 2],
        [0, 0],
        [2, 6],
      ]);
    }
  });

  it('nest, with bounds that depend on the outer ones', () => {
    const instance = run((f) => {
      const n = f.param('n');
      const sum = f.declare(i32(0));
      f.for(i32(0), n, 1, (i) => {
        f.for(i, n, 2, (j) => {
          const end = f.bin('min', f.add(j, i32(3)), n);
          f.for(j, end, 1, (k) => {
            f.assign(sum, f.add(f.read(sum), f.mul(f.add(i, i32(1)), f.add(j, k))));
          });
        });
      });
      f.store('i32', i32(64), f.read(sum));
    }, 9);
    let sum = 0;
    for (let i = 0; i < 9; i++) {
      for (let j = i; j < 9; j += 2) {
        for (let k = j; k < Math.min(j + 3, 9); k++) sum += (i + 1) * (j + k);
      }
    }
    expect(word(instance, 64)).toBe(sum);
  });

  it('keep the bound they began with', () => {
    const instance = run((f) => {
      const n = f.declare(i32(3));
      const count = f.declare(i32(0));
      f.for(i32(0), f.read(n), 1, () => {
        f.assign(n, f.add(f.read(n), i32(1)));
        f.assign(count, f.add(f.read(count), i32(1)));
      });
      f.store('i32', i32(64), f.read(count));
      f.store('i32', i32(68), f.read(n));
    });
    expect([word(instance, 64), word(instance, 68)]).toEqual([3, 6]);
  });
});

describe('order', () => {
  it('reads variables before they are assigned', () => {
    const instance = run((f) => {
      const a = f.declare(i32(0));
      const b = f.declare(i32(1));
      f.for(i32(0), i32(20), 1, () => {
        const [x, y] = [f.read(a), f.read(b)];
        f.assign(a, y);
        f.assign(b, f.add(x, y));
      });
      f.store('i32', i32(64), f.read(a));
    });
    expect(word(instance, 64)).toBe(6765);
  });

  it('loads before it stores', () => {
    const instance = instantiate([
      build((f) => {
        const x = f.load('i32', 1, i32(64));
        const y = f.load('i32', 1, i32(68));
        f.store('i32', i32(64), y);
        f.store('i32', i32(68), x);
      }),
    ]);
    instance.view.setInt32(64, 1, true);
    instance.view.setInt32(68, 2, true);
    instance.exports['main']!();
    expect([word(instance, 64), word(instance, 68)]).toEqual([2, 1]);
  });

  it('loads before a call, a loop or a branch that stores', () => {
    const callee = build((f) => f.store('i32', i32(64), i32(7)), 'callee');
    const effects: ((f: FuncBuilder, one: Val) => void)[] = [
      (f) => f.call('callee', []),
      (f, one) => f.for(i32(0), one, 1, () => f.store('i32', i32(64), i32(7))),
      (f, one) => f.if(one, () => f.store('i32', i32(64), i32(7))),
      (f, one) => f.if(one, () => f.if(one, () => f.call('callee', []))),
    ];
    for (const effect of effects) {
      const main = build((f) => {
        const one = f.param('one');
        const old = f.add(f.load('i32', 1, i32(64)), i32(100));
        effect(f, one);
        f.store('i32', i32(68), old);
      });
      const instance = instantiate([callee, main]);
      instance.view.setInt32(64, 1, true);
      instance.exports['main']!(1);
      expect([word(instance, 64), word(instance, 68)]).toEqual([7, 101]);
    }
  });
});

describe('branches', () => {
  it('take the side that holds', () => {
    const f = new FuncBuilder('main');
    const x = f.param('x');
    const mark = (slot: number, value: number): (() => void) => {
      return () => f.store('i32', i32(64), i32(value), slot * 4);
    };
    f.if(f.cmp('lt', x, i32(5)), mark(0, 1), mark(0, 2));
    f.if(x, mark(1, 1));
    f.if(x, () => undefined, mark(2, 1));
    f.if(i32(1), mark(3, 1), mark(3, 2));
    f.if(i32(0), mark(4, 1), mark(4, 2));
    f.if(x, () => undefined);
    for (const [value, expected] of [
      [0, [1, 0, 1, 1, 2]],
      [9, [2, 1, 0, 1, 2]],
    ] as const) {
      const instance = instantiate([f.finish(true)]);
      instance.exports['main']!(value);
      expect([0, 1, 2, 3, 4].map((k) => word(instance, 64 + 4 * k))).toEqual(expected);
    }
  });

  it('need a scalar', () => {
    const f = new FuncBuilder('main');
    const mask = f.load('i32', 4, i32(0));
    f.if(mask, () => f.store('i32', i32(0), i32(0)));
    expect(() => instantiate([f.finish(true)])).toThrow('branches on i32x4');
  });
});

describe('locals', () => {
  const environment = { relaxedSimd: false, barrier: undefined, functions: new Map() };

  it('are used again', () => {
    const f = new FuncBuilder('main');
    const p = f.param('p');
    for (let i = 0; i < 100; i++) {
      const x = f.load('f32', 4, p, 32 * i);
      const y = f.mul(x, x);
      f.store('f32', p, f.add(y, f.mul(y, x)), 32 * i);
    }
    expect(emitFunction(f.finish(), environment).locals.length).toBeLessThanOrEqual(2);
  });

  it('are not needed for values used once', () => {
    const f = new FuncBuilder('main');
    const p = f.param('p');
    const q = f.param('q');
    const x = f.mul(f.load('f32', 4, p), f.load('f32', 4, q));
    f.store('f32', p, f.add(f.un('sqrt', x), constant({ elem: 'f32', lanes: 4 }, 1)));
    expect(emitFunction(f.finish(), environment).locals).toEqual([]);
  });

  it('hold what a loop needs each time, computed ahead of it', () => {
    const f = new FuncBuilder('main');
    const [p, n] = [f.param('p'), f.param('n')];
    const square = f.mul(n, n);
    f.for(i32(0), n, 1, (i) => f.store('i32', f.add(p, i), square));
    const { code } = emitFunction(f.finish(), environment);
    expect(code.indexOf(Op.i32Mul)).toBeLessThan(code.indexOf(Op.loop));
  });

  it('are not spent on dead values', () => {
    const f = new FuncBuilder('main');
    const x = f.load('f32', 4, f.param('p'));
    f.mul(x, f.add(x, x));
    expect(emitFunction(f.finish(), environment).code.length).toBe(0);
  });
});

/** A function of random shape; its stores stay within the first words of memory. */
function randomFunc(seed: number, name: string, callees: readonly string[]): Func {
  let state = seed >>> 0;
  const below = (n: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const f = new FuncBuilder(name);
  const values: Val[] = [f.param('a'), f.param('b')];
  const muts: Mut[] = [];
  const pick = (): Val => (below(5) === 0 ? i32(below(7) - 3) : values[below(values.length)]!);
  const address = (): Val => f.mul(f.bin('and', pick(), i32(15)), i32(4));
  const scoped = (body: () => void): void => {
    const [v, m] = [values.length, muts.length];
    body();
    values.length = v;
    muts.length = m;
  };

  const statement = (depth: number): void => {
    const choice = below(depth > 0 ? 15 : 11);
    if (choice < 3) {
      values.push(f.bin((['add', 'sub', 'mul', 'min', 'rem'] as const)[below(5)]!, pick(), pick()));
    } else if (choice < 5) values.push(f.load('i32', 1, address(), 4 * below(4)));
    else if (choice < 6) f.store('i32', address(), pick(), 4 * below(4));
    else if (choice < 7) muts.push(f.declare(pick()));
    else if (choice < 9 && muts.length > 0) values.push(f.read(muts[below(muts.length)]!));
    else if (choice < 10 && muts.length > 0) f.assign(muts[below(muts.length)]!, pick());
    else if (choice < 11) values.push(f.select(f.cmp('lt', pick(), pick()), pick(), pick()));
    else if (choice < 13) {
      const from = below(2) === 0 ? i32(below(3)) : f.bin('and', pick(), i32(3));
      const to = below(2) === 0 ? i32(below(5)) : f.bin('and', pick(), i32(3));
      f.for(from, to, 1 + below(2), (i) => {
        scoped(() => {
          values.push(i);
          block(depth - 1);
        });
      });
    } else if (choice < 14) {
      const nested = (): void => scoped(() => block(depth - 1));
      f.if(f.cmp('lt', pick(), pick()), nested, below(2) === 0 ? nested : undefined);
    } else if (callees.length > 0) f.call(callees[below(callees.length)]!, [pick(), pick()]);
  };
  const block = (depth: number): void => {
    for (let n = 3 + below(8); n > 0; n--) statement(depth);
  };
  block(3);
  block(2);
  values.slice(0, 24).forEach((v, k) => f.store('i32', i32(128), v, 4 * k));
  muts.slice(0, 8).forEach((m, k) => f.store('i32', i32(256), f.read(m), 4 * k));
  return f.finish(true);
}

describe('random programs', () => {
  it('do what their statements say, one after the other', () => {
    const property = fc.property(fc.integer(), fc.integer(), fc.integer(), (seed, a, b) => {
      const functions = [randomFunc(seed ^ 0x5bd1e995, 'callee', [])];
      functions.push(randomFunc(seed, 'main', ['callee']));
      const instance = instantiate(functions);
      const expected = new DataView(new ArrayBuffer(1024));
      for (const view of [instance.view, expected]) {
        for (let i = 0; i < 32; i++) view.setInt32(4 * i, Math.imul(i + 1, 0x9e3779b1) >> 16, true);
      }
      instance.exports['main']!(a, b);
      evaluate({ functions }, 'main', [a, b], expected);
      const words = (view: DataView): number[] =>
        Array.from({ length: 100 }, (_, i) => view.getInt32(4 * i, true));
      expect(words(instance.view)).toEqual(words(expected));
    });
    fc.assert(property, { numRuns: 400 });
  });
});
