import {
  GeneratedBatches,
  requireInteger,
  type GeneratedBatchesOptions,
} from './generated-batches.js';

/** Options of `addingProblem`. */
export interface AddingProblemOptions extends GeneratedBatchesOptions {
  /** Steps of a sequence, T, at least 2. */
  readonly length: number;
}

/**
 * The adding problem: at each step a number, uniform on [0, 1), and a mark, which is 1 at two steps and 0
 * elsewhere; what is asked for is the sum of the two numbers that are marked. The first mark is in the first
 * half of the sequence, the second in the other. Who always says 1 has a mean squared error of 1/6.
 *
 * Source: Hochreiter and Schmidhuber, 1997, Long Short-Term Memory, experiment 4, in the form of Le et al.,
 * 2015, arXiv:1504.00941.
 *
 * @returns Batches of x, f32 [N, T, 2], and y, f32 [N, 1].
 * @throws ArgumentError for options that cannot be used.
 * @example
 * const train = addingProblem({ length: 400, batchSize: 32, seed: 1 });
 * const { x, y } = train.batch(0); // [32, 400, 2], [32, 1]
 */
export function addingProblem(options: AddingProblemOptions): GeneratedBatches<'x' | 'y'> {
  const { length } = options;
  requireInteger('addingProblem', 'length', length, 2);
  const half = Math.floor(length / 2);
  return new GeneratedBatches('addingProblem', options, (random, n) => {
    const x = new Float32Array(n * length * 2);
    const y = new Float32Array(n);
    for (let i = 0; i < n; i++) {
      const start = i * length;
      for (let t = 0; t < length; t++) x[2 * (start + t)] = random.uniform();
      for (const t of [random.below(half), half + random.below(length - half)]) {
        x[2 * (start + t) + 1] = 1;
        y[i]! += x[2 * (start + t)]!;
      }
    }
    return {
      x: { dtype: 'f32', shape: [n, length, 2], values: x },
      y: { dtype: 'f32', shape: [n, 1], values: y },
    };
  });
}

/** Options of `copyingProblem`. */
export interface CopyingProblemOptions extends GeneratedBatchesOptions {
  /** Blank steps between what is told and what is asked for, T, at least 1. */
  readonly length: number;
  /** Kinds of symbols; default 8. */
  readonly symbols?: number;
  /** Symbols to be remembered, S; default 10. */
  readonly remembered?: number;
}

/**
 * The copying problem: S symbols, T - 1 blanks, a sign to begin, and S blanks, during which the symbols have to
 * be told again in their order; before, a blank at each step. Symbols have the classes 0 … K - 1, the blank K
 * and the sign K + 1. Who tells blanks and then guesses has a mean cross-entropy of S ln K / (T + 2S).
 *
 * Source: Hochreiter and Schmidhuber, 1997, in the form of Arjovsky, Shah and Bengio, 2016, arXiv:1511.06464.
 *
 * @returns Batches of x, f32 one-hot [N, T + 2S, K + 2], and y, i32 classes [N, T + 2S].
 * @throws ArgumentError for options that cannot be used.
 * @example
 * const { x, y } = copyingProblem({ length: 100 }).batch(0); // [32, 120, 10], [32, 120]
 */
export function copyingProblem(options: CopyingProblemOptions): GeneratedBatches<'x' | 'y'> {
  const op = 'copyingProblem';
  const { length, symbols = 8, remembered = 10 } = options;
  requireInteger(op, 'length', length, 1);
  requireInteger(op, 'symbols', symbols, 2);
  requireInteger(op, 'remembered', remembered, 1);
  const [steps, classes] = [length + 2 * remembered, symbols + 2];
  return new GeneratedBatches(op, options, (random, n) => {
    const x = new Float32Array(n * steps * classes);
    const y = new Int32Array(n * steps).fill(symbols);
    for (let i = 0; i < n; i++) {
      for (let t = 0; t < steps; t++) {
        const isTold = t < remembered;
        const isSign = t === remembered + length - 1;
        const symbol = isTold ? random.below(symbols) : isSign ? symbols + 1 : symbols;
        x[(i * steps + t) * classes + symbol] = 1;
        if (isTold) y[i * steps + length + remembered + t] = symbol;
      }
    }
    return {
      x: { dtype: 'f32', shape: [n, steps, classes], values: x },
      y: { dtype: 'i32', shape: [n, steps], values: y },
    };
  });
}
