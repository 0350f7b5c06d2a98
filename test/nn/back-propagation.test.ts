// covers: src/nn/layer-calls.ts, src/nn/observe-calls.ts, src/tensor/elementwise-image.ts
import { describe, expect, test } from 'vitest';
import * as nn from '../../src/nn/index.js';
import type { BackPropagation, UnaryModule } from '../../src/nn/index.js';
import {
  Parameter,
  compile,
  concat,
  manualSeed,
  ones,
  scan,
  tensor,
  zeros,
} from '../../src/tensor/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { expectClose, f64, sample, values } from '../tensor/check.js';

const squares = (y: Tensor, t: Tensor): Tensor => nn.mseLoss(y, t, { reduction: 'sum' }).div(2);
const F64 = { dtype: 'f64' } as const;

/** Every layer's gradient by the sum of δ_j z_i (2.19), (2.20) is that of backward(). */
function checkWeights({ layers }: BackPropagation): void {
  for (const { module, input, delta } of layers) {
    if (!(module instanceof nn.Linear)) continue;
    const rows = (t: Tensor): Tensor => t.reshape([-1, t.shape.at(-1)!]);
    expectClose(module.weight.grad!, rows(delta).T.matmul(rows(input)).array(), 1e-12);
    if (module.bias) expectClose(module.bias.grad!, rows(delta).sum(0).array(), 1e-12);
  }
}

function named({ layers }: BackPropagation, name: string): BackPropagation['layers'][number] {
  return layers.find((layer) => layer.name === name)!;
}

describe('a Sequential', () => {
  const model = new nn.Sequential(
    new nn.Linear(3, 4, F64),
    new nn.Tanh(),
    new nn.Linear(4, 5, F64),
    new nn.GELU(),
    new nn.Linear(5, 2, F64),
  );
  const [x, t] = [sample([6, 3]), sample([6, 2], 2)];
  const read = nn.backPropagation(model, x, t, { loss: squares });

  test('has the activations of its layers, and of modules the values', () => {
    expect(read.layers.map(({ name }) => name)).toEqual(['0', '2', '4']);
    let z = x;
    for (const [i, layer] of read.layers.entries()) {
      expect(layer.module).toBe(model.at(2 * i));
      expect(values(layer.input)).toEqual(values(z));
      const a = model.at(2 * i).forward(z);
      expect(values(layer.a)).toEqual(values(a));
      z = i === 2 ? a : model.at(2 * i + 1).forward(a);
      expectClose(layer.z!, z.array(), 1e-15);
    }
    expect(values(read.output)).toEqual(values(z));
    expect(read.loss.item()).toBeCloseTo(squares(z, t).item(), 12);
  });
  test('has δ_k = y_k - t_k of outputs, from which those before and the gradients follow', () => {
    const [first, second, last] = read.layers;
    expectClose(last!.delta, read.output.sub(t).array(), 1e-12);
    const w = (model.at(4) as nn.Linear).weight;
    const slope = (a: Tensor): Tensor => {
      const v = a.detach();
      v.requiresGrad = true;
      nn.gelu(v).sum().backward();
      return v.grad!;
    };
    const wanted = last!.delta.matmul(w).mul(slope(second!.a));
    expectClose(second!.delta, wanted.array(), 1e-12);
    const z = first!.z!;
    const before = second!.delta.matmul((model.at(2) as nn.Linear).weight);
    expectClose(first!.delta, before.mul(z.mul(z).neg().add(1)).array(), 1e-12);
    squares(model.forward(x), t).backward();
    checkWeights(read);
  });
  test('stays as it was', () => {
    for (const module of model.modules()) expect(Object.hasOwn(module, 'forward')).toBe(false);
    const before = [...model.parameters()].map((p) => values(p.grad!));
    nn.backPropagation(model, x, t, { loss: squares });
    expect([...model.parameters()].map((p) => values(p.grad!))).toEqual(before);
    const broken = (): Tensor => {
      throw new Error('no loss');
    };
    expect(() => nn.backPropagation(model, x, t, { loss: broken })).toThrow('no loss');
    expect(Object.hasOwn(model, 'forward')).toBe(false);
  });
  test('can be read out in a compiled function, and with frozen layers', () => {
    model.requiresGrad(false);
    const f = compile((input: Tensor, target: Tensor) =>
      nn.backPropagation(model, input, target, { loss: squares }).layers.map(({ delta }) => delta),
    );
    f(x, t).forEach((delta, i) => {
      expectClose(delta, read.layers[i]!.delta.array(), 1e-12);
    });
    model.requiresGrad(true);
  });
});

/** A tree with functions between the layers, a link that skips, and a part that is shared. */
class Net extends nn.Module {
  readonly stem = new nn.Linear(3, 4, F64);
  readonly blocks = [new Block(), new Block()];
  readonly shared = new nn.Linear(4, 4, { ...F64, bias: false });
  readonly head = new nn.Linear(8, 2, F64);

  forward(x: Tensor): Tensor {
    let h = this.stem.forward(x).sigmoid();
    for (const block of this.blocks) h = block.forward(h);
    const twice = this.shared.forward(this.shared.forward(h).relu());
    return this.head.forward(concat([twice, h], -1));
  }
}

class Block extends nn.Module {
  readonly inner = new nn.Linear(4, 4, F64);
  readonly act = new nn.SiLU();

