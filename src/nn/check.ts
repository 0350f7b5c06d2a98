import { ArgumentError } from '../engine/core/errors.js';

/** Throws an ArgumentError unless `value` is an integer ≥ 1. */
export function requireCount(owner: string, name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new ArgumentError(`${owner}: ${name} is ${value}; use an integer of at least 1.`);
}

/** Throws an ArgumentError unless 0 ≤ p ≤ 1. */
export function requireProbability(owner: string, p: number): void {
  if (p >= 0 && p <= 1) return;
  throw new ArgumentError(`${owner}: p is ${p}; use a probability from 0 to 1.`);
}

/** Throws an ArgumentError unless `std` is a standard deviation. */
export function requireStd(owner: string, std: number): void {
  if (std >= 0 && std < Infinity) return;
  throw new ArgumentError(`${owner}: std is ${std}; use a number of at least 0.`);
}

/** Throws an ArgumentError with the value and what to use unless `holds`. */
export function requireOption(
  owner: string,
  name: string,
  value: number,
  holds: boolean,
  use: string,
): void {
  if (!holds) throw new ArgumentError(`${owner}: ${name} is ${value}; use ${use}.`);
}
