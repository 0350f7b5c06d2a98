// Kept by the fuzzer: seed 2206, compiled: it throws: WebAssembly.Module(): Compiling function #0 failed: local.set[0] expected type f32, found v128.load32_lane of type v128 @+247
import { it } from 'vitest';
import { build as b } from '../../../../src/engine/ops/index.js';
import { values } from '../../ops/run.js';
import { expectKept } from '../fuzz/expect-kept.js';

it('kept graph 5b3e488b', () => {
  expectKept([values('f32', [], [0])], (x0) => {
    const n0 = b.node('pad', [x0], { low: [1], high: [0], interior: [0], value: 1 });
    const n1 = b.node('reshape', [n0], {}, { dtype: 'f32', shape: [1, 1] });
    const n2 = b.node('broadcast', [n1], {}, { dtype: 'f32', shape: [16, 0] });
    const n3 = b.node('reshape', [n2], {}, { dtype: 'f32', shape: [0] });
    const n4 = b.node('pad', [n3], { low: [63], high: [0], interior: [0], value: 1 });
    const n5 = b.node('reshape', [n4], {}, { dtype: 'f32', shape: [7, 3, 3] });
    const n6 = b.node('cast', [n5], {}, { dtype: 'i32', shape: [7, 3, 3] });
    return [n6];
  });
});
