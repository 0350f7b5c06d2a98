// Training in TensorFlow.js: a loss, its gradients, Adam.
import * as tf from '@tensorflow/tfjs-core';
import type { ArrayFile } from '../measure/protocol.js';
import { oneHot, readFloats, readInts, unstack } from './arrays.js';
import type { Instance } from './peer.js';

/** The batches of a file along its first axis, each of the given shape or that of the file's rest. */
export function loadBatches(
  file: ArrayFile,
  shape: readonly number[] = file.shape.slice(1),
): tf.Tensor[] {
  return unstack(readFloats(file), file).map((values) => tf.tensor(values, [...shape]));
}

/** The batches of labels, as rows of zeros with a one. */
export function loadTargets(file: ArrayFile, classes: number): tf.Tensor2D[] {
  return unstack(readInts(file), file).map((labels) =>
    tf.tensor2d(oneHot(labels, classes), [labels.length, classes]),
  );
}

/** The mean cross-entropy of logits with rows of zeros with a one. */
export function crossEntropy(logits: tf.Tensor, targets: tf.Tensor): tf.Scalar {
  return tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), 1)));
}

/** Steps of training, one batch after the other. */
export function training(
  loss: (x: tf.Tensor, y: tf.Tensor) => tf.Scalar,
  variables: tf.Variable[],
  optimizer: tf.Optimizer,
  [xs, ys]: readonly [readonly tf.Tensor[], readonly tf.Tensor[]],
): Instance {
  let t = 0;
  const step = (): tf.Scalar => {
    const x = xs[t % xs.length]!;
    const y = ys[t % ys.length]!;
    t++;
    return optimizer.minimize(() => loss(x, y), true, variables)!;
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
