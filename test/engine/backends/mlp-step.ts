import type { TypedArray } from '../../../src/engine/core/dtype.js';
import { sizeOf } from '../../../src/engine/core/shape.js';
import { gradients } from '../../../src/engine/autograd/gradients.js';
import type { GraphNode } from '../../../src/engine/graph/node.js';
import { build as b } from '../../../src/engine/ops/index.js';
import type { ProgramSpec } from '../../../src/engine/runtime/device.js';
import { InputSource, Variable } from '../../../src/engine/runtime/storage.js';
import { Rng } from '../ops/rng.js';

export interface MlpStep {
  readonly spec: ProgramSpec;
  readonly inputs: readonly TypedArray[];
  /** Parameters and moments, whose values tell two runs apart. */
  readonly variables: readonly Variable[];
}

const [BETA1, BETA2, LR, EPS] = [0.9, 0.999, 1e-3, 1e-8];

/** A training step of an MLP with dropout, cross-entropy and Adam, written in primitives. */
export function mlpStep(sizes: readonly number[], batch: number, seed = 1): MlpStep {
  const rng = new Rng(seed);
  const variables: Variable[] = [];
  const variable = (shape: readonly number[], scale: number): GraphNode => {
    const values = Float32Array.from({ length: sizeOf(shape) }, () => rng.uniform(-scale, scale));
    const v = new Variable(shape, 'f32', values);
    variables.push(v);
    return b.leaf(v, shape, 'f32');
  };
  const counter = new Variable([4], 'i32', Int32Array.of(seed, 7, -1, 0));
  const random = b.leaf(counter, [4], 'i32');
  const x = b.leaf(new InputSource(0), [batch, sizes[0]!], 'f32');
  const label = b.leaf(new InputSource(1), [batch], 'i32');
  const params: GraphNode[] = [];
  let h = x;
  sizes.slice(1).forEach((out, i) => {
    const w = variable([out, sizes[i]!], 1 / Math.sqrt(sizes[i]!));
    const bias = variable([out], 0.1);
    params.push(w, bias);
    const z = b.dot(h, w, { batch: [[], []], contract: [[1], [1]] });
    h = b.add(z, b.broadcastTo(bias, z.shape));
    if (i < sizes.length - 2) h = dropout(b.unary('relu', h), random, i);
  });
  const loss = crossEntropy(h, label);
  const grads = gradients(b, [loss], [b.constant(1, [], 'f32')], params);
  const assigns = [{ target: counter, value: b.add(random, b.constant(1, [4], 'i32')) }];
  const adam = updates(params, grads as GraphNode[], variables.slice());
  variables.push(...adam.map((a) => a.target), counter);
  return {
    spec: {
      inputs: [x, label].map((n) => ({ shape: n.shape, dtype: n.dtype })),
      outputs: [loss],
      assigns: [...assigns, ...adam],
      guard: 0,
    },
    inputs: [
      Float32Array.from({ length: batch * sizes[0]! }, () => rng.uniform(-1, 1)),
      Int32Array.from({ length: batch }, () => rng.int(0, sizes[sizes.length - 1]! - 1)),
    ],
    variables,
  };
}

function dropout(x: GraphNode, state: GraphNode, offset: number): GraphNode {
  const bits = b.randomBits(state, x.shape, offset);
  const uniform = b.cast(b.binary('shiftRight', bits, b.constant(8, x.shape, 'i32')), 'f32');
  const kept = b.compare('ge', uniform, b.constant(0.1 * 2 ** 24, x.shape, 'f32'));
  return b.where(kept, b.mul(x, b.like(x, 1 / 0.9)), b.like(x, 0));
}

function crossEntropy(x: GraphNode, label: GraphNode): GraphNode {
  const [n] = x.shape as [number];
  const wide = (v: GraphNode): GraphNode => b.broadcast(v, x.shape);
  const shifted = b.sub(x, wide(b.reduceKeep('reduceMax', x, [1])));
  const sum = b.reduce('sum', b.unary('exp', shifted), [1]);
  const hit = b.compare('eq', b.iota(x.shape, 1, 'i32'), wide(b.reshape(label, [n, 1])));
  const own = b.sum(b.where(hit, shifted, b.like(x, 0)), [1]);
  const each = b.sub(b.unary('log', sum), own);
  return b.mul(b.sum(each, [0]), b.constant(1 / n, [], 'f32'));
}

function updates(
  params: readonly GraphNode[],
  grads: readonly GraphNode[],
  targets: readonly Variable[],
): { target: Variable; value: GraphNode }[] {
  const time = new Variable([], 'f32');
  const t = b.add(b.leaf(time, [], 'f32'), b.constant(1, [], 'f32'));
  const correction = (beta: number): GraphNode =>
    b.sub(
      b.constant(1, [], 'f32'),
      b.unary('exp', b.mul(t, b.constant(Math.log(beta), [], 'f32'))),
    );
  const [c1, c2] = [correction(BETA1), correction(BETA2)];
  const assigns = [{ target: time, value: t }];
  params.forEach((p, i) => {
    const g = grads[i]!;
    const k = (c: number): GraphNode => b.like(p, c);
    const [m, v] = [new Variable(p.shape, 'f32'), new Variable(p.shape, 'f32')];
    const mNext = b.add(b.mul(b.leaf(m, p.shape, 'f32'), k(BETA1)), b.mul(g, k(1 - BETA1)));
    const vNext = b.add(
      b.mul(b.leaf(v, p.shape, 'f32'), k(BETA2)),
      b.mul(b.mul(g, g), k(1 - BETA2)),
    );
    const root = b.unary('sqrt', b.div(vNext, b.broadcastTo(c2, p.shape)));
    const step = b.div(b.div(mNext, b.broadcastTo(c1, p.shape)), b.add(root, k(EPS)));
    const value = b.sub(p, b.mul(step, k(LR)));
    assigns.push({ target: m, value: mNext }, { target: v, value: vNext });
    assigns.push({ target: targets[i]!, value });
  });
  return assigns;
}

/** The values of all variables after `steps` steps, as bits. */
export function stateOf(step: MlpStep): string {
  return step.variables.map((v) => Buffer.from(bytesOf(v)).toString('base64')).join();
}

function bytesOf(v: Variable): Uint8Array {
  const values = v.storage.hostValues();
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
