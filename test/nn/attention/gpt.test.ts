// covers: src/nn/attention/gpt.ts, src/nn/attention/gpt-block.ts
// covers: src/nn/attention/key-value-cache.ts
import { describe, expect, test } from 'vitest';
import type { GPTState } from '../../../src/nn/index.js';
import { GPT, crossEntropy, generateIds } from '../../../src/nn/index.js';
import { Adam } from '../../../src/optim/index.js';
import type { Tensor } from '../../../src/tensor/index.js';
import { compile, manualSeed, stack, tensor } from '../../../src/tensor/index.js';
import { expectClose, values } from '../../tensor/check.js';

const sizes = { vocabularySize: 7, contextLength: 9, layers: 2, heads: 2, width: 8 };
const ids = (list: unknown): Tensor => tensor(list as number[], { dtype: 'i32' });
const text = ids([
  [3, 1, 4, 1, 5, 2, 6],
  [2, 0, 1, 6, 2, 1, 0],
]);

/** Drawn wide, so that attention is not nearly even. */
function model(more: object = {}): GPT {
  manualSeed(11);
  const made = new GPT({ ...sizes, ...more });
  for (const p of made.parameters()) if (p.rank > 1) p.assign(p.mul(20));
  return made.eval();
}

describe('a step with the cache gives what forward gives', () => {
  test.each([
    ['tied', {}, 1e-5],
    ['not tied', { tieWeights: false }, 1e-5],
    ['in f64', { dtype: 'f64' }, 1e-13],
  ] as const)('%s', (_, more, tolerance) => {
    const gpt = model(more);
    const whole = gpt.forward(text);
    const stepper = gpt.stepper(2);
    const step = compile((x: Tensor, state: GPTState) => stepper.step(x, state));
    let state = stepper.initial;
    const logits: Tensor[] = [];
    for (let t = 0; t < 7; t++) {
      const made = step(text.narrow(1, t, 1).squeeze(1), state);
      logits.push(made.logits);
      state = made.state;
    }
    expectClose(stack(logits, 1), whole.tolist(), tolerance);
    expect(state.position.item()).toBe(7);
  });
});

describe('it writes what forward expects, with the last half to go on from at the end of its positions', () => {
  const gpt = model();
  /** Without a cache: the likeliest behind what is in sight. */
  function expected(prompt: readonly number[], length: number): number[] {
    const written: number[] = [];
    let sight = prompt.length > 9 ? prompt.slice(-5) : [...prompt];
    while (written.length < length) {
      const logits = gpt
        .forward(ids([sight]))
        .squeeze(0)
        .narrow(0, sight.length - 1, 1);
      const next = logits.argmax(1).item();
      written.push(next);
      sight = [...sight, next];
      if (sight.length > 9) sight = sight.slice(-5);
    }
    return written;
  }
  test.each([
    ['one symbol', [3], 30],
    ['a few symbols', [3, 1, 4, 1, 5], 12],
    ['as many as there are positions', [3, 1, 4, 1, 5, 2, 6, 5, 3], 7],
    ['more than there are positions', [0, 0, 3, 1, 4, 1, 5, 2, 6, 5, 3, 5], 11],
  ])('behind %s', (_, prompt, length) => {
    for (const chunk of [1, 4, 9, 64]) {
      const found = [...generateIds(gpt, prompt, { length, temperature: 0, chunk })];
      expect(found.flatMap((part) => [...part])).toEqual(expected(prompt, length));
      expect(found.every((part) => part.length > 0)).toBe(true);
    }
  });
  test('the same, drawn, whatever the chunk is', () => {
    const write = (chunk: number, seed: number): number[] =>
      [...generateIds(gpt, [1, 2], { length: 25, chunk, seed })].flatMap((part) => [...part]);
    expect(write(2, 1)).toEqual(write(64, 1));
    expect(write(64, 2)).not.toEqual(write(64, 1));
  });
});

