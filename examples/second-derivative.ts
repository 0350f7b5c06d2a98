/** Gradients are graphs, and can be differentiated again: Newton's method on one variable. */
import { grad, tensor, type Tensor } from 'gradus';

const f = (x: Tensor): Tensor => x.pow(4).sub(x.mul(3).sin()).sum();
const slope = grad(f);
const curvature = grad((x: Tensor) => slope(x).sum());

let x = tensor(1, { dtype: 'f64' });
for (let i = 0; i < 6; i++) {
  x = x.sub(slope(x).div(curvature(x)));
  console.log(`x = ${x.item().toFixed(12)}, f'(x) = ${slope(x).item().toExponential(2)}`);
}
