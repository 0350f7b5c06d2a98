import type { Command, Option } from 'commander';
import { UsageError } from './usage-error.js';

/** As a flag of the same name would have been given, but from `where`, such as a file. */
export function setOption(command: Command, option: Option, json: unknown, where: string): void {
  const value = valueOf(option, json, where);
  command.setOptionValueWithSource(option.attributeName(), value, 'config');
}

/** Whether a flag has been given, on the command line or in a file. */
export function isGiven(command: Command, option: Option): boolean {
  const source = command.getOptionValueSource(option.attributeName());
  return source !== undefined && source !== 'default';
}

function valueOf(option: Option, json: unknown, where: string): unknown {
  const name = option.attributeName();
  const refuse = (wanted: string): never => {
    throw new UsageError(`${where}: ${name} is ${show(json)}; give ${wanted}.`);
  };
  if (option.isBoolean()) return typeof json === 'boolean' ? json : refuse('true or false');
  const parse = option.parseArg as ((text: string) => unknown) | undefined;
  if (!parse) return typeof json === 'string' ? json : refuse('text in double quotes');
  const text = textOf(json);
  if (text === undefined) return refuse(`what ${option.flags} takes`);
  const value = parsed(parse, text, where);
  // '5' and 5 are the same on a command line, but not here.
  if (typeof value === 'number' && typeof json !== 'number') refuse('a number, without quotes');
  if (typeof value === 'string' && typeof json !== 'string') refuse('text in double quotes');
  if (Array.isArray(value) && !Array.isArray(json)) refuse('a list, such as [256, 128]');
  return value;
}

function textOf(json: unknown): string | undefined {
  if (typeof json === 'string') return json;
  if (typeof json === 'number') return String(json);
  if (!Array.isArray(json)) return undefined;
  const parts = json.filter((v) => typeof v === 'number' || typeof v === 'string');
  return parts.length === json.length ? parts.join(',') : undefined;
}

function parsed(parse: (text: string) => unknown, text: string, where: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${where}: ${error.message}`);
  }
}

/** A value in a few characters. */
export function show(json: unknown): string {
  if (json === undefined) return 'not given';
  const text = JSON.stringify(json);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
