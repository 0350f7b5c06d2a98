// covers: src/engine/compiler/ir/ir.ts
import { describe, expect, it } from 'vitest';
import { FuncBuilder, constant, i32 } from '../../../../src/engine/compiler/ir/builder.js';
import type { Stmt, Val } from '../../../../src/engine/compiler/ir/ir.js';
import { formatTy, scalar } from '../../../../src/engine/compiler/ir/ir.js';

/** Statements of a function, nested ones included. */
function statements(body: readonly Stmt[]): Stmt[] {
  return body.flatMap((s) => {
    if (s.kind === 'for') return [s, ...statements(s.body)];
    if (s.kind === 'if') return [s, ...statements(s.then), ...statements(s.else)];
    return [s];
  });
}

function build(body: (b: FuncBuilder, p: Val) => void): Stmt[] {
  const b = new FuncBuilder('f');
  body(b, b.param('p'));
  return statements(b.finish().body);
}

const lets = (body: readonly Stmt[]): Stmt[] => body.filter((s) => s.kind === 'let');

describe('FuncBuilder', () => {
  it('shares equal expressions, also with those of the scopes around', () => {
    const body = build((b, p) => {
      const outer = b.add(p, i32(3));
      b.for(i32(0), i32(4), 1, () => {
        expect(b.add(p, i32(3))).toBe(outer);
      });
    });
    expect(lets(body)).toHaveLength(1);
  });

  it('does not share what was computed inside a loop or a branch with the code after it', () => {
    const body = build((b, p) => {
      b.for(i32(0), i32(4), 1, () => {
        b.mul(p, i32(5));
      });
      b.if(b.cmp('lt', p, i32(9)), () => {
        b.mul(p, i32(5));
      });
      b.mul(p, i32(5));
    });
    expect(body.filter((s) => s.kind === 'let' && s.expr.op === 'bin')).toHaveLength(3);
  });

  it('tells 0 from -0 and lanes from scalars', () => {
    const body = build((b, p) => {
      const x = b.convert('f32', p);
      b.add(x, constant(scalar('f32'), 0));
      b.add(x, constant(scalar('f32'), -0));
      b.splat(x, 4);
      b.splat(x, 2);
    });
    expect(lets(body)).toHaveLength(5);
  });

  it('never shares loads: memory may have changed', () => {
    const body = build((b, p) => {
      b.load('f32', 1, p);
      b.store('f32', p, constant(scalar('f32'), 1));
      b.load('f32', 1, p);
    });
    expect(lets(body)).toHaveLength(2);
  });

  it('folds i32 arithmetic as the machine does it', () => {
    build((b, p) => {
      expect(b.mul(i32(0x10001), i32(0x10001))).toEqual(i32(Math.imul(0x10001, 0x10001)));
      expect(b.add(i32(2147483647), i32(1))).toEqual(i32(-2147483648));
      expect(b.add(p, i32(0))).toBe(p);
      expect(b.mul(i32(1), p)).toBe(p);
      expect(b.mul(p, i32(0))).toEqual(i32(0));
      expect(b.bin('rem', p, i32(1))).toEqual(i32(0));
    });
  });

  it('drops loops without a body, and refuses steps that never arrive', () => {
    expect(build((b) => b.for(i32(0), i32(9), 1, () => undefined))).toHaveLength(0);
    expect(() => build((b) => b.for(i32(0), i32(9), 0, () => undefined))).toThrow(/positive step/);
  });
});

it('formats types for messages', () => {
  expect([formatTy(scalar('i32')), formatTy({ elem: 'f32', lanes: 4 })]).toEqual(['i32', 'f32x4']);
});
