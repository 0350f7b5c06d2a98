/** The net of the goldens, and what PyTorch finds in it. */
import {
  AvgPool2d,
  BatchNorm2d,
  Conv2d,
  Flatten,
  Linear,
  MaxPool2d,
  ReLU,
  Sequential,
  Tanh,
} from '../../src/nn/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { golden, unpack, type Packed } from '../nn/check.js';
import { expectClose } from '../tensor/check.js';

interface NetCase {
  readonly state: Readonly<Record<string, Packed>>;
  readonly x: Packed;
  readonly target: Packed;
  readonly output: Packed;
  readonly gradient: Packed;
  readonly gradientOfBest: Packed;
  readonly integrated: Packed;
  readonly baseline: Packed;
  readonly integratedFromBaseline: Packed;
  readonly gradCam: Readonly<Record<string, Readonly<Record<'signed' | 'map' | 'large', Packed>>>>;
}

interface PcaCase extends Readonly<
  Record<'x' | 'scores' | 'axes' | 'mean' | 'explainedVariance' | 'explainedVarianceRatio', Packed>
> {
  readonly components: number;
  readonly new: Packed;
  readonly newScores: Packed;
}

export interface SeeingGoldens {
  readonly net: NetCase;
  readonly pca: readonly PcaCase[];
  readonly tSne: Readonly<Record<'x' | 'joint' | 'y' | 'gradient', Packed>> & {
    readonly perplexity: number;
    readonly divergence: number;
  };
}

export const goldens = golden<SeeingGoldens>('seeing.json');

/** The net with the weights of the goldens, in training mode as any that is new. */
export function goldenNet(dtype: 'f32' | 'f64' = 'f64'): Sequential {
  const net = new Sequential({
    conv1: new Conv2d(2, 3, 3, { padding: 1, dtype }),
    bn1: new BatchNorm2d(3, { dtype }),
    act1: new ReLU(),
    pool1: new MaxPool2d(2),
    conv2: new Conv2d(3, 4, 3, { padding: 1, dtype }),
    act2: new Tanh(),
    pool2: new AvgPool2d(2),
    flatten: new Flatten(),
    fc: new Linear(24, 5, { dtype }),
  });
  const state = Object.entries(goldens.net.state).map(([name, p]) => [name, unpack(p, dtype)]);
  net.loadStateDict(Object.fromEntries(state) as Record<string, Tensor>, { strict: false });
  return net;
}

/** Expects shape and values of a golden. */
export function expectGolden(found: Tensor, want: Packed, tolerance = 1e-12): void {
  expectClose(found, unpack(want, 'f64').array(), tolerance);
}
