import { ShapeError } from '../engine/core/errors.js';
import { formatShape, sameShape } from '../engine/core/shape.js';
import type { Tensor } from '../tensor/index.js';
import { Identity } from './identity.js';
import type { UnaryModule } from './module.js';
import { Module } from './module.js';

/**
 * y = body(x) + shortcut(x): what the body has to learn is the difference from the shortcut, which by
 * default is x itself. He et al., 2016: Deep residual learning, arXiv:1512.03385.
 *
 * @throws ShapeError where body and shortcut give different shapes.
 *
 * @example
 * const block = new Residual(new Sequential(new Linear(8, 8), new ReLU(), new Linear(8, 8)));
 * block.forward(rand([4, 8])); // [4, 8]
 */
export class Residual extends Module {
  constructor(
    readonly body: UnaryModule,
    readonly shortcut: UnaryModule = new Identity(),
  ) {
    super();
  }

  forward(x: Tensor): Tensor {
    const [y, past] = [this.body.forward(x), this.shortcut.forward(x)];
    if (sameShape(y.shape, past.shape)) return y.add(past);
    throw new ShapeError(
      `Residual: the body gives ${formatShape(y.shape)}, the shortcut ${formatShape(past.shape)}; ` +
        'give a shortcut of the same shape, such as a 1×1 convolution with the same stride.',
    );
  }
}
