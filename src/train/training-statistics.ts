import { ArgumentError } from '../engine/core/errors.js';
import type { Module } from '../nn/index.js';
import type { CompileOptions } from '../tensor/index.js';
import { compileWatched, type Seen, type SeenLayer, type SeenParameter } from './watched-step.js';

/** Options of `TrainingStatistics`. */
export interface TrainingStatisticsOptions {
  /** `fit` looks at the first step of an epoch and then at every so many. Default 50. */
  readonly every?: number;
  /** Elements whose |h′(a)| is below it count as saturated. Default 0.05. */
  readonly saturation?: number;
}

/** The units of a layer whose activation is not the identity. */
export interface LayerStatistics {
  readonly name: string;
  readonly units: number;
  /** Units with h′(a) = 0 for every sample seen: no gradient reaches their weights. */
  readonly dead: number;
  /** The share of elements with a small |h′(a)|; of ReLU, of those that are 0. */
  readonly saturated: number;
}

/** A parameter that had a gradient: means over the steps seen. */
export interface ParameterStatistics {
  readonly name: string;
  /** ‖θ‖ before the step. */
  readonly norm: number;
  /** ‖g‖, as the optimizer got it: after clipping. */
  readonly gradientNorm: number;
  /** ‖Δθ‖ / ‖θ‖; about 1e-3 is usual, and ∞ for what is still all 0. */
  readonly updateRatio: number;
}

/** What was seen in some steps. */
export interface StatisticsRecord {
  /** The number of steps looked at. */
  readonly steps: number;
  readonly layers: readonly LayerStatistics[];
  readonly parameters: readonly ParameterStatistics[];
}

interface LayerSums {
  slopes: Float64Array;
  saturated: number;
  steps: number;
}

interface ParameterSums {
  norm: number;
  gradient: number;
  update: number;
  steps: number;
}

/**
 * Statistics of training: dead and saturated units, norms of gradients, and how far a step moves the
 * weights. Steps that are looked at run as a program of their own, which does the same to the model;
 * all others, and training without statistics, run as if there were none.
 *
 * @throws ArgumentError for options out of range.
 *
 * @example
 * const model = new Sequential(new Linear(4, 16), new ReLU(), new Linear(16, 3));
 * const set = new TensorDataset({ x: rand([60, 4]), y: arange(60).mod(3).to('i32') });
 * const statistics = new TrainingStatistics({ every: 10 });
 * await fit({
 *   model,
 *   optimizer: new Adam(model.parameters()),
 *   train: new DataLoader(set, { batchSize: 20 }),
 *   epochs: 2,
 *   statistics,
 * });
 * console.table(statistics.history.at(-1)!.layers);
 * console.table(statistics.history.at(-1)!.parameters);
 */
export class TrainingStatistics {
  readonly every: number;
  readonly saturation: number;
  /** What `take` has given: of `fit`, a record for each epoch. */
  readonly history: StatisticsRecord[] = [];
  #steps = 0;
  #layers = new Map<string, LayerSums>();
  #parameters = new Map<string, ParameterSums>();

  constructor({ every = 50, saturation = 0.05 }: TrainingStatisticsOptions = {}) {
    if (!Number.isSafeInteger(every) || every < 1) {
      throw new ArgumentError(
        `TrainingStatistics: every is ${every}; use an integer of at least 1.`,
      );
    }
    if (!(saturation > 0 && saturation < Infinity)) {
      throw new ArgumentError(
        `TrainingStatistics: saturation is ${saturation}; use a number above 0, such as 0.05.`,
      );
    }
    this.every = every;
    this.saturation = saturation;
  }

  /**
   * For a loop of one's own: `body`, which does a whole training step, compiled so that each call
   * is looked at. Call it now and then in place of the step that is compiled without.
   *
   * @example
   * const [model, statistics] = [new Linear(3, 2), new TrainingStatistics()];
   * const optimizer = new SGD(model.parameters(), { lr: 0.1 });
   * const body = (x: Tensor, y: Tensor) => {
   *   optimizer.zeroGrad();
   *   const loss = mseLoss(model.forward(x).tanh(), y);
   *   loss.backward();
   *   optimizer.step();
   *   return loss;
   * };
   * const [step, watched] = [compile(body), statistics.watch(model, body)];
   * for (let i = 0; i < 40; i++) (i % 20 === 0 ? watched : step)(ones([8, 3]), ones([8, 2]));
   * statistics.take()!.parameters; // of weight and bias
   */
  watch<A extends unknown[], R>(
    model: Module,
    body: (...args: A) => R,
    options: CompileOptions = {},
  ): (...args: A) => R {
    const step = compileWatched(model, body, this.saturation, {
      name: body.name,
      ...options,
    });
    return (...args) => {
      const { result, seen } = step(...args);
      this.add(seen);
      return result;
    };
  }

  /** @internal Counts in what was seen in a step. */
  add({ layers, parameters }: Seen): void {
    this.#steps++;
    for (const layer of layers) this.#addLayer(layer);
    for (const parameter of parameters) this.#addParameter(parameter);
  }

  /** What was seen since the last call, also put into `history`; undefined if that is nothing. */
  take(): StatisticsRecord | undefined {
    if (this.#steps === 0) return undefined;
    const record = {
      steps: this.#steps,
      layers: [...this.#layers].map(([name, { slopes, saturated, steps }]) => ({
        name,
        units: slopes.length,
        dead: slopes.filter((slope) => slope === 0).length,
        saturated: saturated / steps,
      })),
      parameters: [...this.#parameters].map(([name, { norm, gradient, update, steps }]) => ({
        name,
        norm: norm / steps,
        gradientNorm: gradient / steps,
        updateRatio: update === 0 ? 0 : update / norm,
      })),
    };
    this.history.push(record);
    this.#steps = 0;
    this.#layers.clear();
    this.#parameters.clear();
    return record;
  }

  /** A layer that is used twice in a step has units that live if they do in one of its uses. */
  #addLayer({ name, slopes, saturated }: SeenLayer): void {
    const values = slopes.dataSync();
    const sums = this.#layers.get(name) ?? {
      slopes: new Float64Array(values.length),
      saturated: 0,
      steps: 0,
    };
    this.#layers.set(name, sums);
    // NaN is no 0, and stays.
    for (const [i, slope] of values.entries()) sums.slopes[i] = Math.max(sums.slopes[i]!, slope);
    sums.saturated += saturated.item();
    sums.steps++;
  }

  #addParameter({ name, norm, gradient, update }: SeenParameter): void {
    const sums = this.#parameters.get(name) ?? { norm: 0, gradient: 0, update: 0, steps: 0 };
    this.#parameters.set(name, sums);
    sums.norm += norm.item();
    sums.gradient += gradient.item();
    sums.update += update.item();
    sums.steps++;
  }
}
