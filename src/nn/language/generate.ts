import { ArgumentError } from '../../engine/core/errors.js';
import type { Tensor } from '../../tensor/index.js';
import { compile, fromData, Generator, noGrad, scan, tensor, where } from '../../tensor/index.js';
import type { LanguageModel } from './language-model.js';
import { checkSampling, sampleLogits, type SamplingOptions } from './sampling.js';

/** Options of `generateIds`. */
export interface GenerateIdsOptions extends Omit<SamplingOptions, 'generator'> {
  /** How many symbols to write. */
  readonly length: number;
  /** Of what is drawn. Default: the generator that `manualSeed` sets goes on. */
  readonly seed?: number;
  /** Symbols that are handed out at once, and written by one call of a program. Default 64. */
  readonly chunk?: number;
}

/** Options of `generate`. */
export interface GenerateOptions extends GenerateIdsOptions {
  /** What the text goes on from; it is not handed out again. */
  readonly prompt: string;
}

/** The part of a tokenizer that writing takes. */
export interface TextCodec {
  readonly vocabularySize: number;
  encode(text: string): Int32Array;
  decode(ids: ArrayLike<number>): string;
}

/**
 * Symbols that a model writes behind a prompt, each drawn by `sampleLogits` from what it expects after
 * all those before. The model is stepped through as it is in evaluation mode, with its weights from the
 * beginning, and one compiled program reads the prompt and writes, `chunk` symbols a call. With the same
 * seed the symbols are the same, whatever the chunk is.
 *
 * A model that has a `contextLength` of C sees the last C / 2 to C symbols: behind C it begins anew with
 * the last C / 2, and from a longer prompt it takes as many.
 *
 * @param prompt Symbols from 0 to V - 1, one at least.
 * @returns Chunks of new symbols, `length` in all.
 * @throws ArgumentError for an empty prompt, symbols that are none, and options that cannot be.
 *
 * @example
 * for (const ids of generateIds(model, [5, 3], { length: 100, temperature: 0.8, seed: 1 })) use(ids);
 */
export function* generateIds<State>(
  model: LanguageModel<State>,
  prompt: ArrayLike<number>,
  options: GenerateIdsOptions,
): IterableIterator<Int32Array> {
  const { length, seed, chunk = DEFAULT_CHUNK, ...sampling } = options;
  checkOptions('generateIds', options);
  checkPrompt(model, prompt);
  const generator = seed === undefined ? {} : { generator: new Generator(seed) };
  const write = writer(model, { ...sampling, ...generator });
  const { contextLength: most = Infinity } = model;
  const kept = Math.ceil(most / 2);
  let done = 0;
  // The last symbols, to begin anew with where the model can take no more.
  let last = Array.from(prompt);
  if (last.length > most) last = last.slice(-kept);
  while (done < length) {
    // All of them but the first is what the first steps are made to give.
    const [first, ...given] = last as [number, ...number[]];
    let ids = tensor([first], { dtype: 'i32' });
    let state = write.initial;
    for (let at = 0; at < most && done < length;) {
      const steps = Math.min(chunk, most - at);
      const forced = Int32Array.from({ length: steps }, (_, i) => given[at + i] ?? -1);
      const [carry, written] = write.run(ids, state, fromData(forced, [steps, 1]));
      ({ ids, state } = carry);
      const from = Math.max(0, given.length - at);
      const fresh = Int32Array.from(written.dataSync().slice(from, from + length - done));
      at += steps;
      done += fresh.length;
      if (most < Infinity) last = [...last, ...fresh].slice(-kept);
      if (fresh.length > 0) yield fresh;
    }
  }
}

/**
 * Text that a model writes behind a prompt, piece by piece as it comes, until `length` symbols are there:
 * `generateIds` with a tokenizer. Between the pieces other work of the program has its turn.
 *
 * @throws ArgumentError for an empty prompt, a character of it that the tokenizer does not know, a tokenizer
 *   of another vocabulary than the model's, and options that cannot be.
 *
 * @example
 * const options = { prompt: 'ROMEO:', length: 500, temperature: 0.8, seed: 1 };
 * for await (const piece of generate(model, tokenizer, options)) process.stdout.write(piece);
 */
