import type { FuncBuilder } from '../ir/builder.js';
import type { Val } from '../ir/ir.js';
import { copySign32, horner, like } from './pieces.js';

/** Where the two polynomials meet. */
const SPLIT = 1;

/** (erf x - x) / x by powers of x² on [0, 1]: 1.4e-9 of erf x (`erfNear32` of scripts/minimax.py). */
const NEAR = [
  0.12837916612625122, -0.3761262595653534, 0.11283578723669052, -0.026853347197175026,
  0.005187162198126316, -0.0007997853099368513, 7.806903886375949e-5,
];

/** (1 - erf(1 + u))^¼ by powers of u on [0, 3]: 1.2e-8 of erf once raised (`erfFar32`). */
const FAR = [
  0.629769504070282, -0.41548505425453186, 0.004318388178944588, 0.050841037184000015,
  -0.0038043560925871134, -0.005397425964474678, 0.0012652839068323374, 4.266786709195003e-5,
  -2.7713500458048657e-5,
];

/**
 * The error function in f32: an odd polynomial near 0, one minus a fourth power beyond. At most
 * 1.42 ulp.
 */
export function erf32(b: FuncBuilder, x: Val): Val {
  const size = b.un('abs', x);
  const four = like(x, 4);
  const held = b.select(b.cmp('gt', size, four), four, size);
  const near = b.add(held, b.mul(held, horner(b, b.mul(held, held), NEAR)));
  const root = horner(b, b.sub(held, like(x, SPLIT)), FAR);
  const square = b.mul(root, root);
  const far = b.sub(like(x, 1), b.mul(square, square));
  const y = b.select(b.cmp('lt', held, like(x, SPLIT)), near, far);
  return copySign32(b, y, x);
}
