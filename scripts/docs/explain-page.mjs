// docs/explain.md: what explain() says of known training steps. To show another, add to `steps`.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const introduction = `<!-- Written by \`npm run docs\`: scripts/docs/explain-page.mjs. -->

# What a training step compiles to

\`explain()\` of a compiled function shows its kernels in the order in which they run. Of each it says

- how it loops: \`map\` over elements, \`rows\` of which something is reduced, or how the operands of
  a contraction are reached (in place, copied by rows, or packed into panels for register tiles);
- FLOPs (two for each multiply-add of a contraction, one for each elementwise operation or step of a
  reduction, by element), bytes read and written, each value counted once, and their ratio;
- after that, which operations it carries out, and what it writes.

Below is the plan of the scratch memory: each value's offset and size, and from which to which kernel
it is needed. Values that are never needed together share memory. Parameters and other variables have
memory of their own.
`;

/** @type {{ title: string, text: string, step: (gradus: any, nn: any, optim: any) => string }[]} */
const steps = [
  {
    title: 'A multilayer perceptron',
    text: '784–256–128–10 with ReLU, cross-entropy and Adam, on batches of 64.',
    step(gradus, nn, optim) {
      const model = new nn.Sequential(
        new nn.Linear(784, 256),
        new nn.ReLU(),
        new nn.Linear(256, 128),
        new nn.ReLU(),
        new nn.Linear(128, 10),
      );
      return explainStep(gradus, nn, model, new optim.Adam(model.parameters()), [64, 784]);
    },
  },
  {
    title: 'LeNet-5',
    text:
      'Two convolutions of 5 × 5 (6 and 16 channels, the first padded by 2), each with bias, ReLU and a ' +
      'maximum over 2 × 2; three dense layers (120, 84, 10); cross-entropy and Adam, on batches of 64 ' +
      'images of 28 × 28.',
    step(gradus, nn, optim) {
      const model = makeLeNet(gradus, nn);
      const optimizer = new optim.Adam(model.parameters());
      return explainStep(gradus, nn, model, optimizer, [64, 1, 28, 28]);
    },
  },
  {
    title: 'An LSTM',
    text:
      '64 inputs, 256 units, 64 steps as a scan, 10 classes from the last state; cross-entropy and Adam, ' +
      'on batches of 32. The inputs of all steps are projected ahead of the scan, and the gradients of ' +
      'its weights are one product behind it.',
    step(gradus, nn, optim) {
      const model = makeLstm(gradus, nn);
      const optimizer = new optim.Adam(model.parameters());
      return explainStep(gradus, nn, model, optimizer, [64, 32, 64], 32);
    },
  },
];

/** A module of convolutions and poolings, which are functions of tensors. */
function makeLeNet({ Parameter, conv, maxPool, randn }, nn) {
  const parameter = (...shape) => new Parameter(randn(shape));
  class LeNet extends nn.Module {
    weight1 = parameter(6, 1, 5, 5);
    bias1 = parameter(6, 1, 1);
    weight2 = parameter(16, 6, 5, 5);
    bias2 = parameter(16, 1, 1);
    dense = new nn.Sequential(
      new nn.Flatten(),
      new nn.Linear(400, 120),
      new nn.ReLU(),
      new nn.Linear(120, 84),
      new nn.ReLU(),
      new nn.Linear(84, 10),
    );

    forward(x) {
      const first = conv(x, this.weight1, { padding: 2 }).add(this.bias1).relu();
      const second = conv(maxPool(first, { size: 2 }), this.weight2)
        .add(this.bias2)
        .relu();
      return this.dense.forward(maxPool(second, { size: 2 }));
    }
  }
  return new LeNet();
}

/** A module that reads [T, N, D]; its gates are i, f, g, o. */
function makeLstm({ Parameter, randn, scan, zeros }, nn) {
  const units = 256;
  const parameter = (...shape) => new Parameter(randn(shape));
  class Lstm extends nn.Module {
    inputs = parameter(4 * units, 64);
    states = parameter(4 * units, units);
    bias = parameter(4 * units);
    last = new nn.Linear(units, 10);

    forward(x) {
      const start = zeros([x.shape[1], units]);
      const cell = ([h, c], v) => {
        const sum = v
          .matmul(this.inputs.transpose(0, 1))
          .add(h.matmul(this.states.transpose(0, 1)))
          .add(this.bias);
        const gate = (k) => sum.at('...', { start: k * units, stop: (k + 1) * units });
        const next = gate(1)
          .sigmoid()
          .mul(c)
          .add(gate(0).sigmoid().mul(gate(2).tanh()));
        return [[gate(3).sigmoid().mul(next.tanh()), next], null];
      };
      const [[h]] = scan(cell, [start, start], x);
      return this.last.forward(h);
    }
  }
  return new Lstm();
}

/** `explain()` of a step of training a classifier. */
function explainStep(
  { compile, zeros },
  { crossEntropy },
  model,
  optimizer,
  shape,
  batch = shape[0],
) {
  const step = compile((x, y) => {
    const loss = crossEntropy(model.forward(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return loss;
  });
  return step.explain(zeros(shape), zeros([batch], { dtype: 'i32' }));
}

/** @param {string} folder Where src has been compiled to. */
export async function explainPage(folder) {
  const load = (path) => import(pathToFileURL(join(folder, path)).href);
  const [gradus, nn, optim] = await Promise.all(
    ['index.js', 'nn/index.js', 'optim/index.js'].map(load),
  );
  // Relaxed SIMD is there or not by the version of Node; the page is the same for all.
  gradus.setDevice(new gradus.WasmDevice({ relaxedSimd: false }));
  const parts = steps.map(({ title, text, step }) => {
    const shown = step(gradus, nn, optim);
    return `## ${title}\n\n${text}\n\n\`\`\`text\n${shown}\n\`\`\`\n`;
  });
  return [introduction, ...parts].join('\n');
}
