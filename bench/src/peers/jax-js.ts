// jax-js on its WASM backend; in Node it has one thread. Its optimizers' package is not on npm, so
// Adam is written out here, in the same jitted function as the gradient.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from '@jax-js/jax';
import type { MatmulTask, MlpStepTask } from '../measure/protocol.js';
import { oneHot, readFloats, readInts, unstack } from './arrays.js';
import type { Instance, Peer } from './peer.js';

async function open(): Promise<{ version: string; threads: number }> {
  const devices = await init('wasm');
  if (!devices.includes('wasm')) throw new Error('the WASM backend does not start');
  defaultDevice('wasm');
  const entry = createRequire(import.meta.url).resolve('@jax-js/jax');
  const manifest = readFileSync(join(dirname(entry), '../package.json'), 'utf8');
  return { version: (JSON.parse(manifest) as { version: string }).version, threads: 1 };
}

const load = (file: MatmulTask['a']): np.Array =>
  np.array(readFloats(file), { shape: [...file.shape] });

function matmul(task: MatmulTask): Instance {
  const a = load(task.a);
  const b = load(task.b);
  const product = jit((x: np.Array, y: np.Array) => np.matmul(x, y));
  return {
    outcome: () => product(a.ref, b.ref).data(),
    run: async (iterations) => {
      for (let i = 0; i < iterations; i++) {
        const c = product(a.ref, b.ref);
        await c.blockUntilReady();
        c.dispose();
      }
    },
  };
}

function loss(parameters: np.Array[], x: np.Array, y: np.Array): np.Array {
  const layers = parameters.length / 2;
  let h = x;
  for (let i = 0; i < layers; i++) {
    h = np.matmul(h, parameters[2 * i]!).add(parameters[2 * i + 1]!);
    if (i < layers - 1) h = nn.relu(h);
  }
  return np.mean(np.sum(nn.logSoftmax(h, -1).mul(y), -1)).neg();
}

type State = { p: np.Array[]; m: np.Array[]; v: np.Array[] };

/** The whole step as one function; `c1` and `c2` are 1 / (1 - βᵗ), the corrections of the bias. */
function makeStep({ lr, beta1, beta2, eps }: MlpStepTask) {
  const lossAndGradient = valueAndGrad(loss);
  return jit((s: State, c1: np.Array, c2: np.Array, x: np.Array, y: np.Array) => {
    const parameters = s.p.map((p) => p.ref);
    const [value, gradients] = lossAndGradient(parameters, x, y) as unknown as [
      np.Array,
      np.Array[],
    ];
    const next: State = { p: [], m: [], v: [] };
    s.p.forEach((p, i) => {
      const g = gradients[i]!;
      const m = s.m[i]!.mul(beta1).add(g.ref.mul(1 - beta1));
      const v = s.v[i]!.mul(beta2).add(np.square(g).mul(1 - beta2));
      const root = np.sqrt(v.ref.mul(c2.ref)).add(eps);
      next.p.push(p.sub(m.ref.mul(c1.ref).div(root).mul(lr)));
      next.m.push(m);
      next.v.push(v);
    });
    c1.dispose();
    c2.dispose();
    return [value, next] as [np.Array, State];
  });
}

function mlpStep(task: MlpStepTask): Instance {
  const classes = task.biases.at(-1)!.shape[0]!;
  const p = task.weights.flatMap((w, i) => [load(w), load(task.biases[i]!)]);
  const zeros = (): np.Array[] => p.map((array) => np.zeros(array.shape));
  let state: State = { p, m: zeros(), v: zeros() };
  const batch = task.images.shape.slice(1);
  const images = unstack(readFloats(task.images), task.images).map((values) =>
    np.array(values, { shape: batch }),
  );
  const targets = unstack(readInts(task.labels), task.labels).map((labels) =>
    np.array(oneHot(labels, classes), { shape: [labels.length, classes] }),
  );
  const update = makeStep(task);
  let t = 0;
  const step = (): np.Array => {
    const x = images[t % images.length]!;
    const y = targets[t % targets.length]!;
    t++;
    const c1 = np.array(1 / (1 - task.beta1 ** t));
    const c2 = np.array(1 / (1 - task.beta2 ** t));
    const [value, next] = update(state, c1, c2, x.ref, y.ref);
    state = next;
    return value;
  };
  return {
    outcome: () => step().data(),
    run: async (iterations) => {
      for (let i = 1; i < iterations; i++) {
        const value = step();
        await value.blockUntilReady();
        value.dispose();
      }
      await step().data();
    },
  };
}

export const jaxJs: Peer = { open, prepare: { matmul, mlpStep } };
