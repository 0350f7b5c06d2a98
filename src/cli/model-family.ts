import { Option } from 'commander';
import type { Family, OptionSpec } from '../train/index.js';
import { choice, fraction, integer, notNegative, sizes } from './parse-values.js';

export type { FamilyOptions, Recipe, Task } from '../train/index.js';

/** A model family with its flags. */
export interface ModelFamily extends Family {
  /** A flag for each of its settings. */
  readonly options: () => readonly Option[];
}

/** The family as the command line sees it. */
export function withFlags(family: Family): ModelFamily {
  const settings = Object.entries(family.settings);
  return { ...family, options: () => settings.map(([name, spec]) => flagOf(name, spec)) };
}

/** `hiddenSizes` as '--hidden-sizes', with the default and the parser that its kind has. */
function flagOf(name: string, spec: OptionSpec): Option {
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const { summary } = spec;
  switch (spec.kind) {
    case 'sizes':
      return new Option(`${flag} <sizes>`, summary)
        .argParser(sizes(flag, { none: spec.default.length === 0 }))
        .default(spec.default, spec.default.join(',') || 'none');
    case 'fraction':
      return new Option(`${flag} <p>`, summary).argParser(fraction(flag)).default(spec.default);
    case 'amount':
      return new Option(`${flag} <number>`, summary)
        .argParser(notNegative(flag))
        .default(spec.default);
    case 'integer':
      return new Option(`${flag} <n>`, summary)
        .argParser(integer(flag, spec.least))
        .default(spec.default);
    case 'choice':
      return new Option(`${flag} <name>`, `${summary}: ${spec.values.join(', ')}`)
        .argParser(choice(flag, spec.values))
        .default(spec.default);
  }
}
