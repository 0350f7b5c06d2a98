import { isFloat } from '../engine/core/dtype.js';
import { ArgumentError, DTypeError, NumericError } from '../engine/core/errors.js';
import { formatShape, sizeOf } from '../engine/core/shape.js';
import { fromData } from './create.js';
import { grad } from './grad.js';
import { enableGrad, noGrad } from './grad-mode.js';
import type { StateTensor } from './parameter.js';
import { defaultGenerator } from './random.js';
import { Tensor } from './tensor.js';

/** Options of `gradcheck`. */
export interface GradcheckOptions {
  /** h, by which each number is moved up and down. Default 10⁻⁶. */
  readonly eps?: number;
  /** Default 10⁻⁵. */
  readonly atol?: number;
  /** Default 10⁻³. */
  readonly rtol?: number;
  /** Parameters that f uses besides its inputs, f64: they are checked like these. Default none. */
  readonly parameters?: Iterable<StateTensor>;
  /** Whether a mismatch is an error, or only reported. Default true. */
  readonly raiseException?: boolean;
}

/** A derivative that is not as measured. */
export interface GradcheckMismatch {
  /** What it is a derivative by: input or parameter number `number`, and the place of the element. */
  readonly by: 'input' | 'parameter';
  readonly number: number;
  readonly index: readonly number[];
  /** Which of the results, and the place of the element in it. */
  readonly output: number;
  readonly outputIndex: readonly number[];
  /** What autograd says. */
  readonly analytic: number;
  /** By central differences. */
  readonly numeric: number;
  /** By differences to the left and to the right alone; far apart at a kink. */
  readonly slopes: readonly [left: number, right: number];
}

/** What `gradcheck` has found. */
export interface GradcheckReport {
  readonly passed: boolean;
  /** Derivatives compared. */
  readonly checked: number;
  /** The greatest |analytic - numeric|. */
  readonly maxError: number;
  /** In the order of inputs, then of outputs. */
  readonly mismatches: readonly GradcheckMismatch[];
}

/** The results of f in a row. */
interface Values {
  readonly shapes: readonly (readonly number[])[];
  readonly data: Float64Array;
}

/** What derivatives are taken by. */
interface Source {
  readonly by: 'input' | 'parameter';
  readonly number: number;
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/**
 * Compares what autograd says of a function with central differences in f64: each derivative of each
 * number of its result by each number of its inputs, ∂f/∂x ≈ (f(x + h) - f(x - h)) / 2h, and passes where
 * |analytic - numeric| ≤ atol + rtol · |numeric|.
 *
 * At a kink (`relu` at 0, `max` at a tie) there is no derivative: autograd takes one of the slopes,
 * differences their mean. Such a mismatch is no error of f; its `slopes` differ, and the inputs should
 * keep away from it, by more than h. The same holds for jumps.
 *
 * f is called twice for each number of the inputs and once for each of the result, with the default
 * generator in the same state, so that dropout is checked with one mask.
 *
 * @param f Of the inputs; its result is a tensor, or a list of them, f64.
 * @param inputs One, or a list. Those of a float dtype are converted to f64 and checked, others are
 *   passed as they are.
 * @throws NumericError that names the first mismatch, unless `raiseException` is false, and where a
 *   result is not finite; DTypeError where f or a parameter is not f64; ArgumentError for nothing to
 *   check, an option out of range, or an f that gives different results for the same inputs.
 * @example
 * const swish = (x: Tensor) => x.mul(x.sigmoid());
 * gradcheck(swish, tensor([-1, 0.5, 2])).maxError; // about 4e-11
 */
export function gradcheck(
  f: (...inputs: Tensor[]) => Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  options: GradcheckOptions = {},
): GradcheckReport {
  const { raiseException = true } = options;
  const check = new Check(f, inputs instanceof Tensor ? [inputs] : inputs, options);
  const report = check.run();
  if (!raiseException || report.passed) return report;
  throw new NumericError(`gradcheck: ${sentenceOf(report)}`);
}

/** One call of `gradcheck`. */
class Check {
  private readonly eps: number;
  private readonly atol: number;
  private readonly rtol: number;
  private readonly parameters: readonly StateTensor[];
  private readonly sources: readonly Source[];
  private readonly generator = defaultGenerator.getState();

