import { ArgumentError } from '../engine/core/errors.js';

/** `value`; throws an ArgumentError unless it is an integer of at least 1. */
export function requirePositive(owner: string, name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new ArgumentError(`${owner}: ${name} is ${value}; use an integer of at least 1.`);
}

/** `value`; throws an ArgumentError unless it is from 0 to 1. */
export function requireShare(owner: string, name: string, value: number): number {
  if (value >= 0 && value <= 1) return value;
  throw new ArgumentError(`${owner}: ${name} is ${value}; use a number from 0 to 1.`);
}
