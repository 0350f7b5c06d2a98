import { ArgumentError } from '../engine/core/errors.js';
import type { OptimizerDefinition, OptimizerOptions, Settings } from './definition.js';

/** The settings in force: what is given, else the defaults. Throws an ArgumentError. */
export function settingsOf<H, S extends string, C extends string>(
  definition: OptimizerDefinition<H, S, C>,
  ...given: readonly OptimizerOptions<H>[]
): Settings<H> {
  const { name, defaults, notesDefaults } = definition;
  const chosen = Object.assign({}, ...given.map(withoutUndefined)) as OptimizerOptions<H>;
  const common = { weightDecay: 0, maximize: false, form: 'pytorch', ...defaults };
  const other = chosen.form === 'notes' ? notesDefaults : {};
  const settings = { ...common, ...other, ...chosen } as unknown as Settings<H>;
  for (const key of Object.keys(chosen)) {
    if (key in common) continue;
    const known = Object.keys(common).join(', ');
    throw new ArgumentError(`${name}: there is no option '${key}'; there are ${known}.`);
  }
  checkSettings(definition, settings);
  return settings;
}

function withoutUndefined(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function checkSettings<H, S extends string, C extends string>(
  definition: OptimizerDefinition<H, S, C>,
  settings: Settings<H>,
): void {
  const { name, fractions = [] } = definition;
  const values = settings as Readonly<Record<string, unknown>>;
  const refuse = (key: string, allowed: string): never => {
    throw new ArgumentError(`${name}: ${key} is ${String(values[key])}; use ${allowed}.`);
  };
  const { lr, form } = values;
  if (!(typeof lr === 'number' && lr > 0 && lr < Infinity)) refuse('lr', 'a number above 0');
  if (form !== 'pytorch' && form !== 'notes') refuse('form', "'pytorch' or 'notes'");
  for (const key of ['weightDecay', 'eps']) {
    const value = values[key];
    if (value === undefined) continue;
    if (!(typeof value === 'number' && value >= 0 && value < Infinity)) refuse(key, '0 or more');
  }
  for (const key of fractions) {
    const list = [values[key]].flat();
    const { length } = [(definition.defaults as Readonly<Record<string, unknown>>)[key]].flat();
    if (list.length !== length) refuse(key, `${length} of them, numbers in [0, 1)`);
    for (const value of list) {
      if (typeof value === 'number' && value >= 0 && value < 1) continue;
      refuse(key, 'numbers in [0, 1)');
    }
  }
  const problem = definition.refuse?.(settings);
  if (problem !== undefined) throw new ArgumentError(`${name}: ${problem}.`);
}

/**
 * Throws an ArgumentError unless `value` can be a learning rate during training, where it may be 0,
 * as at the end of a schedule.
 */
export function checkRate(name: string, value: unknown): asserts value is number {
  if (typeof value === 'number' && value >= 0 && value < Infinity) return;
  throw new ArgumentError(`${name}: lr is ${String(value)}; use a finite number, not below 0.`);
}
