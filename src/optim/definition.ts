import type { Tensor } from '../tensor/index.js';

/** Where ε stands and what the buffers hold: as in PyTorch, or as the equations of the notes. */
export type Form = 'pytorch' | 'notes';

/** Settings that every optimizer has. */
export interface CommonOptions {
  /** The learning rate η. Changing it does not recompile. */
  readonly lr?: number;
  /** λ of weight decay; how it acts is the optimizer's. Default 0. */
  readonly weightDecay?: number;
  /** Default 'pytorch'. */
  readonly form?: Form;
}

/** Values of settings: what does not change the kernels' structure has no place here. */
export type Setting = number | boolean | string | readonly number[];

/** Settings by name, all given. */
export type Hyper<O> = { readonly [K in keyof O]-?: Exclude<O[K], undefined> };

/** Scalars of a step, the same for all parameters that have taken as many steps. */
export interface StepScalars {
  /** The number of this step, from 1. */
  readonly t: Tensor;
  /** The learning rate η. */
  readonly lr: Tensor;
}

/** What φ and ψ are given besides the gradient. */
export interface MomentContext<O, S extends string, C extends string> extends StepScalars {
  /** The buffers, of the parameter's shape: read the old value, assign the new one. */
  readonly state: Record<S, Tensor>;
  readonly hyper: Hyper<O>;
  /** What `scalars` computed for this step. */
  readonly scalar: Readonly<Record<C, Tensor>>;
}

/**
 * An optimizer by its first moment φ and second moment ψ: equations (2.1) to (2.3). At each step,
 * for every parameter θ with gradient g,
 *
 * m = φ(g₁ … g_t), v = ψ(g₁ … g_t), θ ← θ - m / √(v + ε),
 *
 * element by element, or θ ← θ - m / (√v + ε) in the form 'pytorch'. The history g₁ … g_t is in the
 * buffers. `O` are the options, `S` the buffers' names, `C` those of the scalars.
 */
export interface OptimizerDefinition<
  O extends CommonOptions,
  S extends string = never,
  C extends string = never,
> {
  /** For messages. */
  readonly name: string;
  /** The defaults of all options; `weightDecay`, `form` and `eps` may be left out. */
  readonly defaults: Omit<Hyper<O>, keyof CommonOptions> & Partial<Hyper<CommonOptions>>;
  /** Defaults that are others in the form 'notes'. */
  readonly notesDefaults?: Partial<Hyper<O>>;
  /** The buffers in use, with the value they start with. */
  readonly state?: (hyper: Hyper<O>) => { readonly [K in S]?: number };
  /** Scalars that depend on t and η, such as bias corrections: computed once a step. */
  readonly scalars?: (step: StepScalars, hyper: Hyper<O>) => Readonly<Record<C, Tensor>>;
  /** The first moment m, the learning rate included. */
  readonly phi: (g: Tensor, context: MomentContext<O, S, C>) => Tensor;
  /** The second moment v. Where it is missing or gives null, v = 1 and ε = 0. */
  readonly psi?: (g: Tensor, context: MomentContext<O, S, C>) => Tensor | null;
  /** Decay acts on θ itself, θ ← θ - η λ θ, instead of being added to g. Default false. */
  readonly decoupledDecay?: boolean;
  /** Names of options that have to be in [0, 1). */
  readonly rates?: readonly (keyof O & string)[];
}
