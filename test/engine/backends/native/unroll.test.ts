import { expect, it } from 'vitest';
import { printModule } from '../../../../src/engine/backends/native/print.js';
import { FuncBuilder, i32 } from '../../../../src/engine/compiler/ir/builder.js';
import type { Val } from '../../../../src/engine/compiler/ir/ir.js';

/** The loops of a function by what stands before them. */
function pragmas(make: (f: FuncBuilder, put: (i: Val) => void) => void): string[] {
  const f = new FuncBuilder('f');
  make(f, (i) => f.store('i32', f.mul(i, i32(4)), i));
  const source = printModule({ functions: [f.finish(true)] }, { vectorBytes: 16 }).units[0]!;
  const lines = source.split('\n').map((line) => line.trim());
  return lines.flatMap((line, i) => {
    if (!line.startsWith('for (i32 v')) return [];
    const before = lines[i - 1]!;
    return [/^_Pragma\("GCC unroll (\d+)"\)$/.exec(before)?.[1] ?? 'not'];
  });
}

it('asks for short loops to be written out, and for those in them', () => {
  expect(pragmas((f, put) => f.for(i32(0), i32(9), 1, put))).toEqual(['9']);
  expect(pragmas((f, put) => f.for(i32(0), i32(9), 4, put))).toEqual(['3']);
  const nested = pragmas((f, put) => {
    f.for(i32(0), i32(3), 1, (i) => f.for(i32(0), i32(3), 1, (j) => put(f.add(i, j))));
  });
  expect(nested).toEqual(['3', '3']);
});

it('does not for long ones, of unknown length, with large bodies or branches', () => {
  expect(pragmas((f, put) => f.for(i32(0), i32(17), 1, put))).toEqual(['not']);
  expect(pragmas((f, put) => f.for(i32(0), f.param('n'), 1, put))).toEqual(['not']);
  const large = pragmas((f, put) => {
    f.for(i32(0), i32(16), 1, (i) => f.for(i32(0), i32(16), 1, (j) => put(f.add(i, j))));
  });
  expect(large).toEqual(['not', '16']);
  const branch = pragmas((f, put) => {
    f.for(i32(0), i32(4), 1, (i) => f.if(f.cmp('lt', i, i32(2)), () => put(i)));
  });
  expect(branch).toEqual(['not']);
});
