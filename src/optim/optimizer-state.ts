import { ArgumentError } from '../engine/core/errors.js';
import { formatShape, sameShape } from '../engine/core/shape.js';
import type { Tensor } from '../tensor/index.js';
import { StateTensor, fromData, zeros } from '../tensor/index.js';
import type { OptimizerDefinition, OptimizerOptions } from './definition.js';
import type { ParamGroup } from './param-group.js';
import type { ParamState } from './param-state.js';
import { bufferNames } from './param-state.js';
import { checkRate, settingsOf } from './settings.js';

/** An optimizer's state, apart from the tensors plain data that JSON can hold. */
export interface OptimizerState {
  /** The name of the optimizer. */
  readonly name: string;
  /** Buffers and `step`, of parameter i under 'i.name'; parameters count through all groups. */
  readonly state: Record<string, Tensor>;
  /** For each group its settings and the numbers of its parameters. */
  readonly paramGroups: readonly (Readonly<Record<string, unknown>> & {
    readonly params: readonly number[];
  })[];
}

const STEP = 'step';

/** Copies of all that an optimizer keeps. */
export function saveState<H>(
  name: string,
  groups: readonly ParamGroup<H>[],
  states: ReadonlyMap<StateTensor, ParamState>,
): OptimizerState {
  const state: Record<string, Tensor> = {};
  let next = 0;
  const paramGroups = groups.map((group) => {
    const params = group.params.map((p) => {
      const kept = states.get(p);
      if (kept) {
        state[`${next}.${STEP}`] = copyOf(kept.steps);
        for (const [key, buffer] of Object.entries(kept.buffers)) {
          state[`${next}.${key}`] = copyOf(buffer);
        }
      }
      return next++;
    });
    return { ...group.settings, params };
  });
  return { name, state, paramGroups };
}

function copyOf(t: Tensor): Tensor {
  return fromData(t.dataSync(), t.shape, { dtype: t.dtype });
}

/** What `saveState` gave, for these groups; throws an ArgumentError where it does not fit. */
export function loadState<H>(
  definition: OptimizerDefinition<H>,
  groups: readonly ParamGroup<H>[],
  { name, state, paramGroups }: OptimizerState,
): { settings: OptimizerOptions<H>[]; states: Map<StateTensor, ParamState> } {
  const refuse = (problem: string): never => {
    throw new ArgumentError(
      `loadStateDict: the state does not fit this ${definition.name}: ${problem}; load it into ` +
        'an optimizer of the same kind over the same parameters.',
    );
  };
  if (name !== definition.name) refuse(`it is of ${name}`);
  const sizes = (of: readonly { readonly params: readonly unknown[] }[]): string =>
    `[${of.map((g) => g.params.length).join(', ')}]`;
  if (sizes(paramGroups) !== sizes(groups)) {
    refuse(`its groups have ${sizes(paramGroups)} parameters, and here ${sizes(groups)}`);
  }
  const settings = paramGroups.map(({ params: _, ...own }) => own as OptimizerOptions<H>);
  const states = new Map<StateTensor, ParamState>();
  groups.forEach((group, i) => {
    const { lr, ...others } = settings[i] as { readonly lr?: number };
    checkRate(definition.name, lr);
    const names = bufferNames(definition, settingsOf(definition, others as OptimizerOptions<H>));
    // As many counters as there are different numbers of steps.
    const counters = new Map<number, StateTensor>();
    group.params.forEach((p, k) => {
      const index = paramGroups[i]!.params[k]!;
      const count = state[`${index}.${STEP}`]?.item();
      if (count === undefined) return;
      const steps = counters.get(count) ?? stateOf([count], [], 'i32');
      counters.set(count, steps);
      const buffers = Object.fromEntries(
        names.map((key) => {
          const value = state[`${index}.${key}`];
          if (!value) return refuse(`'${index}.${key}' is missing`);
          if (!sameShape(value.shape, p.shape)) {
            refuse(
              `'${index}.${key}' has shape ${formatShape(value.shape)}, its parameter ` +
                formatShape(p.shape),
            );
          }
          return [key, stateOf(value.dataSync(), p.shape, p.dtype)] as const;
        }),
      );
      states.set(p, { steps, buffers });
    });
  });
  return { settings, states };
}

function stateOf(
  values: ArrayLike<number>,
  shape: readonly number[],
  dtype: Tensor['dtype'],
): StateTensor {
  const made = new StateTensor(zeros(shape, { dtype }));
  made.load(values);
  return made;
}
