// covers: src/optim/param-group.ts, src/optim/param-state.ts, src/optim/settings.ts
// covers: src/optim/define-optimizer.ts, src/optim/index.ts
import { describe, expect, test } from 'vitest';
import { WasmDevice } from '../../src/engine/backends/wasm/device.js';
import type { Optimizer } from '../../src/optim/index.js';
import {
  AMSGrad,
  AdaDelta,
  AdaGrad,
  Adam,
  AdamW,
  Adamax,
  NAdam,
  RAdam,
  RMSProp,
  SGD,
  defineOptimizer,
} from '../../src/optim/index.js';
import {
  Parameter,
  compile,
  ones,
  rand,
  setDevice,
  tensor,
  zeros,
} from '../../src/tensor/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { testDevice } from '../device.js';
import { expectClose, values } from '../tensor/check.js';
import { energy, flat, startParameters } from './check.js';

/** A parameter whose gradient is 1 everywhere after `E.backward()`. */
function withGradient(value = 1): Parameter {
  const p = new Parameter(tensor([value, value]));
  p.sum().backward();
  return p;
}

describe('steps', () => {
  test('outside and inside a compiled function give the same', () => {
    const run = (wrap: (f: () => Tensor) => () => Tensor): number[] => {
      const params = startParameters();
      const optimizer = new Adam(params, { lr: 0.1 });
      const step = wrap(() => {
        optimizer.zeroGrad();
        const loss = energy(params);
        loss.backward();
        optimizer.step();
        return loss;
      });
      for (let i = 0; i < 4; i++) step();
      return flat(params);
    };
    expect(run((f) => compile(f))).toEqual(run((f) => f));
  });
  test('a parameter without a gradient is left alone, and counts from its first', () => {
    const [late, early] = [new Parameter(tensor([1])), new Parameter(tensor([1]))];
    const reference = new Parameter(tensor([1]));
    const optimizer = new Adam([early, late], { lr: 0.1 });
    const other = new Adam([reference], { lr: 0.1 });
    for (let i = 0; i < 3; i++) {
      optimizer.zeroGrad();
      early.mul(3).sum().backward();
      optimizer.step();
    }
    expect(values(late)).toEqual([1]);
    for (const [o, p] of [
      [optimizer, late],
      [other, reference],
    ] as const) {
      o.zeroGrad();
      p.pow(2).sum().backward();
      o.step();
    }
    expect(values(late)).toEqual(values(reference));
    expect(Object.keys(optimizer.stateDict().state)).toContain('1.step');
    expect(optimizer.stateDict().state['0.step']!.item()).toBe(3);
    expect(optimizer.stateDict().state['1.step']!.item()).toBe(1);
  });
  test('without any gradient throw', () => {
    const p = new Parameter(tensor([1]));
    const optimizer = new SGD([p]);
    expect(() => optimizer.step()).toThrow(
      'step: no parameter has a gradient; call backward() on a loss',
    );
    p.sum().backward();
    optimizer.step();
    optimizer.zeroGrad();
    expect(p.grad).toBe(null);
    expect(() => optimizer.step()).toThrow('no parameter has a gradient');
  });
  test('parameters of two dtypes', () => {
    const [a, b] = [new Parameter(tensor([1])), new Parameter(tensor([1], { dtype: 'f64' }))];
    const optimizer = new Adam([a, b], { lr: 0.125 });
    const step = compile(() => {
      optimizer.zeroGrad();
      a.sum().add(b.sum()).backward();
      optimizer.step();
    });
    step();
    optimizer.lr = 0.25;
    step();
    expectClose(a, [1 - 0.125 - 0.25], 1e-6);
    expectClose(b, [1 - 0.125 - 0.25], 1e-7);
    expect(step.compilations).toBe(1);
  });
});

