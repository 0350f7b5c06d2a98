import { DTypeError, ShapeError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import { apply } from '../../tensor/index.js';

/**
 * y = x Wᵀ + b: equation (2.15) for every unit of a layer.
 *
 * @param x [*, in].
 * @param weight [out, in], of the dtype of x.
 * @param bias [out], or null for none.
 * @returns [*, out].
 * @throws ShapeError or DTypeError where they do not fit.
 * @equation (2.12), (2.15), (5.1.1b)
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  checkLinear('linear', x, weight, bias);
  const last = x.rank - 1;
  const y = apply([x, weight], (b, nx, nw) =>
    b.dot(nx!, nw!, { batch: [[], []], contract: [[last], [1]] }),
  );
  return bias ? y.add(bias) : y;
}

/** Throws unless x [*, in], weight [out, in] and bias [out] fit together. */
export function checkLinear(op: string, x: Tensor, weight: Tensor, bias: Tensor | null): void {
  const [out, inner] = weight.shape;
  if (weight.rank !== 2) {
    throw new ShapeError(`${op}: weight is ${formatShape(weight.shape)}; give one [out, in].`);
  }
  if (x.shape.at(-1) !== inner) {
    const remedy =
      x.rank > 1 && inner === x.shape.slice(1).reduce((n, d) => n * d, 1)
        ? 'put a Flatten() before it'
        : `pass an input whose last axis is ${inner}`;
    throw new ShapeError(
      `${op}: input has ${x.shape.at(-1) ?? 'no'} features, weight expects ${inner} (input ` +
        `[*, in] = ${formatShape(x.shape)}, weight [out, in] = ${formatShape(weight.shape)}); ` +
        `${remedy}.`,
    );
  }
  if (bias && (bias.rank !== 1 || bias.shape[0] !== out)) {
    throw new ShapeError(
      `${op}: bias is ${formatShape(bias.shape)}, weight [out, in] = ` +
        `${formatShape(weight.shape)}; give a bias [${out}].`,
    );
  }
  for (const [name, t] of [['input', x] as const, ['bias', bias] as const]) {
    if (!t || t.dtype === weight.dtype) continue;
    throw new DTypeError(
      `${op}: ${name} is ${t.dtype}, weight ${weight.dtype}; convert one, as with ` +
        `to('${weight.dtype}').`,
    );
  }
}
