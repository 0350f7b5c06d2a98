// covers: src/nn/describe-module.ts, src/nn/index.ts, src/nn/identity.ts, src/nn/flatten.ts
import { describe, expect, test } from 'vitest';
import {
  Dropout,
  Flatten,
  Identity,
  Linear,
  Module,
  ReLU,
  Sequential,
} from '../../src/nn/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import {
  Parameter,
  StateTensor,
  compile,
  manualSeed,
  ones,
  tensor,
  zeros,
} from '../../src/tensor/index.js';
import { values } from '../tensor/check.js';
import type { NnGoldens } from './check.js';
import { golden } from './check.js';

class Block extends Module {
  readonly layers = [new Linear(2, 2), new Linear(2, 3, { bias: false })] as const;
  readonly scale = new Parameter(ones([3]));
  readonly count = new StateTensor(zeros([]));
  readonly note = 'text';
  readonly #hidden = new Linear(1, 1);
  forward(x: Tensor): Tensor {
    void this.#hidden;
    return this.layers[1].forward(this.layers[0].forward(x)).mul(this.scale);
  }
}

function net(): Sequential {
  return new Sequential(new Linear(4, 2), new Sequential(new Block(), new ReLU()));
}

const names = (entries: Iterable<readonly [string, unknown]>): string[] =>
  [...entries].map(([name]) => name);

describe('registration', () => {
  test('names are those of PyTorch', () => {
    const want = golden<NnGoldens>('nn.json').names;
    expect(names(net().namedParameters())).toEqual(want.parameters);
    expect(names(net().namedBuffers())).toEqual(want.buffers);
    expect(names(net().namedModules())).toEqual(want.modules);
    expect(Object.keys(net().stateDict())).toEqual(want.stateDict);
    expect(names(net().namedChildren())).toEqual(['0', '1']);
    expect([...net().children()][0]).toBeInstanceOf(Linear);
    expect([...net().modules()].length).toBe(want.modules.length);
    expect([...net().buffers()].map((b) => b.shape)).toEqual([[]]);
  });
  test('what is in two places counts once, but is saved under both names', () => {
    const shared = new Linear(2, 2);
    const twice = new Sequential(shared, new ReLU(), shared);
    expect(names(twice.namedParameters())).toEqual(['0.weight', '0.bias']);
    expect([...twice.modules()].length).toBe(3);
    expect(Object.keys(twice.stateDict())).toEqual(['0.weight', '0.bias', '2.weight', '2.bias']);
    expect(String(twice)).toContain('parameters: 6');
  });
  test('a module may not be a part of itself', () => {
    class Loop extends Module {
      child: Module | null = null;
      forward(x: Tensor): Tensor {
        return x;
      }
    }
    const [outer, inner] = [new Loop(), new Loop()];
    outer.child = inner;
    inner.child = outer;
    expect(() => [...outer.parameters()]).toThrow(
      "Loop: 'child.child' holds a module that it is a part of",
    );
  });
  test('fields of a class derived from Sequential count as well', () => {
    class Scaled extends Sequential {
      readonly scale = new Parameter(ones([]));
      override forward(x: Tensor): Tensor {
        return super.forward(x).mul(this.scale);
      }
    }
    const scaled = new Scaled(new Linear(1, 1, { bias: false }));
    expect(names(scaled.namedParameters())).toEqual(['scale', '0.weight']);
  });
});

describe('modes', () => {
  test('reach every module below', () => {
    const model = net();
    expect(model.eval()).toBe(model);
    expect([...model.modules()].map((m) => m.training)).not.toContain(true);
    model.train();
    expect([...model.modules()].map((m) => m.training)).not.toContain(false);
  });
  test('have a program each, and no more', () => {
    manualSeed(1);
    const model = new Sequential(new Identity(), new Dropout(0.5));
    const f = compile((x: Tensor) => model.forward(x));
    const x = ones([64]);
    for (let i = 0; i < 3; i++) {
      expect(values(model.train() && f(x))).toContain(0);
      expect(values(model.eval() && f(x))).not.toContain(0);
    }
    expect(f.compilations).toBe(2);
  });
});

describe('freezing', () => {
  test('keeps gradients from arising', () => {
    const model = net();
    model.requiresGrad(false);
    expect(model.forward(ones([1, 4])).requiresGrad).toBe(false);
    [...model.children()][0]!.apply((m) => m instanceof Linear && m.requiresGrad());
    model
      .forward(ones([1, 4]))
      .sum()
      .backward();
    expect([...model.parameters()].map((p) => p.grad !== null)).toEqual([
      true,
      true,
      ...Array.from({ length: 4 }, () => false),
    ]);
  });
  test('holds in functions that have been compiled before', () => {
    const layer = new Linear(1, 1, { bias: false });
    layer.weight.load([1]);
    const f = compile((x: Tensor) => {
      layer.weight.grad = null;
      const y = layer.forward(x).sum().mul(1);
      if (y.requiresGrad) {
        y.backward();
        layer.weight.assign(layer.weight.sub(layer.weight.grad!));
      }
      return y;
    });
    f(ones([1, 1]));
    expect(layer.weight.item()).toBe(0);
    layer.requiresGrad(false);
    f(ones([1, 1]));
    expect(layer.weight.item()).toBe(0);
    layer.requiresGrad(true);
    f(ones([1, 1]));
    expect(layer.weight.item()).toBe(-1);
  });
});

test('apply goes from the inside out', () => {
  const order: string[] = [];
  net().apply((m) => order.push(m.constructor.name));
  expect(order).toEqual([
    'Linear',
    'Linear',
    'Linear',
    'Block',
    'ReLU',
    'Sequential',
    'Sequential',
  ]);
});

test('prints as PyTorch does, with the numbers of parameters', () => {
  const model = new Sequential(
    new Flatten(),
    new Linear(784, 256),
    new ReLU(),
    new Dropout(0.2),
    new Sequential({ head: new Linear(256, 10, { bias: false }) }),
  );
  expect(String(model)).toBe(
    [
      'Sequential(  # 203,520',
      '  (0): Flatten(start=1, end=-1)',
      '  (1): Linear(inFeatures=784, outFeatures=256, bias=true)  # 200,960',
      '  (2): ReLU()',
      '  (3): Dropout(p=0.2)',
      '  (4): Sequential(  # 2,560',
      '    (head): Linear(inFeatures=256, outFeatures=10, bias=false)  # 2,560',
      '  )',
      ')',
      'parameters: 203,520',
    ].join('\n'),
  );
  model.at(1).requiresGrad(false);
  expect(String(model).split('\n').at(-1)).toBe('parameters: 203,520, of which 200,960 frozen');
  expect(String(new ReLU())).toBe('ReLU()');
});

test('Flatten and Identity', () => {
  expect(new Flatten().forward(zeros([2, 3, 4])).shape).toEqual([2, 12]);
  expect(new Flatten(0, 1).forward(zeros([2, 3, 4])).shape).toEqual([6, 4]);
  const x = tensor([1]);
  expect(new Identity().forward(x)).toBe(x);
});
