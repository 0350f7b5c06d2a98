// Kept by the fuzzer: seed 3673, compiled: it throws: WebAssembly.Module(): Compiling function #0 failed: local.set[0] expected type i32, found i32x4.replace_lane of type v128 @+339
import { it } from 'vitest';
import { build as b } from '../../../../src/engine/ops/index.js';
import { values } from '../../ops/run.js';
import { expectKept } from '../fuzz/expect-kept.js';

it('kept graph e407890a', () => {
  expectKept([values('u8', [], [31, 0]), values('i32', [], [31, 0])], (x0, x1) => {
    const n0 = b.node('gather', [x0, x1], { axis: 1 });
    const n1 = b.node('reshape', [n0], {}, { dtype: 'u8', shape: [0] });
    const n2 = b.node('pad', [n1], { low: [80], high: [0], interior: [0], value: 1 });
    const n3 = b.node('reshape', [n2], {}, { dtype: 'u8', shape: [5, 16] });
    const n4 = b.node('cast', [n3], {}, { dtype: 'i32', shape: [5, 16] });
    return [n4];
  });
});
