/**
 * Section 2.6 of the notes in plain numbers: a feed-forward net unit by unit. A unit may receive links
 * from every unit before it, and each has its own activation.
 */

/** h of (2.16) and its derivative, both as functions of a. */
export interface Activation {
  readonly name: 'identity' | 'tanh' | 'sigmoid' | 'softplus' | 'silu' | 'relu';
  readonly h: (a: number) => number;
  readonly slope: (a: number) => number;
}

const sigmoid = (a: number): number => 1 / (1 + Math.exp(-a));

export const ACTIVATIONS: readonly Activation[] = [
  { name: 'identity', h: (a) => a, slope: () => 1 },
  { name: 'tanh', h: Math.tanh, slope: (a) => 1 - Math.tanh(a) ** 2 },
  { name: 'sigmoid', h: sigmoid, slope: (a) => sigmoid(a) * (1 - sigmoid(a)) },
  { name: 'softplus', h: (a) => Math.log1p(Math.exp(a)), slope: sigmoid },
  {
    name: 'silu',
    h: (a) => a * sigmoid(a),
    slope: (a) => sigmoid(a) * (1 + a * (1 - sigmoid(a))),
  },
  { name: 'relu', h: (a) => Math.max(a, 0), slope: (a) => Number(a > 0) },
];

/** A unit that is no input: w_ji for each unit i that sends to it. */
export interface Unit {
  readonly from: readonly number[];
  readonly weights: readonly number[];
  readonly activation: Activation;
}

/** Units are numbered: the inputs, then `units` in the order of evaluation; the last are outputs. */
export interface Net {
  readonly inputs: number;
  readonly outputs: number;
  readonly units: readonly Unit[];
}

/** Numbers in (-1, 1), the same for the same seed (mulberry32). */
export function draws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

/**
 * A net with links that skip: each unit receives from the one before it and, by a coin, from the
 * earlier ones. Outputs receive from no other output and are linear.
 */
export function drawNet(seed: number): Net {
  const draw = draws(seed);
  const [inputs, hidden, outputs] = [3, 6, 2];
  const units = Array.from({ length: hidden + outputs }, (_, u): Unit => {
    const isOutput = u >= hidden;
    const before = isOutput ? inputs + hidden : inputs + u;
    const from = Array.from({ length: before }, (__, i) => i).filter(
      (i) => i === before - 1 || draw() > -0.2,
    );
    const activation = ACTIVATIONS[isOutput ? 0 : u % ACTIVATIONS.length]!;
    return { from, weights: from.map(() => draw()), activation };
  });
  return { inputs, outputs, units };
}

/** (2.15) and (2.16): a of all units (NaN for inputs), and z of all. */
export function forward(net: Net, x: readonly number[]): { a: number[]; z: number[] } {
  const a = x.map(() => NaN);
  const z = [...x];
  for (const { from, weights, activation } of net.units) {
    const aj = from.reduce((sum, i, n) => sum + weights[n]! * z[i]!, 0);
    a.push(aj);
    z.push(activation.h(aj));
  }
  return { a, z };
}

/** The units that j sends to, with the weights of those links: k and w_kj of (2.18). */
function receivers(net: Net, j: number): { readonly k: number; readonly w: number }[] {
  return net.units.flatMap(({ from, weights }, u) => {
    const at = from.indexOf(j);
    return at < 0 ? [] : [{ k: net.inputs + u, w: weights[at]! }];
  });
}

/** (2.17) for the outputs, which are linear, then (2.18) backwards: δ of every unit, 0 for inputs. */
export function deltas(net: Net, a: readonly number[], y_t: readonly number[]): number[] {
  const delta = a.map(() => 0);
  const firstOutput = a.length - net.outputs;
  for (let j = a.length - 1; j >= net.inputs; j--) {
    if (j >= firstOutput) delta[j] = y_t[j - firstOutput]!;
    else {
      const sum = receivers(net, j).reduce((total, { k, w }) => total + w * delta[k]!, 0);
      delta[j] = net.units[j - net.inputs]!.activation.slope(a[j]!) * sum;
    }
  }
  return delta;
}

/** (2.19): δ_j z_i for every link into every unit. */
export function weightGradients(
  net: Net,
  z: readonly number[],
  delta: readonly number[],
): number[][] {
  return net.units.map(({ from }, u) => from.map((i) => delta[net.inputs + u]! * z[i]!));
}
