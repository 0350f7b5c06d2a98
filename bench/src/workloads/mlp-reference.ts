// The training step of the MLP in f64 and plain loops, from its equations: the reference for all.
import type { MlpStepTask } from '../measure/protocol.js';
import { LAYERS, type MlpData } from './mlp-data.js';

interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** The weights [inputs, outputs], then the biases. */
  readonly values: Float64Array;
  readonly m: Float64Array;
  readonly v: Float64Array;
}

function makeLayers(data: MlpData): Layer[] {
  return data.weights.map((weights, i) => {
    const values = Float64Array.from([...weights, ...data.biases[i]!]);
    const zeros = (): Float64Array => new Float64Array(values.length);
    return { inputs: LAYERS[i]!, outputs: LAYERS[i + 1]!, values, m: zeros(), v: zeros() };
  });
}

/** z = x W + b for the rows of x. */
function affine({ inputs, outputs, values }: Layer, x: Float64Array): Float64Array<ArrayBuffer> {
  const rows = x.length / inputs;
  const z = new Float64Array(rows * outputs);
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < outputs; j++) z[r * outputs + j] = values[inputs * outputs + j]!;
    for (let i = 0; i < inputs; i++) {
      const value = x[r * inputs + i]!;
      for (let j = 0; j < outputs; j++) z[r * outputs + j]! += value * values[i * outputs + j]!;
    }
  }
  return z;
}

/** Gradients of the layer's values, and with respect to its input, from that of its output. */
function affineGradients(
  { inputs, outputs, values }: Layer,
  x: Float64Array,
  dz: Float64Array,
): { dValues: Float64Array; dx: Float64Array } {
  const dValues = new Float64Array(values.length);
  const dx = new Float64Array(x.length);
  for (let r = 0; r < x.length / inputs; r++) {
    for (let j = 0; j < outputs; j++) dValues[inputs * outputs + j]! += dz[r * outputs + j]!;
    for (let i = 0; i < inputs; i++) {
      let sum = 0;
      for (let j = 0; j < outputs; j++) {
        const d = dz[r * outputs + j]!;
        dValues[i * outputs + j]! += x[r * inputs + i]! * d;
        sum += d * values[i * outputs + j]!;
      }
      dx[r * inputs + i] = sum;
    }
  }
  return { dValues, dx };
}

/** The mean cross-entropy, and its gradient with respect to the logits. */
function crossEntropy(logits: Float64Array, labels: Int32Array): { loss: number; d: Float64Array } {
  const classes = logits.length / labels.length;
  const d = new Float64Array(logits.length);
  let loss = 0;
  labels.forEach((label, r) => {
    const row = logits.subarray(r * classes, (r + 1) * classes);
    const top = Math.max(...row);
    const sum = row.reduce((s, z) => s + Math.exp(z - top), 0);
    loss += (Math.log(sum) + top - row[label]!) / labels.length;
    row.forEach((z, j) => {
      const target = j === label ? 1 : 0;
      d[r * classes + j] = (Math.exp(z - top) / sum - target) / labels.length;
    });
  });
  return { loss, d };
}

function adam({ values, m, v }: Layer, gradient: Float64Array, t: number, task: MlpStepTask): void {
  const { lr, beta1, beta2, eps } = task;
  gradient.forEach((g, i) => {
    m[i] = beta1 * m[i]! + (1 - beta1) * g;
    v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
    const root = Math.sqrt(v[i]! / (1 - beta2 ** t));
    values[i]! -= (lr * m[i]!) / (1 - beta1 ** t) / (root + eps);
  });
}

/** The losses of the first steps. */
export function referenceLosses(data: MlpData, task: MlpStepTask, steps: number): Float64Array {
  const layers = makeLayers(data);
  return Float64Array.from({ length: steps }, (_, t) => {
    const inputs = [Float64Array.from(data.images[t % data.images.length]!)];
    layers.forEach((layer, i) => {
      const z = affine(layer, inputs[i]!);
      inputs.push(i < layers.length - 1 ? z.map((value) => Math.max(value, 0)) : z);
    });
    const { loss, d } = crossEntropy(inputs.at(-1)!, data.labels[t % data.labels.length]!);
    let gradient: Float64Array = d;
    for (let i = layers.length - 1; i >= 0; i--) {
      const { dValues, dx } = affineGradients(layers[i]!, inputs[i]!, gradient);
      const active = inputs[i]!;
      gradient = dx.map((value, k) => (active[k]! > 0 ? value : 0));
      adam(layers[i]!, dValues, t + 1, task);
    }
    return loss;
  });
}