  constructor(
    private readonly f: (...inputs: Tensor[]) => Tensor | readonly Tensor[],
    private readonly inputs: readonly Tensor[],
    { eps = 1e-6, atol = 1e-5, rtol = 1e-3, parameters = [] }: GradcheckOptions,
  ) {
    checkRange('eps', eps, eps > 0, 'a number above 0');
    checkRange('atol', atol, atol >= 0, '0 or more');
    checkRange('rtol', rtol, rtol >= 0, '0 or more');
    [this.eps, this.atol, this.rtol] = [eps, atol, rtol];
    this.parameters = [...parameters];
    for (const [i, p] of this.parameters.entries()) {
      if (p.dtype === 'f64') continue;
      throw new DTypeError(
        `gradcheck: parameter ${i} ${formatShape(p.shape)} is ${p.dtype}; make it f64, as a layer ` +
          "does with dtype: 'f64'.",
      );
    }
    this.sources = [
      ...inputs.flatMap((x, number) => (isFloat(x.dtype) ? [sourceOf('input', number, x)] : [])),
      ...this.parameters.map((p, number) => sourceOf('parameter', number, p)),
    ];
    if (this.sources.every(({ values }) => values.length === 0)) {
      throw new ArgumentError(
        'gradcheck: there is nothing to check; give an input of a float dtype, or parameters.',
      );
    }
  }

  run(): GradcheckReport {
    try {
      return this.compare();
    } finally {
      for (const source of this.sources) this.put(source, source.values);
      defaultGenerator.setState(this.generator);
    }
  }

  private compare(): GradcheckReport {
    const start = this.evaluate();
    if (start.data.length === 0) {
      throw new ArgumentError('gradcheck: the result has no numbers; give a function of some.');
    }
    const again = this.evaluate();
    const differs = start.data.findIndex((value, i) => value !== again.data[i]);
    if (differs >= 0) {
      throw new ArgumentError(
        `gradcheck: called twice with the same inputs, the function gives ${start.data[differs]} and ` +
          `${again.data[differs]}; give one that depends on its inputs alone.`,
      );
    }
    const analytic = this.analytic(start);
    const mismatches: GradcheckMismatch[] = [];
    let maxError = 0;
    let checked = 0;
    for (const [s, source] of this.sources.entries()) {
      for (const k of source.values.keys()) {
        const { left, right, numeric } = this.slopes(source, k, start);
        for (const [o, n] of numeric.entries()) {
          const a = analytic[o]![s]![k]!;
          const error = Math.abs(a - n);
          checked++;
          maxError = Math.max(maxError, error);
          if (error <= this.atol + this.rtol * Math.abs(n)) continue;
          const { by, number } = source;
          mismatches.push({
            by,
            number,
            index: indexOf(k, source.shape),
            ...placeOf(o, start.shapes),
            analytic: a,
            numeric: n,
            slopes: [left[o]!, right[o]!],
          });
        }
      }
    }
    return { passed: mismatches.length === 0, checked, maxError, mismatches };
  }

  /** By number of the result: for each source its derivatives. */
  private analytic({ data }: Values): Float64Array[][] {
    return Array.from(data.keys(), (o) =>
      enableGrad(() => {
        const given = this.arguments(true);
        const outputs = this.call(given);
        const wrt = [...given.filter((x) => isFloat(x.dtype)), ...this.parameters];
        let offset = 0;
        const output = outputs.find((y) => o < (offset += y.size))!;
        if (!output.requiresGrad) return wrt.map((x) => new Float64Array(x.size));
        const seed = new Float64Array(output.size);
        seed[o - (offset - output.size)] = 1;
        const seeds = fromData(seed, output.shape);
        const found = grad([output], wrt, { seed: seeds, allowUnused: true });
        return found.map((g) => Float64Array.from(g.dataSync()));
      }),
    );
  }