export async function* generate<State>(
  model: LanguageModel<State>,
  tokenizer: TextCodec,
  { prompt, ...options }: GenerateOptions,
): AsyncGenerator<string, void, undefined> {
  checkOptions('generate', options);
  if (tokenizer.vocabularySize !== model.vocabularySize) {
    throw new ArgumentError(
      `generate: the tokenizer has ${tokenizer.vocabularySize} symbols, the model ` +
        `${model.vocabularySize}; use the tokenizer that the model was trained with.`,
    );
  }
  const ids = tokenizer.encode(prompt);
  if (ids.length === 0) {
    throw new ArgumentError(
      "generate: the prompt is empty; give some text to go on from, a line feed ('\\n') for instance.",
    );
  }
  // Symbols whose text is not whole yet: bytes of one character may be several symbols.
  let held: number[] = [];
  let breath = performance.now();
  for (const fresh of generateIds(model, ids, options)) {
    held.push(...fresh);
    const text = tokenizer.decode(held);
    if (text.endsWith(BROKEN) && held.length < MOST_HELD + fresh.length) continue;
    held = [];
    yield text;
    if (performance.now() - breath < BREATH) continue;
    await new Promise<void>((resolve) => void setTimeout(resolve, 0));
    breath = performance.now();
  }
  if (held.length > 0) yield tokenizer.decode(held);
}

const DEFAULT_CHUNK = 64;
/** What a decoder puts in place of bytes that are no whole character. */
const BROKEN = '\ufffd';
/** Milliseconds after which others have their turn: a turn takes one by itself. */
const BREATH = 20;
/** No character has more bytes. */
const MOST_HELD = 4;

interface Writer<State> {
  readonly initial: State;
  readonly run: (
    ids: Tensor,
    state: State,
    forced: Tensor,
  ) => readonly [{ readonly ids: Tensor; readonly state: State }, Tensor];
}

/**
 * A program with a step for each row of `forced`, i32 [steps, 1]: a symbol that is not forced (-1) is drawn,
 * and the next step gets it.
 */
function writer<State>(model: LanguageModel<State>, sampling: SamplingOptions): Writer<State> {
  const mode = model.training;
  model.eval();
  const { initial, step } = noGrad(() => model.stepper(1));
  model.train(mode);
  type Carry = { ids: Tensor; state: State };
  const run = compile(
    (ids: Tensor, state: State, forced: Tensor) =>
      noGrad(() =>
        scan(
          (before: Carry, given: Tensor): readonly [Carry, Tensor] => {
            const { logits, state: after } = step(before.ids, before.state);
            const next = where(given.ge(0), given, sampleLogits(logits, sampling));
            return [{ ids: next, state: after }, next];
          },
          { ids, state },
          forced,
        ),
      ),
    { name: 'generation' },
  );
  return { initial, run };
}

function checkOptions(
  op: string,
  { length, chunk = DEFAULT_CHUNK, ...rest }: GenerateIdsOptions,
): void {
  checkSampling(op, rest);
  for (const [name, value] of Object.entries({ length, chunk })) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new ArgumentError(`${op}: ${name} is ${value}; use an integer of at least 1.`);
  }
}

function checkPrompt(
  { vocabularySize }: Pick<LanguageModel, 'vocabularySize'>,
  prompt: ArrayLike<number>,
): void {
  const ids = Array.from(prompt);
  if (ids.length === 0) {
    throw new ArgumentError('generateIds: the prompt is empty; give one symbol at least.');
  }
  const odd = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabularySize);
  if (odd === undefined) return;
  throw new ArgumentError(
    `generateIds: the prompt has ${odd}, and the symbols are 0 to ${vocabularySize - 1}; encode it ` +
      'with the tokenizer of the model.',
  );
}
