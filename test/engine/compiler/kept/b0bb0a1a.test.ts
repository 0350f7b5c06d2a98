// Kept by the fuzzer: exact program 51150, of the last 1 assigned: it throws: Cannot read properties of undefined (reading 'forEach'): it throws: Cannot read properties of undefined (reading 'forEach')
import { it } from 'vitest';
import { build as b } from '../../../../src/engine/ops/index.js';
import { values } from '../../ops/run.js';
import { expectKept } from '../fuzz/expect-kept.js';

it('kept graph b0bb0a1a', () => {
  expectKept(
    [
      values('f64', [0, 0, 0, 0], [4, 1]),
      values('f64', [0, 0, 0, 0], [4, 1]),
      values('i32', [0], [1]),
      values('f64', [], [0]),
      values('f64', [0, 0, 0, 0], [4, 1]),
      values('f64', [0, 0, 0, 0], [4, 1]),
      values(
        'f64',
        [
          0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
          0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
          0, 0, 0, 0,
        ],
        [4, 16, 1],
      ),
      values('f64', [0], [1, 1, 1]),
      values('i32', [0, 0, 0, 0], [4]),
    ],
    (x0, x1, x2, x3, x4, x5, x6, x7, x8) => {
      const n0 = b.node('dot', [x0, x1], { batch: [[0], [0]], contract: [[1], [1]] });
      const n1 = b.node('dynamicSlice', [n0, x2], { sizes: [0] });
      const n2 = b.node('round', [x1], {});
      const n3 = b.node('min', [n2, x4], {});
      const n4 = b.node('max', [n3, x5], {});
      const n5 = b.node('concat', [n4, n4, n4, n2], { axis: 0 });
      const n6 = b.node('reshape', [n5], {}, { dtype: 'f64', shape: [1, 16, 1] });
      const n7 = b.node('broadcast', [n6], {}, { dtype: 'f64', shape: [4, 16, 1] });
      return [n1, x3, n7, x6, x7, x8];
    },
  );
});
