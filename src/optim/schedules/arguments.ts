import { ArgumentError } from '../../engine/core/errors.js';

/** Throws an ArgumentError unless `value` is an integer of at least 1. */
export function checkCount(name: string, key: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new ArgumentError(`${name}: ${key} is ${value}; use an integer of at least 1.`);
}

/** Throws an ArgumentError unless `value` is finite and above 0. */
export function checkPositive(name: string, key: string, value: number): void {
  if (value > 0 && value < Infinity) return;
  throw new ArgumentError(`${name}: ${key} is ${value}; use a number above 0.`);
}

/** Throws an ArgumentError unless `value` is finite and at least 0. */
export function checkNotNegative(name: string, key: string, value: number): void {
  if (value >= 0 && value < Infinity) return;
  throw new ArgumentError(`${name}: ${key} is ${value}; use 0 or more.`);
}

/** Throws an ArgumentError unless `value` is among `values`. */
export function checkChoice(
  name: string,
  key: string,
  value: string,
  values: readonly string[],
): void {
  if (values.includes(value)) return;
  const known = values.map((v) => `'${v}'`).join(' or ');
  throw new ArgumentError(`${name}: ${key} is '${value}'; use ${known}.`);
}

/** What is given, for each of so many groups; throws an ArgumentError for another number of them. */
export function perGroup<T>(name: string, key: string, given: T | readonly T[], n: number): T[] {
  if (!Array.isArray(given)) return Array<T>(n).fill(given as T);
  if (given.length === n) return [...(given as readonly T[])];
  throw new ArgumentError(
    `${name}: ${key} has ${given.length} values for ${n} groups; give one, or one for each.`,
  );
}
