// Networks in TensorFlow.js, out of its functions of tensors.
import * as tf from '@tensorflow/tfjs-core';
import type { NetworkName, NetworkTask } from '../measure/protocol.js';
import { readFloats } from './arrays.js';
import { crossEntropy, loadBatches, loadTargets, training } from './tfjs-training.js';
import type { Instance } from './peer.js';

type Parameters = Readonly<Record<string, tf.Variable>>;

/** A network as the library wants it: how a parameter lies there, what it is given, and its loss. */
interface Network {
  /** A parameter in the order it has there, if that is not the order of the task for all. */
  arrange?(name: string, values: tf.Tensor): tf.Tensor;
  /** Of a batch, if it is not that of the task. */
  readonly inputShape?: readonly number[];
  logits(p: Parameters, x: tf.Tensor): tf.Tensor;
}

/** Channels come last, in images, kernels and the features that the first dense layer reads. */
function cnn(task: NetworkTask): Network {
  const [batch, channels, height, width] = task.x.shape.slice(1) as [
    number,
    number,
    number,
    number,
  ];
  const kernels = ['w1', 'w2'];
  const [hidden, features] = task.parameters['w3']!.shape as [number, number];
  const outputs = task.parameters['w2']!.shape[0]!;
  const side = Math.sqrt(features / outputs);
  return {
    inputShape: [batch, height, width, channels],
    arrange(name, values) {
      if (kernels.includes(name)) return tf.transpose(values, [2, 3, 1, 0]);
      if (name !== 'w3') return values;
      const parts = tf.transpose(tf.reshape(values, [hidden, outputs, side, side]), [0, 2, 3, 1]);
      return tf.reshape(parts, [hidden, features]);
    },
    logits(p, x) {
      const layer = (input: tf.Tensor, k: number): tf.Tensor => {
        const sums = tf.conv2d(input as tf.Tensor4D, p[`w${k}`] as tf.Tensor4D, 1, 'same');
        return tf.maxPool(tf.relu(tf.add(sums, p[`b${k}`]!)) as tf.Tensor4D, 2, 2, 'valid');
      };
      const read = tf.reshape(layer(layer(x, 1), 2), [batch, features]);
      return linear(tf.relu(linear(read, p['w3']!, p['b3']!)), p['w4']!, p['b4']!);
    },
  };
}

/** The steps are written out one by one, as `tf.layers` does. */
function lstm(task: NetworkTask): Network {
  const [, batch, inputs] = task.x.shape.slice(1) as [number, number, number];
  const hidden = task.parameters['wh']!.shape[1]!;
  return {
    logits(p, x) {
      // The projection of all steps is one product, which takes less time than one for each.
      const bias = tf.add(p['bx']!, p['bh']!);
      const projected = linear(tf.reshape(x, [-1, inputs]), p['wx']!, bias);
      let h: tf.Tensor = tf.zeros([batch, hidden]);
      let c = h;
      for (const input of tf.split(projected, x.shape[0]!)) {
        const gates = tf.add(input, tf.matMul(h, p['wh']!, false, true));
        const [i, f, g, o] = tf.split(gates, 4, 1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
        c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
        h = tf.mul(tf.sigmoid(o), tf.tanh(c));
      }
      return linear(h, p['w']!, p['b']!);
    },
  };
}

/** x [N, I] → [N, O], with weight [O, I]. */
function linear(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  return tf.add(tf.matMul(x, weight, false, true), bias);
}

const networks: { readonly [K in NetworkName]?: (task: NetworkTask) => Network } = { cnn, lstm };

export function network(task: NetworkTask): Instance {
  const make = networks[task.network];
  if (!make) throw new Error(`does not do ${task.network}`);
  const made = make(task);
  const parameters = Object.fromEntries(
    Object.entries(task.parameters).map(([name, file]) => {
      const values = tf.tensor(readFloats(file), [...file.shape]);
      return [name, tf.variable(made.arrange?.(name, values) ?? values)];
    }),
  );
  const classes = Object.values(task.parameters).at(-1)!.shape[0]!;
  return training(
    (x, y) => crossEntropy(made.logits(parameters, x), y),
    Object.values(parameters),
    tf.train.adam(task.lr, 0.9, 0.999, 1e-8),
    [loadBatches(task.x, made.inputShape), loadTargets(task.y, classes)],
  );
}
