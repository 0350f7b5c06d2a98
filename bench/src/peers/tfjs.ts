// TensorFlow.js on its WASM backend: kernels with SIMD; in Node it has one thread.
import { version_wasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients, which the core's bundle for Node leaves out.
import '@tensorflow/tfjs-layers';
import type { MatmulTask, MlpStepTask } from '../measure/protocol.js';
import { readFloats } from './arrays.js';
import type { Instance, Peer } from './peer.js';
import { network } from './tfjs-networks.js';
import { crossEntropy, loadBatches, loadTargets, training } from './tfjs-training.js';

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
  const loss = (x: tf.Tensor, y: tf.Tensor): tf.Scalar => {
    let h = x;
    weights.forEach((w, i) => {
      const activation = i < weights.length - 1 ? 'relu' : 'linear';
      h = tf.fused.matMul({ a: h, b: w, bias: biases[i]!, activation });
    });
    return crossEntropy(h, y);
  };
  return training(
    loss,
    [...weights, ...biases],
    tf.train.adam(task.lr, task.beta1, task.beta2, task.eps),
    [loadBatches(task.images), loadTargets(task.labels, classes)],
  );
}

export const tfjs: Peer = { open, prepare: { matmul, mlpStep, network } };