  /** Derivatives of all results by element k of a source, by three kinds of differences. */
  private slopes(
    source: Source,
    k: number,
    start: Values,
  ): Record<'left' | 'right' | 'numeric', Float64Array> {
    const at = (by: number): { readonly x: number; readonly y: Float64Array } => {
      const moved = source.values.slice();
      moved[k]! += by;
      this.put(source, moved);
      return { x: moved[k]!, y: this.evaluate().data };
    };
    const x = source.values[k]!;
    // What has in fact been moved: x ± h, rounded.
    const [low, high] = [at(-this.eps), at(this.eps)];
    this.put(source, source.values);
    return {
      left: start.data.map((y, i) => (y - low.y[i]!) / (x - low.x)),
      right: start.data.map((y, i) => (high.y[i]! - y) / (high.x - x)),
      numeric: start.data.map((_, i) => (high.y[i]! - low.y[i]!) / (high.x - low.x)),
    };
  }

  private readonly moved = new Map<number, Float64Array>();

  private put({ by, number }: Source, values: Float64Array): void {
    if (by === 'input') this.moved.set(number, values);
    else this.parameters[number]!.load(values);
  }

  private arguments(requiresGrad: boolean): Tensor[] {
    return this.inputs.map((input, i) => {
      if (!isFloat(input.dtype)) return input;
      const values = this.moved.get(i) ?? input.dataSync();
      return fromData(Float64Array.from(values), input.shape, { requiresGrad });
    });
  }

  private call(given: readonly Tensor[]): readonly Tensor[] {
    defaultGenerator.setState(this.generator);
    const result = this.f(...given);
    const outputs = result instanceof Tensor ? [result] : result;
    for (const [i, y] of outputs.entries()) {
      if (y.dtype === 'f64') continue;
      throw new DTypeError(
        `gradcheck: result ${i} ${formatShape(y.shape)} is ${y.dtype}; let the function compute in ` +
          'f64, to which its inputs are converted.',
      );
    }
    return outputs;
  }

  private evaluate(): Values {
    return noGrad(() => {
      const outputs = this.call(this.arguments(false));
      const data = Float64Array.from(outputs.flatMap((y) => [...y.dataSync()]));
      const bad = data.find((value) => !Number.isFinite(value));
      if (bad === undefined) return { shapes: outputs.map((y) => y.shape), data };
      throw new NumericError(
        `gradcheck: the function gives ${bad}; choose inputs around which it is finite.`,
      );
    });
  }
}

function sourceOf(by: Source['by'], number: number, x: Tensor): Source {
  return { by, number, shape: x.shape, values: Float64Array.from(x.dataSync()) };
}

function checkRange(key: string, value: number, good: boolean, allowed: string): void {
  if (good && value < Infinity) return;
  throw new ArgumentError(`gradcheck: ${key} is ${value}; use ${allowed}.`);
}

/** The place of number k in row-major order. */
function indexOf(k: number, shape: readonly number[]): number[] {
  let rest = k;
  return shape.map((_, axis) => {
    const stride = sizeOf(shape.slice(axis + 1));
    const index = Math.floor(rest / stride);
    rest -= index * stride;
    return index;
  });
}

function placeOf(
  o: number,
  shapes: readonly (readonly number[])[],
): Pick<GradcheckMismatch, 'output' | 'outputIndex'> {
  let end = 0;
  const output = shapes.findIndex((shape) => o < (end += sizeOf(shape)));
  const shape = shapes[output]!;
  return { output, outputIndex: indexOf(o - (end - sizeOf(shape)), shape) };
}

function sentenceOf({ mismatches, checked }: GradcheckReport): string {
  const { by, number, index, output, outputIndex, analytic, numeric, slopes } = mismatches[0]!;
  const [left, right] = slopes;
  const kinked = Math.abs(left - right) > 1e-3 * (1 + Math.abs(numeric));
  return (
    `the derivative of result ${output} at [${outputIndex.join(', ')}] by ${by} ${number} at ` +
    `[${index.join(', ')}] is ${analytic} by autograd and ${numeric} by central differences` +
    (mismatches.length > 1 ? `, and ${mismatches.length - 1} more of ${checked} differ` : '') +
    (kinked
      ? `; its slope is ${left} to the left and ${right} to the right: move the input away if the ` +
        'function has a kink there.'
      : "; correct the function's gradient.")
  );
}
