// Models whose training step is compiled, and how long that takes.
import { Parameter, compile, conv, fromData, maxPool, scan, uniform, zeros } from 'gradus';
import type { Tensor } from 'gradus';
import { crossEntropy, Linear } from 'gradus/nn';
import { Adam } from 'gradus/optim';
import type { CompileTask } from '../measure/protocol.js';
import { readFloats } from './arrays.js';
import type { Instance } from './peer.js';

/** The loss of a batch, and what it is trained by. */
interface Model {
  readonly parameters: Parameter[];
  loss(x: Tensor, y: Tensor): Tensor;
}

function lenet(): Model {
  const draw = (...shape: number[]): Parameter => new Parameter(uniform(-0.1, 0.1, shape));
  const [w1, b1, w2, b2] = [draw(6, 1, 5, 5), draw(6, 1, 1), draw(16, 6, 5, 5), draw(16, 1, 1)];
  const dense = [new Linear(400, 120), new Linear(120, 84), new Linear(84, 10)] as const;
  dense[2].weight.load(new Float32Array(840));
  dense[2].bias!.load(new Float32Array(10));
  return {
    parameters: [w1!, b1!, w2!, b2!, ...dense.flatMap((layer) => [...layer.parameters()])],
    loss(x, y) {
      const first = conv(x, w1!, { padding: 2 }).add(b1!).relu();
      const second = conv(maxPool(first, { size: 2 }), w2!)
        .add(b2!)
        .relu();
      const features = maxPool(second, { size: 2 }).reshape([-1, 400]);
      const hidden = dense[1].forward(dense[0].forward(features).relu()).relu();
      return crossEntropy(dense[2].forward(hidden), y);
    },
  };
}

function lstm(task: Extract<CompileTask, { model: 'lstm' }>): Model {
  const [wx, wh] = [task.wx, task.wh].map((file) => {
    return new Parameter(fromData(readFloats(file), [...file.shape]));
  });
  const hidden = task.wh.shape[0]!;
  return {
    parameters: [wx!, wh!],
    loss(x) {
      const start = zeros([x.shape[1]!, hidden]);
      // The projection of all steps is one product ahead of the scan.
      const [[h]] = scan(
        ([h, c]: [Tensor, Tensor], projected: Tensor) => {
          const gates = projected.add(h.matmul(wh!));
          const part = (k: number): Tensor =>
            gates.at('...', { start: k * hidden, stop: (k + 1) * hidden });
          const kept = part(1).sigmoid().mul(c);
          const cell = kept.add(part(0).sigmoid().mul(part(2).tanh()));
          return [[part(3).sigmoid().mul(cell.tanh()), cell] as [Tensor, Tensor], null];
        },
        [start, start] as [Tensor, Tensor],
        x.matmul(wx!),
      );
      return h.pow(2).sum();
    },
  };
}

export function compiled(task: CompileTask): Instance {
  const model = task.model === 'lenet' ? lenet() : lstm(task);
  const optimizer = new Adam(model.parameters);
  const step = compile((x: Tensor, y: Tensor) => {
    const loss = model.loss(x, y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return loss;
  });
  const x = fromData(readFloats(task.x), [...task.x.shape]);
  const y = zeros([task.x.shape[0]!], { dtype: 'i32' });
  // Values that are computed when first asked for are not the step's affair.
  for (const t of [x, y, ...model.parameters]) t.dataSync();
  const start = performance.now();
  step.explain(x, y); // compiles it, and does not run it
  const compileMs = performance.now() - start;
  const run = (): Tensor => step(x, y);
  return {
    compileMs,
    outcome: () => run().dataSync(),
    run: (iterations) => {
      for (let i = 0; i < iterations; i++) run();
    },
  };
}
