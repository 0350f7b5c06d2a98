/** Parsers of flags' values; each throws a UsageError that names flag, value and what to give. */
import { nearestName } from '../data/index.js';
import { UsageError } from './usage-error.js';

type Parser<V> = (text: string) => V;

/** A number written in digits, or NaN: unlike Number(), which takes '' for 0. */
function numberOf(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : NaN;
}

/** An integer from `least` on. */
export function integer(flag: string, least: number): Parser<number> {
  return (text) => {
    const value = numberOf(text);
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw new UsageError(`${flag} is '${text}'; give an integer of at least ${least}.`);
  };
}

/** A finite number above 0. */
export function positive(flag: string): Parser<number> {
  return (text) => {
    const value = numberOf(text);
    if (Number.isFinite(value) && value > 0) return value;
    throw new UsageError(`${flag} is '${text}'; give a number above 0.`);
  };
}

/** A finite number of at least 0. */
export function notNegative(flag: string): Parser<number> {
  return (text) => {
    const value = numberOf(text);
    if (Number.isFinite(value) && value >= 0) return value;
    throw new UsageError(`${flag} is '${text}'; give a number of at least 0.`);
  };
}

/** A number of at least 0 and below 1. */
export function fraction(flag: string): Parser<number> {
  return (text) => {
    const value = numberOf(text);
    if (value >= 0 && value < 1) return value;
    throw new UsageError(`${flag} is '${text}'; give a number of at least 0 and below 1.`);
  };
}

/** A number above 0 and below 1. */
export function share(flag: string): Parser<number> {
  return (text) => {
    const value = numberOf(text);
    if (value > 0 && value < 1) return value;
    throw new UsageError(`${flag} is '${text}'; give a number above 0 and below 1.`);
  };
}

/** A number above 0 and at most 1. */
export function probability(flag: string): Parser<number> {
  return (text) => {
    const value = numberOf(text);
    if (value > 0 && value <= 1) return value;
    throw new UsageError(`${flag} is '${text}'; give a number above 0 and at most 1.`);
  };
}

/** Names, separated by commas. */
export function names(flag: string): Parser<readonly string[]> {
  return (text) => {
    const list = text.split(',');
    if (list.every((name) => name !== '')) return list;
    throw new UsageError(`${flag} is '${text}'; give names separated by commas, such as a,b.`);
  };
}

/** Integers above 0, separated by commas; where there may be none, the empty text is that. */
export function sizes(flag: string, { none = false } = {}): Parser<readonly number[]> {
  return (text) => {
    if (none && text === '') return [];
    const values = text.split(',').map(numberOf);
    if (values.every((v) => Number.isSafeInteger(v) && v > 0)) return values;
    throw new UsageError(
      `${flag} is '${text}'; give integers above 0 separated by commas, such as 256,128.`,
    );
  };
}

/** A height and a width above 0, as `24x32` or `24,32`; one number is both. */
export function imageSize(flag: string): Parser<number | readonly [number, number]> {
  return (text) => {
    const values = text.split(/[x×,]/).map(numberOf);
    const [height, width] = values;
    if (values.every((v) => Number.isSafeInteger(v) && v > 0)) {
      if (values.length === 1) return height!;
      if (values.length === 2) return [height!, width!];
    }
    throw new UsageError(
      `${flag} is '${text}'; give a number of pixels above 0, or height and width, such as 24x32.`,
    );
  };
}

/** One of `known`. */
export function choice(flag: string, known: readonly string[]): Parser<string> {
  return (text) => {
    if (known.includes(text)) return text;
    throw new UsageError(`there is no ${flag} '${text}'${suggestion(text, known)}`);
  };
}

/** The end of a sentence about a name that is not among `known`: the nearest, and all of them. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  const hint = near === undefined ? '.' : `; did you mean '${near}'?`;
  return `${hint} Known: ${known.join(', ')}.`;
}
