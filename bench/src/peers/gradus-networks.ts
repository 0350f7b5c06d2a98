// Training steps of larger networks, out of functions of tensors.
import {
  Csr,
  Parameter,
  compile,
  conv,
  fromData,
  full,
  maxPool,
  ones,
  scan,
  spmm,
  where,
  zeros,
} from 'gradus';
import type { Profile, Tensor } from 'gradus';
import { crossEntropy } from 'gradus/nn';
import { Adam } from 'gradus/optim';
import type { NetworkName, NetworkTask, ProfileReply } from '../measure/protocol.js';
import { readFloats, readInts, unstack } from './arrays.js';
import type { Instance } from './peer.js';

type Parameters = Readonly<Record<string, Parameter>>;

interface Batch {
  readonly x: Tensor;
  readonly y: Tensor;
}

type Loss = (p: Parameters, batch: Batch) => Tensor;

/** x [N, I] → [N, O], with weight [O, I] as PyTorch keeps it. */
function linear(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  return x.matmul(weight.T).add(bias);
}

const cnn: Loss = (p, { x, y }) => {
  const layer = (input: Tensor, w: Tensor, b: Tensor): Tensor => {
    const sums = conv(input, w, { padding: 1 }).add(b.reshape([-1, 1, 1]));
    return maxPool(sums.relu(), { size: 2 });
  };
  const features = layer(layer(x, p['w1']!, p['b1']!), p['w2']!, p['b2']!);
  const hidden = linear(features.reshape([x.shape[0]!, -1]), p['w3']!, p['b3']!).relu();
  return crossEntropy(linear(hidden, p['w4']!, p['b4']!), y);
};

const lstm: Loss = (p, { x, y }) => {
  const hidden = p['wh']!.shape[1]!;
  const start = zeros([x.shape[1]!, hidden], { dtype: x.dtype });
  const weight = p['wh']!.T;
  // The projection of all steps is one product ahead of the scan.
  const projected = linear(x, p['wx']!, p['bx']!).add(p['bh']!);
  const [[last]] = scan(
    ([h, c]: [Tensor, Tensor], input: Tensor) => {
      const gates = input.add(h.matmul(weight));
      const part = (k: number): Tensor => gates.slice(1, k * hidden, (k + 1) * hidden);
      const kept = part(1).sigmoid().mul(c);
      const cell = kept.add(part(0).sigmoid().mul(part(2).tanh()));
      return [[part(3).sigmoid().mul(cell.tanh()), cell] as [Tensor, Tensor], null];
    },
    [start, start] as [Tensor, Tensor],
    projected,
  );
  return crossEntropy(linear(last, p['w']!, p['b']!), y);
};

function layerNorm(x: Tensor, scale: Tensor, shift: Tensor): Tensor {
  const centred = x.sub(x.mean(-1, { keepDim: true }));
  const variance = centred.mul(centred).mean(-1, { keepDim: true });
  return centred.mul(variance.add(1e-5).rsqrt()).mul(scale).add(shift);
}

/** Causal self-attention, then two layers, each beside what it is given. */
function attention(heads: number): Loss {
  return (p, { x }) => {
    const [n, t, width] = x.shape as [number, number, number];
    const size = width / heads;
    const normed = layerNorm(x, p['scale1']!, p['shift1']!);
    const parts = linear(normed, p['qkv']!, p['qkvBias']!)
      .reshape([n, t, 3, heads, size])
      .permute([2, 0, 3, 1, 4]);
    const [q, k, v] = [0, 1, 2].map((i) => parts.at(i)) as [Tensor, Tensor, Tensor];
    const later = ones([t, t], { dtype: 'bool' }).triu(1);
    const scores = q.matmul(k.transpose(-1, -2)).mul(1 / Math.sqrt(size));
    const weights = where(later, full([], -Infinity, { dtype: x.dtype }), scores).softmax(-1);
    const mixed = weights.matmul(v).transpose(1, 2).reshape([n, t, width]);
    const y = x.add(linear(mixed, p['out']!, p['outBias']!));
    const wide = linear(layerNorm(y, p['scale2']!, p['shift2']!), p['up']!, p['upBias']!);
    const active = wide.mul(wide.mul(Math.SQRT1_2).erf().add(1)).mul(0.5);
    const z = y.add(linear(active, p['down']!, p['downBias']!));
    return z.mul(z).mean();
  };
}

function gcn(matrix: Csr, values: Tensor): Loss {
  return (p, { x, y }) => {
    const hidden = spmm(matrix, x.matmul(p['w1']!), values).add(p['b1']!).relu();
    return crossEntropy(spmm(matrix, hidden.matmul(p['w2']!), values).add(p['b2']!), y);
  };
}

export function profileReply(profile: Profile): ProfileReply {
  return { text: String(profile), kernels: profile.kernels.map((k) => k.ms) };
}

/** A step of training on the next batch, and where its time goes. */
export interface NetworkStep {
  (): Tensor;
  profile(steps: number): Profile;
}

/** The training of a network in f32 or, for a reference, f64. */
export function networkStep(task: NetworkTask, dtype: 'f32' | 'f64'): NetworkStep {
  const cast = (values: Float32Array, shape: readonly number[]): Tensor => {
    const data = dtype === 'f64' ? Float64Array.from(values) : values;
    return fromData(data, [...shape]);
  };
  const parameters = Object.fromEntries(
    Object.entries(task.parameters).map(([name, file]) => {
      return [name, new Parameter(cast(readFloats(file), file.shape))];
    }),
  );
  const lossOf = lossOfTask(task, cast);
  const optimizer = new Adam(Object.values(parameters), { lr: task.lr });
  const step = compile(
    (x: Tensor, y: Tensor) => {
      const loss = lossOf(parameters, { x, y });
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      return loss;
    },
    { name: task.network },
  );
  const inputs = unstack(readFloats(task.x), task.x).map((v) => cast(v, task.x.shape.slice(1)));
  const labels = unstack(readInts(task.y), task.y).map((v) => fromData(v, [v.length]));
  let t = 0;
  const next = (): Tensor => {
    const loss = step(inputs[t % inputs.length]!, labels[t % labels.length]!);
    t++;
    return loss;
  };
  return Object.assign(next, {
    profile: (steps: number) => step.profile([inputs[0]!, labels[0]!], { steps }),
  });
}

function lossOfTask(
  task: NetworkTask,
  cast: (values: Float32Array, shape: readonly number[]) => Tensor,
): Loss {
  const losses: Record<NetworkName, () => Loss> = {
    cnn: () => cnn,
    lstm: () => lstm,
    attention: () => attention(task.heads!),
    gcn: () => {
      const { rows, columns, values } = task.edges!;
      const nodes = task.x.shape[1]!;
      const matrix = Csr.fromEdges(readInts(rows), readInts(columns), [nodes, nodes]);
      return gcn(matrix, cast(readFloats(values), values.shape));
    },
  };
  return losses[task.network]();
}

export function network(task: NetworkTask): Instance {
  const step = networkStep(task, 'f32');
  return {
    outcome: () => step().dataSync(),
    run: (iterations) => {
      for (let i = 1; i < iterations; i++) step();
      step().item();
    },
    profile: (steps) => profileReply(step.profile(steps)),
  };
}
