import type { Tensor } from '../tensor/index.js';

/** Where ε stands and what the buffers hold: as in PyTorch, or as in the equations of the notes. */
export type Form = 'pytorch' | 'notes';

/** Settings that every optimizer has besides those of its definition. */
export interface CommonSettings {
  /** λ of weight decay: λ θ is added to the gradient, unless decoupled. Default 0. */
  readonly weightDecay: number;
  /** Goes up the gradient, not down. Default false. */
  readonly maximize: boolean;
  /** Default 'pytorch'. */
  readonly form: Form;
}

/** All settings of an optimizer with those of `H` in its definition. */
export type Settings<H> = Omit<H, keyof CommonSettings> & CommonSettings;

/** What may be given of the settings. The learning rate `lr` changes without recompiling. */
export type OptimizerOptions<H> = Partial<Settings<H>>;

/** Scalars of a step, the same for all parameters that have taken as many steps. */
export interface StepScalars {
  /** The number of this step, from 1. */
  readonly t: Tensor;
  /** The learning rate η. */
  readonly lr: Tensor;
}

/** What φ and ψ see besides the gradient. */
export interface MomentContext<H, S extends string, C extends string> extends StepScalars {
  readonly hyper: Settings<H>;
  /** The buffers, of the parameter's shape: read the old values, assign the new ones. */
  readonly state: Record<S, Tensor>;
  /** What `scalars` computed for this step. */
  readonly scalars: Readonly<Record<C, Tensor>>;
}

/**
 * An optimizer by its first moment φ and its second moment ψ. At each step, for every parameter θ,
 *
 * - (2.1) g = ∇J(θ), which `backward()` has computed,
 * - (2.2) m = φ(g₁ … g_t), v = ψ(g₁ … g_t),
 * - (2.3) θ ← θ - m / √(v + ε), or in the form 'pytorch' θ ← θ - m / (√v + ε),
 *
 * element by element. What they need of the history g₁ … g_t they keep in buffers.
 *
 * @equation (2.1), (2.2), (2.3)
 */
export interface OptimizerDefinition<H, S extends string = string, C extends string = string> {
  /** For messages and saved states. */
  readonly name: string;
  /** The settings with their defaults; `lr` is one. ε is `eps`, 1e-8 where it is no setting. */
  readonly defaults: H & Partial<CommonSettings>;
  /** Defaults that differ in the form 'notes'. */
  readonly notesDefaults?: Partial<Settings<H>>;
  /** Names of settings, numbers or lists of numbers, that have to be in [0, 1). */
  readonly fractions?: readonly string[];
  /** What makes these settings unusable, if anything; the message goes on from the name. */
  refuse?(hyper: Settings<H>): string | undefined;
  /** The buffers, with the value each starts with, or the name of the setting that has it. */
  readonly state?: Readonly<Record<S, number | string>>;
  /** The buffers that these settings need. Default all. */
  uses?(hyper: Settings<H>): readonly S[];
  /** What depends on t and η alone, such as a bias correction: computed once a step. */
  scalars?(step: StepScalars, hyper: Settings<H>): Readonly<Record<C, Tensor>>;
  /** m of (2.2), the learning rate included. */
  phi(g: Tensor, context: MomentContext<H, S, C>): Tensor;
  /** v of (2.2), after φ has been computed. Without it v = 1 and ε = 0. */
  psi?(g: Tensor, context: MomentContext<H, S, C>): Tensor;
  /**
   * By how much θ goes down, after ψ, where that is not m / root, the root being that of (2.3) with ε
   * in the place of the form: for one that lies outside the pair.
   */
  change?(m: Tensor, root: Tensor, context: MomentContext<H, S, C>): Tensor;
  /**
   * Weight decay acts on θ itself, θ ← (1 - η λ) θ, ahead of (2.3): true, or the name of the setting
   * that says so. Default false.
   */
  readonly decoupledDecay?: boolean | string;
}
