import { Command } from 'commander';
import { NumericError } from '../../engine/core/errors.js';
import { Linear, ReLU, Sequential, crossEntropy } from '../../nn/index.js';
import { Adam } from '../../optim/index.js';
import { compile, getDevice, manualSeed, randint, randn, type Tensor } from '../../tensor/index.js';
import { applyDevice, deviceOption, type DeviceOptions } from '../device-option.js';
import { table } from '../format.js';
import { printLine, type Io } from '../io.js';

interface Measured {
  readonly workload: string;
  /** Median of the runs. */
  readonly milliseconds: number;
  readonly gflops: number;
}

/** Time for each workload, in ms. */
const BUDGET = 400;
const SIZES = [256, 512, 1024];

/** `gradus bench`: a short measurement of this machine, without the peers of `npm run bench`. */
export function benchCommand(io: Io): Command {
  return new Command('bench')
    .summary('how fast this machine is: matrix products and a training step')
    .description(
      'Times matrix products and the training step of an MLP here, after checking their results. ' +
        'Comparisons with other libraries: npm run bench, in a checkout.',
    )
    .addOption(deviceOption())
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  $ gradus bench --json')
    .action(({ json, device: tier }: DeviceOptions & { readonly json?: boolean }) => {
      applyDevice({ device: tier });
      manualSeed(1);
      const device = getDevice().name;
      const results = [...SIZES.map(product), trainingStep()];
      if (json) printLine(io, JSON.stringify({ device, results }));
      else printLine(io, report(device, results));
    });
}

function report(device: string, results: readonly Measured[]): string {
  const rows = results.map((r) => [r.workload, r.milliseconds.toFixed(3), r.gflops.toFixed(1)]);
  const lines = table([['workload', 'ms', 'GFLOP/s'], ...rows]);
  return [`device ${device}, medians`, ...lines].join('\n');
}

/** C = A · B for n × n matrices, in f32. */
function product(n: number): Measured {
  const [a, b] = [randn([n, n]), randn([n, n])];
  const multiply = compile((x: Tensor, y: Tensor) => x.matmul(y));
  checkProduct(n, a, b, multiply(a, b));
  const milliseconds = medianTime(() => multiply(a, b));
  return { workload: `matmul ${n}`, milliseconds, gflops: (2 * n ** 3) / milliseconds / 1e6 };
}

/** Compares the first row with the definition. */
function checkProduct(n: number, a: Tensor, b: Tensor, c: Tensor): void {
  const [x, y, z] = [a.dataSync(), b.dataSync(), c.dataSync()];
  for (let j = 0; j < n; j++) {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += x[k]! * y[k * n + j]!;
    if (!(Math.abs(sum - z[j]!) < 1e-3 * Math.sqrt(n))) {
      throw new NumericError(`bench: the product of ${n} × ${n} matrices is wrong in column ${j}.`);
    }
  }
}

/** Forward, backward and Adam of an MLP 784-256-128-10, batch 64. */
function trainingStep(): Measured {
  const model = new Sequential(
    new Linear(784, 256),
    new ReLU(),
    new Linear(256, 128),
    new ReLU(),
    new Linear(128, 10),
  );
  const optimizer = new Adam(model.parameters());
  const step = compile((x: Tensor, y: Tensor) => {
    const loss = crossEntropy(model.forward(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return loss;
  });
  const [x, y] = [randn([64, 784]), randint(0, 10, [64])];
  const first = step(x, y).item();
  const milliseconds = medianTime(() => step(x, y));
  if (!(step(x, y).item() < first)) {
    throw new NumericError(`bench: the loss of the training step does not fall from ${first}.`);
  }
  // Two operations for each weight and sample: forward, gradients of weights, and of all inputs
  // but the first layer's.
  const weights = [784 * 256, 256 * 128, 128 * 10];
  const passes = weights.reduce((sum, w, i) => sum + w * (i === 0 ? 2 : 3), 0);
  const gflops = (2 * 64 * passes) / milliseconds / 1e6;
  return { workload: 'MLP training step', milliseconds, gflops };
}

function medianTime(run: () => void): number {
  const times: number[] = [];
  for (let i = 0; i < 3; i++) run();
  const end = performance.now() + BUDGET;
  do {
    const start = performance.now();
    run();
    times.push(performance.now() - start);
  } while (performance.now() < end || times.length < 3);
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)]!;
}
