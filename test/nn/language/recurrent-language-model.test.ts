// covers: src/nn/language/recurrent-language-model.ts, src/nn/language/language-model.ts
// covers: src/nn/language/generate.ts, src/nn/recurrent/stepper.ts
import { describe, expect, test } from 'vitest';
import {
  crossEntropy,
  generate,
  generateIds,
  RecurrentLanguageModel,
  type GenerateIdsOptions,
  type RecurrentKind,
  type RecurrentLanguageModelOptions,
} from '../../../src/nn/index.js';
import { manualSeed, randint, tensor, type Tensor } from '../../../src/tensor/index.js';
import { CharacterTokenizer } from '../../../src/text/index.js';
import { expectClose, values } from '../../tensor/check.js';

const f64 = { dtype: 'f64' } as const;

function make(options: RecurrentLanguageModelOptions = {}, size = 7): RecurrentLanguageModel {
  manualSeed(1);
  return new RecurrentLanguageModel(size, { hiddenSize: 6, ...f64, ...options }).eval();
}

const someIds = (shape: number[]): Tensor => (manualSeed(2), randint(0, 7, shape));

const KINDS: [RecurrentKind, RecurrentLanguageModelOptions][] = [
  ['lstm', {}],
  ['lstm', { numLayers: 2, embeddingSize: 3 }],
  ['gru', { numLayers: 2 }],
  ['rnn', {}],
  ['lstm', { tied: true }],
];

describe.each(KINDS)('%s %j', (kind, options) => {
  const model = make({ kind, ...options });
  const ids = someIds([3, 5]);

  test('step by step gives what the whole gives', () => {
    const whole = model.forward(ids);
    expect(whole.shape).toEqual([3, 5, 7]);
    let state: readonly Tensor[] | null = null;
    for (const [t, id] of ids.unbind(1).entries()) {
      const step: ReturnType<typeof model.step> = model.step(id, state);
      expectClose(step.logits, whole.unbind(1)[t]!.array(), 1e-12);
      ({ state } = step);
    }
  });
  test('so does what is made ready for many steps', () => {
    const whole = model.forward(ids);
    const { initial, step } = model.stepper(3);
    let state = initial;
    for (const [t, id] of ids.unbind(1).entries()) {
      const { logits, state: next } = step(id, state);
      expectClose(logits, whole.unbind(1)[t]!.array(), 1e-12);
      state = next;
    }
    expect(state.map((s) => s.shape)).toEqual(initial.map((s) => s.shape));
  });
  test('in two parts gives what the whole gives', () => {
    const [a, b] = ids.split([2, 3], 1);
    const first = model.run(a!);
    const second = model.run(b!, first.state);
    const whole = model.run(ids);
    expectClose(second.logits, whole.logits.slice(1, 2).array(), 1e-12);
    for (const [i, s] of second.state.entries()) expectClose(s, whole.state[i]!.array(), 1e-12);
  });
  test('does not see what comes later', () => {
    const other = ids.clone();
    const changed = tensor([[...values(other.at(0)).slice(0, 4), 6]], { dtype: 'i32' });
    const before = model.forward(ids.slice(0, 0, 1)).slice(1, 0, 4);
    expect(model.forward(changed).slice(1, 0, 4).array()).toEqual(before.array());
  });
  test('every parameter has a gradient', () => {
    const logits = model.forward(ids).reshape([15, 7]);
    crossEntropy(logits, someIds([15])).backward();
    for (const [name, p] of model.namedParameters()) {
      expect([name, p.grad?.shape]).toEqual([name, p.shape]);
      p.grad = null;
    }
  });
  test('writes greedily what forward expects', () => {
    const prompt = [1, 4, 2];
    const written = [...generateIds(model, prompt, { length: 10, temperature: 0, chunk: 4 })];
    const all = [...prompt];
    for (let i = 0; i < 10; i++) {
      const logits = model.forward(tensor([all], { dtype: 'i32' }));
      all.push(logits.at(0, -1).argmax().item());
    }
    expect(written.flatMap((part) => [...part])).toEqual(all.slice(3));
  });
});

