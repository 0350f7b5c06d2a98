import type { StateTensor } from '../tensor/index.js';
import type { OptimizerDefinition, Settings } from './definition.js';

/** What an optimizer keeps for a parameter from its first gradient on. */
export interface ParamState {
  /** The number of steps taken, i32; one for all parameters that began together. */
  readonly steps: StateTensor;
  /** By the names of the definition. */
  readonly buffers: Readonly<Record<string, StateTensor>>;
}

/** The buffers that an optimizer of these settings keeps for each parameter. */
export function bufferNames<H>(
  definition: OptimizerDefinition<H>,
  settings: Settings<H>,
): readonly string[] {
  return definition.uses?.(settings) ?? Object.keys(definition.state ?? {});
}
