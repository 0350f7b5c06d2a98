/** An option of a model family, as data: flags and checks are made from it. */
export type OptionSpec =
  /** Integers above 0, such as the widths of hidden layers. */
  | { readonly kind: 'sizes'; readonly default: readonly number[]; readonly summary: string }
  /** A number of at least 0 and below 1. */
  | { readonly kind: 'fraction'; readonly default: number; readonly summary: string }
  /** A finite number of at least 0. */
  | { readonly kind: 'amount'; readonly default: number; readonly summary: string }
  | {
      readonly kind: 'integer';
      readonly least: number;
      readonly default: number;
      readonly summary: string;
    }
  /** One of a few names. */
  | {
      readonly kind: 'choice';
      readonly values: readonly string[];
      readonly default: string;
      readonly summary: string;
    };

/** A list from a file may not be longer, nor its entries larger: a model would not fit anyway. */
const MAX_SIZES = 1000;
const MAX_SIZE = 2 ** 24;

/** What is wrong with a value that may come from anywhere, or undefined; begins with a verb. */
export function checkOption(spec: OptionSpec, value: unknown): string | undefined {
  const problem = `is ${show(value)}, expected ${expectation(spec)}`;
  return fits(spec, value) ? undefined : problem;
}

function fits(spec: OptionSpec, value: unknown): boolean {
  switch (spec.kind) {
    case 'sizes':
      return (
        Array.isArray(value) && value.length <= MAX_SIZES && value.every((v) => isInteger(v, 1))
      );
    case 'fraction':
      return typeof value === 'number' && value >= 0 && value < 1;
    case 'amount':
      return typeof value === 'number' && value >= 0 && value < Infinity;
    case 'integer':
      return isInteger(value, spec.least);
    case 'choice':
      return typeof value === 'string' && spec.values.includes(value);
  }
}

function expectation(spec: OptionSpec): string {
  switch (spec.kind) {
    case 'sizes':
      return `a list of at most ${MAX_SIZES} integers from 1 to ${MAX_SIZE}`;
    case 'fraction':
      return 'a number of at least 0 and below 1';
    case 'amount':
      return 'a finite number of at least 0';
    case 'integer':
      return `an integer from ${spec.least} to ${MAX_SIZE}`;
    case 'choice':
      return `one of ${spec.values.join(', ')}`;
  }
}

function isInteger(value: unknown, least: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= MAX_SIZE;
}

/** Any JSON value in a few characters, however large or deep it is. */
export function show(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) {
    const shown = value.slice(0, 4).map((v) => (typeof v === 'object' ? '…' : show(v)));
    return `[${shown.join(', ')}${value.length > 4 ? ', …' : ''}]`;
  }
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
