import { GradusError } from '../engine/core/errors.js';

/** Frames to keep of a stack: layers call layers, and V8 keeps 10 unless told. */
const FRAMES = 100;

/** V8's limit, which the types of the web do not know. */
const stacks = Error as ErrorConstructor & { stackTraceLimit?: number };

const located = new WeakSet<GradusError>();

/**
 * The result of `f`. To an error that Gradus throws on purpose meanwhile it adds where in the user's
 * code the call was made: `… (at train.ts:12:9, while 'step' was traced)`.
 */
export function locating<R>(name: string, f: () => R): R {
  const limit = stacks.stackTraceLimit;
  if (typeof limit === 'number' && limit < FRAMES) stacks.stackTraceLimit = FRAMES;
  try {
    return f();
  } catch (error) {
    if (error instanceof GradusError) addLocation(error, name);
    throw error;
  } finally {
    if (typeof limit === 'number') stacks.stackTraceLimit = limit;
  }
}

function addLocation(error: GradusError, name: string): void {
  if (located.has(error)) return;
  located.add(error);
  const { message, stack } = error;
  const at = stack === undefined ? undefined : userFrame(stack, OWN_FOLDER);
  if (at === undefined) return;
  error.message = `${message} (at ${at}, while '${name}' was traced)`;
  // The stack begins with the message as it was when the error was made.
  error.stack = stack!.replace(message, () => error.message);
}

/** This package's folder, with a slash at its end: what lies in it is not the user's. */
const OWN_FOLDER = folderOf(import.meta.url);

function folderOf(url: string): string | undefined {
  const path = plainPath(url);
  const at = path.lastIndexOf('/tensor/');
  return at < 0 ? undefined : path.slice(0, at + 1);
}

/**
 * The innermost frame of a stack that lies outside `own` and outside the platform, as file:line:column;
 * undefined if there is none, or if it cannot be told (in a bundle all code is one file).
 */
export function userFrame(
  stack: string,
  own: string | undefined,
  cwd = workingFolder(),
): string | undefined {
  if (own === undefined) return undefined;
  for (const line of stack.split('\n')) {
    const frame = placeIn(line);
    if (!frame) continue;
    const path = plainPath(frame.file);
    if (path.startsWith(own) || path.includes('/node_modules/')) continue;
    return `${shortened(path, cwd)}:${frame.line}:${frame.column}`;
  }
  return undefined;
}

/** `at f (file:line:column)`, `at file:line:column` (V8), `f@file:line:column` (others). */
function placeIn(text: string): { file: string; line: string; column: string } | undefined {
  const match =
    /^\s*at (?:.*? \()?((?:[a-z-]+:\/\/|[A-Za-z]:[\\/]|\/).*?):(\d+):(\d+)\)?$/.exec(text) ??
    /^[^@\s]*@((?:[a-z-]+:\/\/|[A-Za-z]:[\\/]|\/).*?):(\d+):(\d+)$/.exec(text);
  if (!match) return undefined; // the message, native code, node:internal
  return { file: match[1]!, line: match[2]!, column: match[3]! };
}

/** A file's path with forward slashes, without scheme, host and query. */
function plainPath(file: string): string {
  let path = file.replaceAll('\\', '/');
  const url = /^[a-z-]+:\/\/[^/]*(\/.*)$/.exec(path);
  if (url) {
    path = url[1]!.replace(/[?#].*$/, '');
    try {
      path = decodeURIComponent(path);
    } catch {
      // A percent sign that is part of a name.
    }
  }
  return path.replace(/^\/(?=[A-Za-z]:\/)/, '');
}

/** The path from the working folder on; of files elsewhere the name and the folder it is in. */
function shortened(path: string, cwd: string | undefined): string {
  const folder = cwd === undefined ? undefined : `${plainPath(cwd).replace(/\/$/, '')}/`;
  if (folder !== undefined && path.startsWith(folder)) return path.slice(folder.length);
  return path.split('/').slice(-2).join('/').replace(/^\//, '');
}

function workingFolder(): string | undefined {
  const { process } = globalThis as { process?: { cwd?: () => string } };
  try {
    return process?.cwd?.();
  } catch {
    return undefined; // the folder is gone
  }
}
