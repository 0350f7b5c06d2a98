/** Layers of convolution in functions of an open batch size, against the same functions without. */
import { describe, expect, test } from 'vitest';
import type { UnaryModule } from '../../src/nn/index.js';
import * as nn from '../../src/nn/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { compile, fromData, grad } from '../../src/tensor/index.js';
import { expectClose, sample } from '../tensor/check.js';

const dtype = 'f64';
const LAYERS: UnaryModule[] = [
  new nn.Conv2d(4, 2, 3, { padding: 'same', paddingMode: 'reflect', groups: 2, dtype }),
  new nn.Conv2d(4, 2, [1, 3], { padding: 1, paddingMode: 'circular', flipKernel: true, dtype }),
  new nn.ConvTranspose2d(4, 2, 3, { stride: 2, outputPadding: 1, dtype }),
  new nn.SeparableConv2d(4, 3, 3, { stride: 2, padding: 1, dtype }),
  new nn.MaxPool2d(3, { stride: 2, padding: 1, ceilMode: true }),
  new nn.AvgPool2d(3, { stride: 2, padding: 1, countIncludePad: false }),
  new nn.LPPool2d(2, 2),
  new nn.AdaptiveAvgPool2d([3, 2]),
  new nn.AdaptiveMaxPool2d(4),
  new nn.GlobalAvgPool(),
  new nn.Unfold(2, { padding: 1 }),
  new nn.PixelShuffle(2),
  new nn.Upsample({ scaleFactor: 2 }),
  new nn.Upsample({ size: [7, 4], mode: 'bilinear' }),
  new nn.Upsample({ size: [7, 4], mode: 'bicubic' }),
  new nn.BasicBlock(4, 2, { stride: 2, dtype }),
  new nn.InvertedResidual(4, 4, { dtype }),
  new nn.SqueezeExcitation(4, 2, { dtype }),
];

describe('values and gradients do not depend on the bound', () => {
  test.each(LAYERS.map((layer) => [String(layer).split('\n')[0]!, layer] as const))(
    '%s',
    (_, layer) => {
      // Batch norm in training has a number that depends on the size, n / (n - 1).
      const parameters = [...layer.eval().parameters()];
      const both = (x: Tensor): Tensor[] => {
        const y = layer.forward(x);
        return [y, ...grad([y], [x, ...parameters], { seed: y })];
      };
      const bounded = compile(both, { bounds: [{ N: 4 }] });
      for (const n of [4, 3, 1]) {
        const shape = [n, 4, 5, 5];
        const x = fromData(sample(shape).dataSync(), shape, { requiresGrad: true });
        const want = both(x);
        bounded(x).forEach((got, i) => {
          expect(got.shape).toEqual(want[i]!.shape);
          expectClose(got, want[i]!.array(), 1e-12);
        });
      }
      expect(bounded.compilations).toBe(1);
    },
  );
});
