import type { DType } from '../engine/core/dtype.js';
import { StateTensor, full } from '../tensor/index.js';
import type { OptimizerDefinition, OptimizerOptions, Settings } from './definition.js';
import { checkRate, settingsOf } from './settings.js';

/** Parameters with settings of their own, as an optimizer takes them. */
export type ParamGroupOptions<H> = OptimizerOptions<H> & {
  readonly params: Iterable<StateTensor>;
};

/** Parameters of an optimizer that share their settings. */
export class ParamGroup<H = unknown> {
  #settings: Settings<H>;
  #lr: number;
  #baseLr: number;
  /** The learning rate as programs read it, for parameters of each dtype. */
  readonly #rates = new Map<DType, StateTensor>();
  readonly #definition: OptimizerDefinition<H>;
  readonly #changed: () => void;

  /** @internal `changed` is called when programs that have been compiled no longer hold. */
  constructor(
    definition: OptimizerDefinition<H>,
    readonly params: readonly StateTensor[],
    settings: Settings<H>,
    changed: () => void,
  ) {
    this.#definition = definition;
    this.#settings = settings;
    this.#lr = this.#baseLr = rateOf(settings);
    this.#changed = changed;
  }

  /**
   * The learning rate η. It can be set at any time outside compiled functions, to 0 as well, and
   * nothing is compiled again. Throws an ArgumentError if it is negative, infinite or NaN.
   */
  get lr(): number {
    return this.#lr;
  }

  set lr(value: number) {
    this.follow(value);
    this.#baseLr = value;
  }

  /** The learning rate that was last set other than by a schedule: where a schedule starts from. */
  get baseLr(): number {
    return this.#baseLr;
  }

  /** @internal Sets the learning rate for a schedule: `baseLr` stays. */
  follow(value: number): void {
    checkRate(this.#definition.name, value);
    for (const rate of this.#rates.values()) rate.load([value]);
    this.#lr = value;
  }

  /** All settings in force. */
  get settings(): Settings<H> {
    return { ...this.#settings, lr: this.#lr };
  }

  /** Changes settings. Functions that are compiled are compiled again, unless it is only `lr`. */
  set(options: OptimizerOptions<H>): void {
    const { lr = this.#lr, ...others } = options as { readonly lr?: number };
    checkRate(this.#definition.name, lr);
    // Those in force have the first learning rate, as the present one may be 0.
    const next = settingsOf(this.#definition, this.#settings, others as OptimizerOptions<H>);
    this.lr = lr;
    if (Object.keys(others).length === 0) return;
    this.#settings = next;
    this.#changed();
  }

  /** @internal η as a scalar of a dtype. */
  rate(dtype: DType): StateTensor {
    let rate = this.#rates.get(dtype);
    if (!rate) {
      rate = new StateTensor(full([], this.#lr, { dtype }));
      this.#rates.set(dtype, rate);
    }
    return rate;
  }
}

function rateOf(settings: object): number {
  return (settings as { readonly lr: number }).lr;
}