describe('settings', () => {
  test('changing lr compiles nothing, changing others does', () => {
    const p = new Parameter(zeros([2]));
    const optimizer = new SGD([p], { lr: 1 });
    const step = compile(() => {
      optimizer.zeroGrad();
      p.sum().backward();
      optimizer.step();
    });
    step();
    optimizer.lr = 0.5;
    expect(optimizer.lr).toBe(0.5);
    step();
    expect(values(p)).toEqual([-1.5, -1.5]);
    optimizer.lr = 0;
    step();
    expect(values(p)).toEqual([-1.5, -1.5]);
    expect(step.compilations).toBe(1);
    optimizer.paramGroups[0]!.set({ lr: 0.5, weightDecay: 1 });
    step();
    expect(values(p)).toEqual([-1.25, -1.25]);
    expect(step.compilations).toBe(2);
    expect(optimizer.paramGroups[0]!.settings).toEqual({
      lr: 0.5,
      momentum: 0,
      dampening: 0,
      nesterov: false,
      weightDecay: 1,
      maximize: false,
      form: 'pytorch',
    });
  });
  test('momentum that begins later starts with its buffer', () => {
    const p = withGradient();
    const optimizer = new SGD([p], { lr: 1 });
    optimizer.step();
    optimizer.paramGroups[0]!.set({ momentum: 0.5 });
    optimizer.step();
    optimizer.step();
    expect(values(p)).toEqual([1 - 1 - 1 - 1.5, 1 - 1 - 1 - 1.5]);
  });
  test('groups have their own', () => {
    const [a, b, c] = [withGradient(), withGradient(), withGradient()];
    const optimizer = new SGD([{ params: [a] }, { params: [b], lr: 0.25 }], { lr: 0.5 });
    optimizer.addParamGroup({ params: [c], weightDecay: 1 });
    optimizer.step();
    expect([a, b, c].map((p) => p.dataSync()[0])).toEqual([0.5, 0.75, 0]);
    expect(optimizer.paramGroups.map((g) => g.lr)).toEqual([0.5, 0.25, 0.5]);
    optimizer.paramGroups[1]!.lr = 1;
    optimizer.step();
    expect(values(b)).toEqual([-0.25, -0.25]);
    optimizer.lr = 2;
    expect(optimizer.paramGroups.map((g) => g.lr)).toEqual([2, 2, 2]);
  });
  test('a group added compiles again', () => {
    const [a, b] = [new Parameter(zeros([])), new Parameter(zeros([]))];
    const optimizer = new SGD([a], { lr: 1 });
    const step = compile(() => {
      optimizer.zeroGrad();
      a.add(b).backward();
      optimizer.step();
    });
    step();
    optimizer.addParamGroup({ params: [b] });
    step();
    expect([a.item(), b.item()]).toEqual([-2, -1]);
  });
  test('the notes set ε = 1e-8 for AdaGrad', () => {
    const group = new AdaGrad([withGradient()], { form: 'notes' }).paramGroups[0]!;
    expect(group.settings.eps).toBe(1e-8);
    expect(new AdaGrad([withGradient()]).paramGroups[0]!.settings.eps).toBe(1e-10);
    const own = new AdaGrad([withGradient()], { form: 'notes', eps: 1e-3 });
    expect(own.paramGroups[0]!.settings.eps).toBe(1e-3);
  });
});

describe('what cannot be used is refused', () => {
  const p = withGradient();
  test.each([
    [() => new SGD([]), 'SGD: no parameters are given; pass those of model.parameters().'],
    [() => new SGD([p, p]), 'SGD: parameter 1 [2] is given twice; give each once.'],
    [() => new SGD([tensor([1]) as Parameter]), 'SGD: parameter 0 is object and not a Parameter'],
    [() => new SGD([p], { lr: 0 }), 'SGD: lr is 0; use a number above 0.'],
    [() => new Adam([p], { lr: -1 }), 'Adam: lr is -1; use a number above 0.'],
    [() => new Adam([p], { lr: NaN }), 'Adam: lr is NaN'],
    [() => new Adam([p], { lr: Infinity }), 'Adam: lr is Infinity'],
    [() => new Adam([p], { betas: [0.9, 1] }), 'Adam: betas is 0.9,1; use numbers in [0, 1).'],
    [() => new AdamW([p], { betas: [-0.1, 0.9] }), 'AdamW: betas is -0.1,0.9'],
    [() => new Adam([p], { betas: [NaN, 0.9] }), 'Adam: betas is NaN,0.9'],
    [() => new Adam([p], { eps: -1 }), 'Adam: eps is -1; use 0 or more.'],
    [() => new RMSProp([p], { alpha: 1.5 }), 'RMSProp: alpha is 1.5'],
    [() => new SGD([p], { momentum: 1 }), 'SGD: momentum is 1; use numbers in [0, 1).'],
    [
      () => new SGD([p], { nesterov: true }),
      'SGD: nesterov with momentum 0 and dampening 0; use a momentum above 0 and no dampening.',
    ],
    [() => new SGD([p], { momentum: 0.5, dampening: 0.1, nesterov: true }), 'and dampening 0.1;'],
    [() => new AdaGrad([p], { lrDecay: -1 }), 'AdaGrad: lrDecay is -1; use 0 or more.'],
    [() => new AdaDelta([p], { rho: 1 }), 'AdaDelta: rho is 1; use numbers in [0, 1).'],
    [() => new Adamax([p], { betas: [0.9, 1] }), 'Adamax: betas is 0.9,1; use numbers in [0, 1).'],
    [() => new NAdam([p], { momentumDecay: -1 }), 'NAdam: momentumDecay is -1; use 0 or more.'],
    [() => new RAdam([p], { lr: 0 }), 'RAdam: lr is 0; use a number above 0.'],
    [
      () => new AdaGrad([p], { initialAccumulatorValue: -1 }),
      'AdaGrad: initialAccumulatorValue is -1; use 0 or more.',
    ],
    [() => new RMSProp([p], { momentum: 1 }), 'RMSProp: momentum is 1; use numbers in [0, 1).'],
    [() => new SGD([p], { weightDecay: -1 }), 'SGD: weightDecay is -1; use 0 or more.'],
    [
      () => new SGD([p], { form: 'keras' as 'notes' }),
      "SGD: form is keras; use 'pytorch' or 'notes'",
    ],
    [
      () => new SGD([p], { learningRate: 1 } as object),
      "SGD: there is no option 'learningRate'; there are weightDecay, maximize, form, lr, momentum",
    ],
    [
      () => {
        new SGD([p]).lr = -1;
      },
      'SGD: lr is -1; use a finite number, not below 0.',
    ],
  ])('%s', (f, message) => {
    expect(f).toThrow(message);
  });
  test('also as a group', () => {
    expect(() => new SGD([{ params: [p], lr: 0 }])).toThrow('SGD: lr is 0');
    expect(() => new SGD([{ params: [] }])).toThrow('SGD: no parameters are given');
    expect(() => new SGD([{ params: [p] }, { params: [p] }])).toThrow('given twice');
    const group = new SGD([{ params: [p] }]).paramGroups[0]!;
    expect(() => group.set({ momentum: 2 })).toThrow('SGD: momentum is 2');
    expect(group.settings.momentum).toBe(0);
  });
  test('lr inside a compiled function', () => {
    const optimizer = new SGD([p]);
    const f = compile(() => {
      optimizer.step();
      optimizer.lr = 1;
      return zeros([]);
    });
    expect(() => f()).toThrow('inside');
  });
});

