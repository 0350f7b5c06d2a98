import { describe, expect, it } from 'vitest';
import { Plan } from '../../../../src/engine/backends/wasm/plan.js';
import { FuncBuilder, i32 } from '../../../../src/engine/compiler/ir/builder.js';
import type { Stmt, Val } from '../../../../src/engine/compiler/ir/ir.js';

/** How the address of the last store splits. */
function split(address: (f: FuncBuilder, p: Val, i: Val) => Val): {
  terms: number;
  offset: number;
} {
  const f = new FuncBuilder('main');
  const p = f.param('p');
  const i = f.param('i');
  f.store('i32', address(f, p, i), i32(0), 4);
  const func = f.finish();
  const store = func.body[func.body.length - 1]!;
  if (store.kind !== 'store') throw new Error('no store');
  const { terms, offset } = new Plan(func, true).addressOf(store);
  return { terms: terms.length, offset };
}

describe('addresses', () => {
  it('give their constants to the instruction', () => {
    expect(split((_f, p) => p)).toEqual({ terms: 1, offset: 4 });
    expect(split((f, p) => f.add(p, i32(16)))).toEqual({ terms: 1, offset: 20 });
    expect(split((f, p) => f.add(i32(16), f.add(p, i32(8))))).toEqual({ terms: 1, offset: 28 });
    expect(split((f, p, i) => f.add(p, f.add(f.mul(i, i32(4)), i32(8))))).toEqual({
      terms: 2,
      offset: 12,
    });
  });

  it('keep constants that might undo a wrap', () => {
    expect(split((f, p) => f.add(p, i32(-16)))).toEqual({ terms: 1, offset: 4 });
    expect(split((f, p, i) => f.add(f.sub(p, i), i32(16)))).toEqual({ terms: 1, offset: 4 });
    const negative = split((f, p, i) => {
      const back = f.mul(f.add(i, i32(-1)), i32(4));
      return f.add(f.add(p, back), i32(16));
    });
    expect(negative).toEqual({ terms: 1, offset: 4 });
    const clamped = split((f, p, i) => {
      const back = f.bin('max', f.sub(i, i32(1)), i32(0));
      return f.add(f.add(p, back), i32(16));
    });
    expect(clamped).toEqual({ terms: 1, offset: 20 });
  });

  it('follow variables and loops to where they begin', () => {
    const throughVariable = (start: number): number =>
      split((f, p) => {
        const m = f.declare(i32(start));
        f.assign(m, f.add(f.read(m), p));
        return f.add(f.read(m), i32(16));
      }).offset;
    expect([throughVariable(0), throughVariable(-8)]).toEqual([20, 4]);
  });
});

describe('effects', () => {
  it('of a statement are those of all it holds', () => {
    const f = new FuncBuilder('main');
    const m = f.declare(i32(0));
    f.for(i32(0), i32(4), 1, (i) => f.if(i, () => f.assign(m, i)));
    f.for(i32(0), i32(4), 1, (i) => f.if(i, () => f.store('i32', i, i)));
    const func = f.finish();
    const plan = new Plan(func, true);
    const of = (stmt: Stmt): [boolean, number[]] => {
      const { writesMemory, assigned } = plan.effectsOf(stmt);
      return [writesMemory, [...assigned]];
    };
    expect(of(func.body[1]!)).toEqual([false, [m.id]]);
    expect(of(func.body[2]!)).toEqual([true, []]);
  });
});
