// Operations bound by memory, on state that stays in place.
import { Parameter, StateTensor, compile, fromData, grad, zeros } from 'gradus';
import type { Tensor } from 'gradus';
import { Adam } from 'gradus/optim';
import type { ArrayFile, MemoryTask } from '../measure/protocol.js';
import { readFloats, readInts, unstack } from './arrays.js';
import type { Instance } from './peer.js';

type Of<Op extends MemoryTask['op']> = Extract<MemoryTask, { op: Op }>;

const tensorOf = (file: ArrayFile): Tensor => fromData(readFloats(file), [...file.shape]);

function instanceOf(step: () => unknown, outcome: () => ArrayLike<number>): Instance {
  return {
    outcome: () => {
      step();
      return outcome();
    },
    run: (iterations) => {
      for (let i = 0; i < iterations; i++) step();
    },
  };
}

function elementwise(task: Of<'chain' | 'exp' | 'softmax' | 'sum'>): Instance {
  const operations: Record<typeof task.op, (x: Tensor) => Tensor> = {
    chain: (x) => x.abs().mul(0.5).add(1).mul(x).sub(0.25),
    exp: (x) => x.exp(),
    softmax: (x) => x.softmax(-1),
    sum: (x) => x.sum(),
  };
  const x = new StateTensor(tensorOf(task.x));
  const result = new StateTensor(zeros(task.op === 'sum' ? [] : [...task.x.shape]));
  const step = compile(() => result.assign(operations[task.op](x)), { name: task.op });
  return instanceOf(step, () => result.dataSync());
}

function adam(task: Of<'adam'>): Instance {
  const parameter = new Parameter(tensorOf(task.x));
  const optimizer = new Adam([parameter]);
  const steps = unstack(readFloats(task.gradients), task.gradients).map((values) => {
    const gradient = new StateTensor(fromData(values, [values.length]));
    const step = (): void => {
      parameter.grad = gradient;
      optimizer.step();
    };
    return compile(step, { name: 'adam' });
  });
  let t = 0;
  return instanceOf(
    () => steps[t++ % steps.length]!(),
    () => parameter.dataSync(),
  );
}

function embedding(task: Of<'embedding'>): Instance {
  const [table, back] = [task.x, task.gradient].map((file) => new StateTensor(tensorOf(file)));
  const indices = readInts(task.index);
  const index = new StateTensor(fromData(indices, [indices.length], { dtype: 'i32' }));
  const rows = new StateTensor(zeros([...task.gradient.shape]));
  const result = new StateTensor(zeros([...task.x.shape]));
  const rowsOf = (t: Tensor): Tensor => t.indexSelect(0, index.add(0));
  const step = compile(
    () => {
      const t = table!.add(0);
      rows.assign(rowsOf(t));
      result.assign(grad((p: Tensor) => rowsOf(p).mul(back!).sum())(t));
    },
    { name: 'embedding' },
  );
  return instanceOf(step, () => {
    const [gathered, gradient] = [rows.dataSync(), result.dataSync()];
    const both = new Float32Array(gathered.length + gradient.length);
    both.set(gathered);
    both.set(gradient, gathered.length);
    return both;
  });
}

export function memory(task: MemoryTask): Instance {
  switch (task.op) {
    case 'adam':
      return adam(task);
    case 'embedding':
      return embedding(task);
    default:
      return elementwise(task);
  }
}