test('φ and ψ define an optimizer', () => {
  const Signed = defineOptimizer({
    name: 'Signed',
    defaults: { lr: 0.5, gamma: 0.5 },
    state: { m: 0 },
    phi: (g, { lr, hyper, state }) => {
      state.m = state.m.mul(hyper.gamma).add(g);
      return state.m.sign().mul(lr);
    },
  });
  const p = withGradient(3);
  const optimizer = new Signed([p], { gamma: 0.25 });
  optimizer.step();
  optimizer.step();
  expect(values(p)).toEqual([2, 2]);
  expect(Object.keys(optimizer.stateDict().state)).toEqual(['0.step', '0.m']);
  expect(optimizer.stateDict().state['0.m']!.array()).toEqual([1.25, 1.25]);
  // ψ sees t, ε is 1e-8 within the root of the notes' form.
  const Shrinking = defineOptimizer({
    name: 'Shrinking',
    defaults: { lr: 1 },
    phi: (g, { lr }) => g.mul(lr),
    psi: (g, { t }) => g.mul(0).add(t.mul(t)),
  });
  const q = withGradient(0);
  const shrinking = new Shrinking([q], { form: 'notes' });
  shrinking.step();
  shrinking.step();
  expectClose(q, [-1.5, -1.5], 1e-6);
});

describe('the whole update is one kernel', () => {
  const cases: readonly (readonly [string, (params: Parameter[]) => Optimizer])[] = [
    ['SGD', (ps) => new SGD(ps)],
    ['SGD with momentum', (ps) => new SGD(ps, { momentum: 0.9, dampening: 0.1 })],
    ['Adam', (ps) => new Adam(ps, { weightDecay: 0.1 })],
    ['AdamW', (ps) => new AdamW(ps)],
    ['AdaGrad', (ps) => new AdaGrad(ps)],
    ['RMSProp', (ps) => new RMSProp(ps)],
    ['RMSProp, centered', (ps) => new RMSProp(ps, { centered: true, momentum: 0.9 })],
    ['AMSGrad', (ps) => new AMSGrad(ps)],
    ['AdaDelta', (ps) => new AdaDelta(ps)],
    ['Adamax', (ps) => new Adamax(ps)],
    ['NAdam', (ps) => new NAdam(ps)],
    ['RAdam', (ps) => new RAdam(ps)],
  ];
  test.each(cases)('%s', (_, make) => {
    setDevice(new WasmDevice());
    try {
      const params = [[20, 30], [30], [30, 7], [7]].map((shape) => new Parameter(rand(shape)));
      const optimizer = make(params);
      const step = compile((x: Tensor) => {
        optimizer.zeroGrad();
        const h = x.matmul(params[0]!).add(params[1]!).relu();
        h.matmul(params[2]!).add(params[3]!).pow(2).sum().backward();
        optimizer.step();
      });
      step(ones([4, 20]));
      expect(step.explain().match(/map \d+ × 4 tensors/g)).toHaveLength(1);
      // Besides, the scalars: the step number, and what is computed from it.
      expect((step.explain().match(/ map \d/g) ?? []).length).toBeLessThanOrEqual(3);
    } finally {
      setDevice(testDevice);
    }
  });
});
