import { describe, expect, test } from 'vitest';
import type { Optimizer } from '../../src/optim/index.js';
import { Adam, SGD } from '../../src/optim/index.js';
import { Parameter, compile, tensor } from '../../src/tensor/index.js';
import { values } from '../tensor/check.js';
import { energy, flat, startParameters } from './check.js';

function stepper(params: Parameter[], optimizer: Optimizer): () => void {
  return compile(() => {
    optimizer.zeroGrad();
    energy(params).backward();
    optimizer.step();
  });
}

/** New parameters of the same values. */
function copies(params: readonly Parameter[]): Parameter[] {
  return params.map((p) => new Parameter(p.detach()));
}

describe('training goes on from a saved state as if it had not stopped', () => {
  test.each(['pytorch', 'notes'] as const)('%s', (form) => {
    const params = startParameters();
    const optimizer = new Adam(params, { lr: 0.1, form });
    const step = stepper(params, optimizer);
    step();
    optimizer.lr = 0.05;
    step();
    const state = optimizer.stateDict();
    const others = copies(params);
    const resumed = new Adam(others);
    // JSON keeps all but the tensors.
    const { paramGroups } = JSON.parse(JSON.stringify(state)) as typeof state;
    resumed.loadStateDict({ ...state, paramGroups });
    expect(resumed.lr).toBe(0.05);
    expect(resumed.paramGroups[0]!.settings.form).toBe(form);
    const resumedStep = stepper(others, resumed);
    for (let i = 0; i < 3; i++) {
      step();
      resumedStep();
    }
    expect(flat(others)).toEqual(flat(params));
  });
  test('in a function that has been compiled before', () => {
    const params = startParameters();
    const optimizer = new Adam(params, { lr: 0.1 });
    const step = stepper(params, optimizer);
    step();
    const [before, at] = [optimizer.stateDict(), params.map((p) => tensor(p.dataSync()))];
    step();
    const after = flat(params);
    optimizer.loadStateDict(before);
    params.forEach((p, i) => p.load(at[i]!.dataSync()));
    step();
    expect(flat(params)).toEqual(after);
  });
});

test('a learning rate of 0 can be saved in the middle of a schedule', () => {
  const [p] = startParameters();
  const optimizer = new SGD([p!], { lr: 1 });
  optimizer.lr = 0;
  const other = new SGD([p!], { lr: 1 });
  other.loadStateDict(optimizer.stateDict());
  expect(other.lr).toBe(0);
  const { paramGroups, ...state } = optimizer.stateDict();
  const bad = { ...state, paramGroups: [{ ...paramGroups[0]!, lr: null }] };
  expect(() => other.loadStateDict(bad)).toThrow('SGD: lr is null; use a finite number');
});

test('its names and numbers', () => {
  const [a, b, c] = [1, 2, 3].map((v) => new Parameter(tensor([v])));
  const optimizer = new SGD([{ params: [a!, b!] }, { params: [c!], lr: 0.5 }], { momentum: 0.9 });
  a!.add(c!).sum().backward();
  optimizer.step();
  const { name, state, paramGroups } = optimizer.stateDict();
  expect(name).toBe('SGD');
  expect(Object.keys(state)).toEqual(['0.step', '0.b', '2.step', '2.b']);
  expect(paramGroups.map((g) => g.params)).toEqual([[0, 1], [2]]);
  expect(paramGroups[1]).toMatchObject({ lr: 0.5, momentum: 0.9, form: 'pytorch' });
  optimizer.step();
  expect(values(state['0.b']!)).toEqual([1]);
});

describe('what does not fit is refused, and changes nothing', () => {
  const made = (): { p: Parameter; optimizer: Adam } => {
    const p = new Parameter(tensor([1, 2]));
    const optimizer = new Adam([p]);
    p.sum().backward();
    optimizer.step();
    return { p, optimizer };
  };
  const { p, optimizer } = made();
  const state = optimizer.stateDict();
  const start = 'loadStateDict: the state does not fit this ';
  test.each([
    ['of another kind', () => new SGD([p]).loadStateDict(state), `${start}SGD: it is of Adam`],
    [
      'for other parameters',
      () => new Adam([p, new Parameter(tensor(1))]).loadStateDict(state),
      `${start}Adam: its groups have [1] parameters, and here [2]`,
    ],
    [
      'of other shapes',
      () => new Adam([new Parameter(tensor([1]))]).loadStateDict(state),
      `${start}Adam: '0.m' has shape [2], its parameter [1]`,
    ],
    [
      'incomplete',
      () =>
        optimizer.loadStateDict({
          ...state,
          state: { '0.step': tensor(1), '0.m': state.state['0.m']! },
        }),
      `${start}Adam: '0.v' is missing`,
    ],
    [
      'with settings out of range',
      () =>
        optimizer.loadStateDict({ ...state, paramGroups: [{ ...state.paramGroups[0]!, eps: -1 }] }),
      'Adam: eps is -1',
    ],
  ])('%s', (_, f, message) => {
    expect(f).toThrow(message);
    expect(optimizer.stateDict().state['0.step']!.item()).toBe(1);
    expect(optimizer.paramGroups[0]!.settings.eps).toBe(1e-8);
  });
});
