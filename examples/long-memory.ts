/// <reference types="node" />
/**
 * How long a network remembers: the adding and the copying problem, for an LSTM, a GRU or a plain RNN.
 * Batches are drawn anew for each step.
 *
 *   npm run example long-memory -- --problem adding --cell lstm --length 400 --steps 20000 --native
 */
import { parseArgs } from 'node:util';
import { compile, concat, manualSeed, noGrad, Parameter, type Tensor, zeros } from 'gradus';
import { addingProblem, copyingProblem } from 'gradus/data';
import { toTensors } from 'gradus/io';
import { crossEntropy, GRU, init, Linear, LSTM, Module, mseLoss, RNN } from 'gradus/nn';
import { Adam, clipGradNorm } from 'gradus/optim';

const { values: flags } = parseArgs({
  options: {
    problem: { type: 'string', default: 'adding' },
    cell: { type: 'string', default: 'gru' }, // or lstm, rnn
    length: { type: 'string', default: '20' },
    hidden: { type: 'string', default: '64' },
    steps: { type: 'string', default: '500' },
    lr: { type: 'string', default: '0.01' },
    clip: { type: 'string', default: '1' },
    batch: { type: 'string', default: '32' },
    seed: { type: 'string', default: '0' },
    goal: { type: 'string', default: '0.01' }, // the test loss at which it ends
    every: { type: 'string', default: '100' }, // steps from one look at the test data to the next
    'forget-bias': { type: 'string' }, // of an LSTM's forget gate
    orthogonal: { type: 'boolean', default: false }, // W_hh
    native: { type: 'boolean', default: false }, // kernels by the system's C compiler
  },
});
const numbers = Object.fromEntries(Object.entries(flags).map(([k, v]) => [k, Number(v)]));
const { length, hidden, steps, lr, clip, batch, seed, goal, every } = numbers as Record<
  'length' | 'hidden' | 'steps' | 'lr' | 'clip' | 'batch' | 'seed' | 'goal' | 'every',
  number
>;

const isAdding = flags.problem === 'adding';
const problem = isAdding ? addingProblem : copyingProblem;
const cells = { lstm: LSTM, gru: GRU, rnn: RNN };
if (!(flags.cell in cells) || !['adding', 'copying'].includes(flags.problem)) {
  throw new Error('give --problem adding or copying, and --cell lstm, gru or rnn');
}
const Layer = cells[flags.cell as keyof typeof cells];

/** Tells one number at the end, or a class at each step. */
class Memory extends Module {
  readonly recurrent: RNN | LSTM | GRU;
  readonly readOut: Linear;

  constructor(inputs: number, outputs: number) {
    super();
    this.recurrent = new Layer(inputs, hidden, { batchFirst: true });
    this.readOut = new Linear(hidden, outputs);
    const { weightHh, biasIh } = this.recurrent.weights[0]!;
    // The gates lie below each other, and each has a square of its own.
    if (flags.orthogonal) {
      const gates = weightHh.shape[0]! / hidden;
      const square = (): Tensor => init.orthogonal(new Parameter(zeros([hidden, hidden])));
      weightHh.load(concat(Array.from({ length: gates }, square)).dataSync());
    }
    if (flags['forget-bias'] !== undefined && flags.cell === 'lstm') {
      const bias = Number(flags['forget-bias']);
      biasIh!.load(
        [...biasIh!.dataSync()].map((b, i) => (Math.floor(i / hidden) === 1 ? bias : b)),
      );
    }
  }

  forward(x: Tensor): Tensor {
    const [output] = this.recurrent.forward(x);
    return this.readOut.forward(isAdding ? output.at({}, -1) : output);
  }
}

if (flags.native) await import('gradus/native');
manualSeed(seed);
const train = problem({ length, batchSize: batch, seed });
const test = toTensors(problem({ length, batchSize: 500, seed: seed + 1_000_000 }).batch(0));
const [inputs, outputs] = isAdding ? [2, 1] : [10, 10];
const model = new Memory(inputs, outputs);
const optimizer = new Adam(model.parameters(), { lr });

const lossOf = (x: Tensor, y: Tensor): Tensor => {
  const output = model.forward(x);
  return isAdding
    ? mseLoss(output, y)
    : crossEntropy(output.reshape([-1, outputs]), y.reshape([-1]));
};
const step = compile((x: Tensor, y: Tensor) => {
  const loss = lossOf(x, y);
  optimizer.zeroGrad();
  loss.backward();
  clipGradNorm(model.parameters(), clip);
  optimizer.step();
  return loss;
});
const evaluate = compile((x: Tensor, y: Tensor) => noGrad(() => lossOf(x, y)));

const guess = isAdding ? 1 / 6 : (10 * Math.log(8)) / (length + 20);
console.log(`${flags.problem}, T = ${length}, ${flags.cell}, without memory ${guess.toFixed(4)}`);
const start = performance.now();
for (let k = 1; k <= steps; k++) {
  const { x, y } = toTensors(train.batch(k - 1));
  step(x, y);
  if (k % every !== 0 && k !== steps) continue;
  const loss = evaluate(test.x, test.y).item();
  const seconds = (performance.now() - start) / 1000;
  console.log(`step ${k}  test loss ${loss.toFixed(4)}  ${seconds.toFixed(1)} s`);
  if (loss < goal) break;
}
