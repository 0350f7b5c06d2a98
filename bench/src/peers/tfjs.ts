// TensorFlow.js on its WASM backend: kernels with SIMD; in Node it has one thread.
import { version_wasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients, which the core's bundle for Node leaves out.
import '@tensorflow/tfjs-layers';
import type { MatmulTask, MlpStepTask } from '../measure/protocol.js';
import { oneHot, readFloats, readInts, unstack } from './arrays.js';
import type { Instance, Peer } from './peer.js';

async function open(): Promise<{ version: string; threads: number }> {
  tf.enableProdMode();
  if (!(await tf.setBackend('wasm'))) throw new Error('the WASM backend does not start');
  await tf.ready();
  return { version: version_wasm, threads: 1 };
}

function matmul(task: MatmulTask): Instance {
  const a = tf.tensor2d(readFloats(task.a), task.a.shape as [number, number]);
  const b = tf.tensor2d(readFloats(task.b), task.b.shape as [number, number]);
  return {
    outcome: () => tf.tidy(() => tf.matMul(a, b).dataSync()),
    run: (iterations) => {
      for (let i = 0; i < iterations; i++) tf.matMul(a, b).dispose();
    },
  };
}

/**
 * Of the ways tried (separate or fused dense layers, `losses.softmaxCrossEntropy` or the same from
 * `logSoftmax`, a `layers` model with `trainOnBatch`) this is the fastest.
 */
function mlpStep(task: MlpStepTask): Instance {
  const variables = (files: MlpStepTask['weights']): tf.Variable[] =>
    files.map((file) => tf.variable(tf.tensor(readFloats(file), [...file.shape])));
  const weights = variables(task.weights);
  const biases = variables(task.biases);
  const classes = task.biases.at(-1)!.shape[0]!;
  const batch = task.images.shape.slice(1) as [number, number];
  const images = unstack(readFloats(task.images), task.images).map((v) => tf.tensor2d(v, batch));
  const targets = unstack(readInts(task.labels), task.labels).map((labels) =>
    tf.tensor2d(oneHot(labels, classes), [labels.length, classes]),
  );
  const optimizer = tf.train.adam(task.lr, task.beta1, task.beta2, task.eps);
  const loss = (x: tf.Tensor2D, y: tf.Tensor2D): tf.Scalar => {
    let h: tf.Tensor = x;
    weights.forEach((w, i) => {
      const activation = i < weights.length - 1 ? 'relu' : 'linear';
      h = tf.fused.matMul({ a: h, b: w, bias: biases[i]!, activation });
    });
    return tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(h)), 1)));
  };
  let t = 0;
  const step = (): tf.Scalar => {
    const x = images[t % images.length]!;
    const y = targets[t % targets.length]!;
    t++;
    return optimizer.minimize(() => loss(x, y), true, [...weights, ...biases])!;
  };
  const outcome = (): Float32Array => {
    const cost = step();
    const value = cost.dataSync<'float32'>();
    cost.dispose();
    return value;
  };
  return {
    outcome,
    run: (iterations) => {
      for (let i = 1; i < iterations; i++) step().dispose();
      outcome();
    },
  };
}

export const tfjs: Peer = { open, prepare: { matmul, mlpStep } };