describe('RecurrentLanguageModel', () => {
  test('is as large as its parts', () => {
    const sizes = (m: RecurrentLanguageModel): Record<string, readonly number[]> =>
      Object.fromEntries([...m.namedParameters()].map(([name, p]) => [name, p.shape]));
    expect(sizes(make({ embeddingSize: 3 }))).toEqual({
      'embedding.weight': [7, 3],
      'recurrent.weight_ih_l0': [24, 3],
      'recurrent.weight_hh_l0': [24, 6],
      'recurrent.bias_ih_l0': [24],
      'recurrent.bias_hh_l0': [24],
      'output.weight': [7, 6],
      'output.bias': [7],
    });
    const tied = sizes(make({ tied: true }));
    expect(tied['output.weight']).toBeUndefined();
    expect(tied['outputBias']).toEqual([7]);
  });
  test('an LSTM begins with open gates f', () => {
    const { biasIh, biasHh } = make().recurrent.weights[0]!;
    const sum = values(biasIh!.detach().add(biasHh!.detach()));
    expect(sum.slice(6, 12)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(sum.slice(0, 6)).not.toEqual([1, 1, 1, 1, 1, 1]);
  });
  test('drops in training alone', () => {
    const model = make({ dropout: 0.5, numLayers: 2 });
    const ids = someIds([2, 4]);
    const still = model.forward(ids).array();
    expect(model.forward(ids).array()).toEqual(still);
    model.train();
    expect(model.forward(ids).array()).not.toEqual(still);
  });
  test.each<[RecurrentLanguageModelOptions, string]>([
    [{ kind: 'mlp' as 'rnn' }, "kind is 'mlp'; use 'lstm', 'gru' or 'rnn'."],
    [{ hiddenSize: 0 }, 'hiddenSize is 0; use an integer of at least 1.'],
    [{ dropout: 1 }, 'dropout is 1; use a probability of at least 0 and below 1.'],
    [{ tied: true, embeddingSize: 3 }, 'embeddingSize is 3, hiddenSize 6; make them equal'],
  ])('refuses %j', (options, message) => {
    expect(() => make(options)).toThrow(message);
  });
  test('refuses ids of another shape or beyond the vocabulary', () => {
    const model = make();
    expect(() => model.forward(someIds([3]))).toThrow('ids are [3]; give [N, T]');
    expect(() => model.step(someIds([3, 1]))).toThrow('step takes ids [N]');
    expect(() => model.forward(tensor([[7]], { dtype: 'i32' })).array()).toThrow(
      'RecurrentLanguageModel: ids have 7; use numbers from 0 to 6.',
    );
    expect(() => make({}, 0)).toThrow('vocabularySize is 0');
  });
});

describe('generateIds', () => {
  const model = make({ dtype: 'f32' });
  const write = (options: Partial<GenerateIdsOptions> = {}, prompt = [1, 2, 3]): number[] =>
    [...generateIds(model, prompt, { length: 50, seed: 4, ...options })].flatMap((c) => [...c]);

  test('gives as many as asked for, the same for the same seed, whatever the chunk is', () => {
    const written = write();
    expect(written).toHaveLength(50);
    expect(write()).toEqual(written);
    for (const chunk of [1, 7, 50, 200]) expect(write({ chunk })).toEqual(written);
    expect(write({ seed: 5 })).not.toEqual(written);
    expect(write({ length: 20 })).toEqual(written.slice(0, 20));
  });
  test('hands out chunks as they come, and none that is empty', () => {
    const long = Array.from({ length: 30 }, (_, i) => i % 7);
    const sizes = [...generateIds(model, long, { length: 9, chunk: 4, seed: 1 })].map(
      (c) => c.length,
    );
    expect(sizes.reduce((a, b) => a + b)).toBe(9);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
    expect(sizes.length).toBeGreaterThan(2);
  });
  test('without a seed goes on with the generator that manualSeed sets', () => {
    manualSeed(9);
    const [first, second] = [write({ seed: undefined! }), write({ seed: undefined! })];
    expect(second).not.toEqual(first);
    manualSeed(9);
    expect(write({ seed: undefined! })).toEqual(first);
  });
  test('leaves the mode of the model as it was', () => {
    const other = make({ dropout: 0.9 }).train();
    const greedy = (): number[] =>
      [...generateIds(other, [1], { length: 8, temperature: 0 })].flatMap((c) => [...c]);
    expect(greedy()).toEqual(greedy());
    expect(other.training).toBe(true);
  });
  test('refuses what cannot be', () => {
    expect(() => write({}, [])).toThrow('generateIds: the prompt is empty');
    expect(() => write({}, [1, 7])).toThrow('the prompt has 7, and the symbols are 0 to 6');
    expect(() => write({}, [0.5])).toThrow('the prompt has 0.5');
    expect(() => write({ length: 0 })).toThrow('length is 0; use an integer of at least 1.');
    expect(() => write({ chunk: 1.5 })).toThrow('chunk is 1.5');
    expect(() => write({ temperature: -1 })).toThrow('generateIds: temperature is -1');
  });
});

describe('generate', () => {
  const tokenizer = CharacterTokenizer.fromText('abcdefg');
  const model = make({ dtype: 'f32' });

  test('is the text of the symbols', async () => {
    const options = { length: 40, seed: 3, chunk: 16 };
    const ids = [...generateIds(model, tokenizer.encode('cab'), options)];
    const pieces: string[] = [];
    for await (const piece of generate(model, tokenizer, { prompt: 'cab', ...options })) {
      pieces.push(piece);
    }
    expect(pieces.length).toBe(ids.length);
    expect(pieces.join('')).toBe(ids.map((part) => tokenizer.decode(part)).join(''));
  });
  test('holds back what is not a whole character yet', async () => {
    // Symbols are bytes: 0xc3 0xa9 is é.
    const bytes = {
      vocabularySize: 7,
      encode: () => Int32Array.of(1),
      decode: (ids: ArrayLike<number>) => {
        const text = Array.from(ids, (id) => (id % 2 === 0 ? 0xc3 : 0xa9));
        return new TextDecoder().decode(Uint8Array.from(text));
      },
    };
    const pieces: string[] = [];
    const options = { prompt: 'x', length: 30, chunk: 1, seed: 1 };
    for await (const piece of generate(model, bytes, options)) pieces.push(piece);
    const ids = [...generateIds(model, [1], options)].flatMap((part) => [...part]);
    expect(pieces.length).toBeLessThan(30);
    expect(pieces.some((piece) => piece.includes('é'))).toBe(
      ids.some((id, i) => id % 2 === 0 && (ids[i + 1] ?? 0) % 2 === 1),
    );
  });
  test('refuses an empty prompt, unknown characters and another vocabulary', async () => {
    const first = async (prompt: string, codec = tokenizer): Promise<unknown> =>
      generate(model, codec, { prompt, length: 5 }).next();
    await expect(first('')).rejects.toThrow('generate: the prompt is empty');
    await expect(first('abz')).rejects.toThrow(
      '"z" (U+007A) at position 2 is not among the 7 characters',
    );
    await expect(first('a', CharacterTokenizer.fromText('ab'))).rejects.toThrow(
      'the tokenizer has 2 symbols, the model 7',
    );
  });
});
