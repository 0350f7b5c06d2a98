import type { DType } from '../engine/core/dtype.js';
import { ArgumentError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import type { Tensor } from '../tensor/index.js';
import { Flag, StateTensor, assignAll, fullLike, noGrad, zeros } from '../tensor/index.js';
import type {
  MomentContext,
  OptimizerDefinition,
  OptimizerOptions,
  Settings,
  StepScalars,
} from './definition.js';
import type { OptimizerState } from './optimizer-state.js';
import { loadState, saveState } from './optimizer-state.js';
import type { ParamGroupOptions } from './param-group.js';
import { ParamGroup } from './param-group.js';
import type { ParamState } from './param-state.js';
import { bufferNames } from './param-state.js';
import { settingsOf } from './settings.js';

/** What an optimizer takes: parameters, or groups of them with settings of their own. */
export type ParamsOption<H> = Iterable<StateTensor> | readonly ParamGroupOptions<H>[];

type Assignment = readonly [StateTensor, Tensor];

/** What the parameters that count steps together share in a step. */
interface Cohort<H> {
  readonly t: Tensor;
  readonly of: (dtype: DType) => StepScalars & Pick<MomentContext<H, string, string>, 'scalars'>;
}

/**
 * An optimizer in the scheme of equations (2.1) to (2.3): see `OptimizerDefinition`. Make one from
 * a named class, such as `Adam`, or from one of your own by `defineOptimizer`.
 *
 * In a compiled function the update of all parameters is one kernel. Outside, it is computed with
 * whatever is evaluated next.
 *
 * @example
 * const optimizer = new Adam(model.parameters(), { lr: 1e-3 });
 * const step = compile((x: Tensor, y: Tensor) => {
 *   optimizer.zeroGrad();
 *   const loss = crossEntropy(model.forward(x), y);
 *   loss.backward();
 *   optimizer.step();
 *   return loss;
 * });
 */
export class Optimizer<H = unknown> {
  readonly #definition: OptimizerDefinition<H>;
  readonly #groups: ParamGroup<H>[] = [];
  readonly #states = new Map<StateTensor, ParamState>();
  /** Counts changes after which compiled functions have to be compiled again. */
  readonly #version = new Flag(0);
  readonly #defaults: OptimizerOptions<H>;

  /**
   * @throws ArgumentError if there are no parameters, one is given twice, or a setting is unknown
   *   or out of range.
   */
  constructor(
    definition: OptimizerDefinition<H>,
    params: ParamsOption<H>,
    options: OptimizerOptions<H> = {},
  ) {
    this.#definition = definition;
    this.#defaults = options;
    settingsOf(definition, options);
    const given = [...params] as (StateTensor | ParamGroupOptions<H>)[];
    const grouped = given.length > 0 && given.every((g) => isGroup<H>(g));
    if (!grouped) this.addParamGroup({ params: given } as unknown as ParamGroupOptions<H>);
    else for (const group of given) this.addParamGroup(group);
  }

  /** The groups; one, unless several were given. */
  get paramGroups(): readonly ParamGroup<H>[] {
    return this.#groups;
  }

  /** The learning rate η of the first group; setting it sets that of all. See `ParamGroup`. */
  get lr(): number {
    return this.#groups[0]!.lr;
  }

  set lr(value: number) {
    for (const group of this.#groups) group.lr = value;
  }

  /** Adds parameters with settings of their own; what is not given is as for the others. */
  addParamGroup({ params, ...options }: ParamGroupOptions<H>): void {
    const { name } = this.#definition;
    const list = [...params];
    const known = new Set(this.#groups.flatMap((g) => g.params));
    if (list.length === 0) {
      throw new ArgumentError(
        `${name}: no parameters are given; pass those of model.parameters().`,
      );
    }
    for (const [i, p] of list.entries()) {
      if (!(p instanceof StateTensor)) {
        throw new ArgumentError(
          `${name}: parameter ${i} is ${p === null ? 'null' : typeof p} and not a Parameter; ` +
            'pass model.parameters(), or make it by new Parameter().',
        );
      }
      if (known.has(p)) {
        throw new ArgumentError(
          `${name}: parameter ${i} ${formatShape(p.shape)} is given twice; give each once.`,
        );
      }
      known.add(p);
    }
    const own = options as unknown as OptimizerOptions<H>;
    const settings = settingsOf(this.#definition, this.#defaults, own);
    this.#groups.push(new ParamGroup(this.#definition, list, settings, () => this.#outdate()));
    this.#outdate();
  }

  /** Forgets the gradients of all parameters. Call it before `backward()`, which adds to them. */
  zeroGrad(): void {
    for (const group of this.#groups) for (const p of group.params) p.grad = null;
  }

  /**
   * Updates all parameters that have a gradient, by (2.3). Those without are left alone, and their
   * steps are counted from their first gradient on. Throws an ArgumentError if none has one.
   *
   * @equation (2.3)
   */
  step(): void {
    // Read so that compiled functions depend on it.
    void this.#version.value;
    const assignments = noGrad(() => this.#groups.flatMap((group) => this.#stepGroup(group)));
    if (assignments.length === 0) {
      throw new ArgumentError(
        'step: no parameter has a gradient; call backward() on a loss computed from them first, ' +
          'after zeroGrad().',
      );
    }
    assignAll(assignments);
  }

  /** Settings, buffers and numbers of steps: a copy, which later steps do not change. */
  stateDict(): OptimizerState {
    return saveState(this.#definition.name, this.#groups, this.#states);
  }

  /**
   * Takes over what `stateDict` gave, for the same parameters in the same order. Throws an
   * ArgumentError that says what does not fit, and changes nothing then.
   */
  loadStateDict(state: OptimizerState): void {
    const loaded = loadState(this.#definition, this.#groups, state);
    loaded.settings.forEach((settings, i) => this.#groups[i]!.set(settings));
    this.#states.clear();
    for (const [p, s] of loaded.states) this.#states.set(p, s);
    this.#outdate();
  }

  #outdate(): void {
    this.#version.value += 1;
  }

  #stepGroup(group: ParamGroup<H>): Assignment[] {
    const active = group.params.filter((p) => p.grad !== null);
    this.#admit(group, active);
    const cohorts = new Map<StateTensor, Cohort<H>>();
    const assignments: Assignment[] = [];
    for (const p of active) {
      const { steps, buffers } = this.#states.get(p)!;
      const cohort = cohorts.get(steps) ?? this.#cohort(group, steps);
      cohorts.set(steps, cohort);
      assignments.push(...this.#update(group.settings, p, buffers, cohort));
    }
    for (const [steps, { t }] of cohorts) assignments.push([steps, t]);
    return assignments;
  }

  /** Makes what is kept for parameters where it is missing: at the first gradient, as a rule. */
  #admit(group: ParamGroup<H>, active: readonly StateTensor[]): void {
    const names = bufferNames(this.#definition, group.settings);
    let steps: StateTensor | undefined;
    for (const p of active) {
      const known = this.#states.get(p);
      const missing = names.filter((name) => !known?.buffers[name]);
      if (known && missing.length === 0) continue;
      if (!known) steps ??= new StateTensor(zeros([], { dtype: 'i32' }));
      const made = missing.map(
        (name) =>
          [
            name,
            new StateTensor(fullLike(p, valueOf(this.#definition.state![name]!, group.settings))),
          ] as const,
      );
      const buffers = { ...known?.buffers, ...Object.fromEntries(made) };
      this.#states.set(p, { steps: known?.steps ?? steps!, buffers });
    }
  }

  #cohort(group: ParamGroup<H>, steps: StateTensor): Cohort<H> {
    const t = steps.add(1);
    const made = new Map<DType, ReturnType<Cohort<H>['of']>>();
    const of = (dtype: DType): ReturnType<Cohort<H>['of']> => {
      const known = made.get(dtype);
      if (known) return known;
      const step = { t: t.to(dtype), lr: group.rate(dtype) };
      const scalars = this.#definition.scalars?.(step, group.settings) ?? {};
      made.set(dtype, { ...step, scalars });
      return { ...step, scalars };
    };
    return { t, of };
  }

  /** Equations (2.2) and (2.3) for one parameter. */
  #update(
    hyper: Settings<H>,
    p: StateTensor,
    buffers: ParamState['buffers'],
    cohort: Cohort<H>,
  ): Assignment[] {
    const definition = this.#definition;
    const { weightDecay, maximize, form } = hyper;
    const step = cohort.of(p.dtype);
    const state: Record<string, Tensor> = { ...buffers };
    const context = { ...step, hyper, state };
    let g = maximize ? p.grad!.neg() : p.grad!;
    let theta: Tensor = p;
    if (weightDecay !== 0) {
      const decoupled = valueOf(definition.decoupledDecay ?? false, hyper);
      if (decoupled) theta = p.mul(step.lr.mul(-weightDecay).add(1));
      else g = g.add(p.mul(weightDecay));
    }
    const m = definition.phi(g, context);
    const v = definition.psi?.(g, context);
    const eps = (hyper as { readonly eps?: number }).eps ?? 1e-8;
    const root = v && (form === 'notes' ? v.add(eps).sqrt() : v.sqrt().add(eps));
    const change = root ? (definition.change?.(m, root, context) ?? m.div(root)) : m;
    const kept = Object.entries(buffers).filter(([name, buffer]) => state[name] !== buffer);
    return [
      [p, theta.sub(change)],
      ...kept.map(([name, buffer]) => [buffer, state[name]!] as const),
    ];
  }
}

/** What stands in a definition: itself, or, where it is a name, the setting of that name. */
function valueOf<T extends number | boolean>(given: T | string, settings: object): T {
  return typeof given === 'string' ? (settings as Readonly<Record<string, T>>)[given]! : given;
}

function isGroup<H>(given: StateTensor | ParamGroupOptions<H>): given is ParamGroupOptions<H> {
  return typeof given === 'object' && given !== null && 'params' in given;
}