test('the future changes nothing before it, to the bit', () => {
  const gpt = model();
  const run = compile((x: Tensor) => gpt.forward(x));
  const other = ids([
    [3, 1, 4, 1, 0, 6, 0],
    [2, 0, 1, 6, 1, 2, 3],
  ]);
  const [first, second] = [run(text), run(other)];
  expect(values(first.narrow(1, 0, 4))).toEqual(values(second.narrow(1, 0, 4)));
  expect(values(first.narrow(1, 4, 1))).not.toEqual(values(second.narrow(1, 4, 1)));
});

test('it learns a sequence', () => {
  manualSeed(5);
  const gpt = new GPT({ ...sizes, dropout: 0 });
  const optimizer = new Adam(gpt.parameters(), { lr: 0.01 });
  const step = compile((x: Tensor, y: Tensor) => {
    const loss = crossEntropy(gpt.forward(x).reshape([-1, 7]), y.reshape([-1]));
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return loss;
  });
  const [x, y] = [text.narrow(1, 0, 6), text.narrow(1, 1, 6)];
  const first = step(x, y).item();
  for (let i = 0; i < 60; i++) step(x, y);
  expect(first).toBeGreaterThan(1.8); // ln 7 = 1.95
  expect(step(x, y).item()).toBeLessThan(0.3);
});

test('first weights are those of GPT-2', () => {
  manualSeed(4);
  const gpt = new GPT({ ...sizes, vocabularySize: 500, width: 64, layers: 8 });
  const std = (t: Tensor): number => t.std().item();
  expect(std(gpt.tokens.weight)).toBeCloseTo(0.02, 3);
  const block = gpt.blocks[0]!;
  expect(std(block.attention.inProjWeight!)).toBeCloseTo(0.02, 3);
  expect(std(block.up.weight)).toBeCloseTo(0.02, 3);
  expect(std(block.down.weight)).toBeCloseTo(0.005, 3);
  expect(std(block.attention.outProj.weight)).toBeCloseTo(0.005, 3);
  expect(values(block.up.bias!).every((b) => b === 0)).toBe(true);
  const untied = new GPT({ ...sizes, tieWeights: false });
  expect([...untied.namedParameters()].length - [...new GPT(sizes).namedParameters()].length).toBe(
    1,
  );
});

test('dropout in training alone', () => {
  const gpt = model({ dropout: 0.5 });
  expect(values(gpt.forward(text))).toEqual(values(gpt.forward(text)));
  gpt.train();
  expect(values(gpt.forward(text))).not.toEqual(values(gpt.forward(text)));
});

test('what does not fit is refused in a sentence', () => {
  expect(() => new GPT({ ...sizes, heads: 3 })).toThrow(
    'GPT: width is 8, which heads = 3 does not divide',
  );
  expect(() => new GPT({ ...sizes, layers: 0 })).toThrow('layers is 0');
  expect(() => new GPT({ ...sizes, dropout: 1.5 })).toThrow('p is 1.5');
  const gpt = model();
  expect(() => gpt.forward(ids([[0, 0, 0, 0, 0, 0, 0, 0, 0, 0]]))).toThrow(
    'GPT: ids has T = 10 positions, and contextLength is 9; give the last 9',
  );
  expect(() => gpt.forward(ids([0]))).toThrow('ids is [1]; give [N, T].');
  expect(() => gpt.forward(ids([[7]]))).toThrow('index 7');
  expect(() => gpt.step(ids([[0]]))).toThrow('ids is [1, 1]; give [N].');
  expect(() => gpt.step(ids([0]), gpt.initialState(2))).toThrow('start with initialState(1)');
  const step = compile((x: Tensor, state: GPTState) => gpt.step(x, state).state);
  let state = gpt.initialState(1);
  for (let t = 0; t < 9; t++) state = step(ids([t % 7]), state);
  const message = 'there have been 9 positions, and contextLength is 9';
  expect(() => step(ids([0]), state)).toThrow(message);
  expect(() => gpt.step(ids([0]), state)).toThrow(message);
});