  forward(x: Tensor): Tensor {
    return x.add(this.act.forward(this.inner.forward(x)));
  }
}

describe('a tree of modules', () => {
  const net = new Net();
  const [x, t] = [sample([5, 3]), tensor([0, 1, 1, 0, 1], { dtype: 'i32' })];
  const read = nn.backPropagation(net, x, t);

  test('is read in the order of evaluation, what is used twice is there twice', () => {
    const names = ['stem', 'blocks.0.inner', 'blocks.1.inner', 'shared', 'shared', 'head'];
    expect(read.layers.map(({ name }) => name)).toEqual(names);
  });
  test('z is what functions and modules make of a', () => {
    expectClose(named(read, 'stem').z!, named(read, 'stem').a.sigmoid().array(), 1e-15);
    const inner = named(read, 'blocks.1.inner');
    expectClose(inner.z!, nn.silu(inner.a).array(), 1e-15);
    const [first, second] = read.layers.filter(({ name }) => name === 'shared');
    expect(values(first!.z!)).toEqual(values(first!.a.relu()));
    expect(values(second!.z!)).toEqual(values(second!.a));
  });
  test('δ of softmax with cross-entropy is y - t over N; weights get Σ δ_j z_i', () => {
    const wanted = read.output.softmax(1).sub(t.oneHot(2, F64)).div(5);
    expectClose(named(read, 'head').delta, wanted.array(), 1e-12);
    nn.crossEntropy(net.forward(x), t).backward();
    checkWeights({ ...read, layers: read.layers.filter(({ name }) => name !== 'shared') });
    const shared = read.layers.filter(({ name }) => name === 'shared');
    const sums = shared.map(({ delta, input }) => delta.T.matmul(input));
    expectClose(net.shared.weight.grad!, sums[0]!.add(sums[1]!).array(), 1e-12);
  });
});

describe('what is made of a', () => {
  const zOf = (model: UnaryModule, name = '0'): BackPropagation['layers'][number] =>
    named(nn.backPropagation(model, sample([4, 3]), zeros([4, 3], F64), { loss: squares }), name);
  const layer = (): nn.Linear => new nn.Linear(3, 3, F64);

  test('ends where chance comes in', () => {
    manualSeed(1);
    const { a, z } = zOf(new nn.Sequential(layer(), new nn.ReLU(), new nn.Dropout(0.5), layer()));
    expect(values(z!)).toEqual(values(a.relu()));
  });
  test('ends where units meet, and begins anew behind a norm', () => {
    const model = new nn.Sequential(layer(), new nn.BatchNorm1d(3, F64), new nn.Tanh());
    expect(values(zOf(model).z!)).toEqual(values(zOf(model).a));
    expectClose(zOf(model, '1').z!, zOf(model, '1').a.tanh().array(), 1e-15);
    model.eval(); // then the norm is a function of each element
    const { a, z } = zOf(model);
    expectClose(z!, model.at(1).forward(a).tanh().array(), 1e-15);
  });
  test('is null where two things are, a where one of them is a', () => {
    class Two extends nn.Module {
      readonly layer = layer();
      constructor(readonly plain: boolean) {
        super();
      }
      forward(x: Tensor): Tensor {
        const a = this.layer.forward(x);
        return concat([this.plain ? a : a.sigmoid(), a.tanh()], 1).slice(1, 0, 3);
      }
    }
    expect(zOf(new Two(false), 'layer').z).toBeNull();
    const both = zOf(new Two(true), 'layer');
    expectClose(both.z!, both.a.tanh().array(), 1e-15);
  });
});

test('a model that is one layer; a layer that the output does not need', () => {
  const layer = new nn.Linear(3, 2, F64);
  const one = nn.backPropagation(layer, sample([3]), f64([0, 0]), { loss: squares });
  expect(one.layers.map(({ name }) => name)).toEqual(['']);
  class Idle extends nn.Module {
    readonly used = layer;
    readonly idle = new nn.Linear(3, 2, F64);
    forward(x: Tensor): Tensor {
      this.idle.forward(x);
      return this.used.forward(x);
    }
  }
  const read = nn.backPropagation(new Idle(), sample([3]), f64([0, 0]), { loss: squares });
  expect(values(named(read, 'idle').delta)).toEqual([0, 0]);
  expect(values(named(read, 'used').delta)).toEqual(values(one.layers[0]!.delta));
});

test('what cannot be read out is told', () => {
  class Recurrent extends nn.Module {
    readonly scale = new Parameter(ones([]));
    readonly step = new nn.Linear(2, 2);
    forward(x: Tensor): Tensor {
      const [last] = scan(
        (h: Tensor, xt: Tensor) => [this.step.forward(h.add(xt)), h],
        zeros([1, 2]),
        x,
      );
      return last.mul(this.scale);
    }
  }
  const t = tensor([1], { dtype: 'i32' });
  const { layers } = nn.backPropagation(new Recurrent(), ones([3, 1, 2]), t);
  expect(layers.map(({ name }) => name)).toEqual(['']);
  expect(() => nn.backPropagation(new nn.ReLU(), ones([1, 2]), t)).toThrow(
    'no layer with parameters',
  );
  const loss = (y: Tensor): Tensor => y;
  expect(() => nn.backPropagation(new nn.Linear(2, 2), ones([1, 2]), t, { loss })).toThrow(
    "the loss has shape [1, 2]; use one that gives a single number, as with reduction: 'sum'.",
  );
});
