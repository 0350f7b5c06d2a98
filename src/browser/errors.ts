import {
  ArgumentError,
  DTypeError,
  FormatError,
  GradusError,
  IndexError,
  InternalError,
  NumericError,
  ShapeError,
} from '../engine/core/errors.js';
import { MemoryError, type Holder } from '../engine/runtime/memory-error.js';

/** The worker is gone, or has never been there: its tensors are lost, and nothing more will come. */
export class WorkerLostError extends GradusError {
  override name = 'WorkerLostError';
}

/** An error as a message can carry it. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: SentError;
  /** Of a MemoryError. */
  readonly memory?: Pick<MemoryError, 'asked' | 'used' | 'limit'> & {
    readonly holders: readonly Holder[];
  };
  readonly isDomException: boolean;
}

const CLASSES: readonly (new (message: string) => Error)[] = [
  GradusError,
  ShapeError,
  DTypeError,
  IndexError,
  ArgumentError,
  FormatError,
  NumericError,
  InternalError,
  WorkerLostError,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
];

/** By the names that their errors have: a minifier may rename the classes. */
const BY_NAME: ReadonlyMap<string, new (message: string) => Error> = new Map(
  CLASSES.map((of) => [new of('').name, of]),
);

/** Anything that may be thrown. */
export function sendError(thrown: unknown): SentError {
  if (!isError(thrown)) return { name: 'Error', message: String(thrown), isDomException: false };
  const { name, message, stack, cause } = thrown;
  return {
    name,
    message,
    ...(stack === undefined ? {} : { stack }),
    ...(isError(cause) ? { cause: sendError(cause) } : {}),
    ...(thrown instanceof MemoryError ? { memory: memoryOf(thrown) } : {}),
    isDomException: typeof DOMException !== 'undefined' && thrown instanceof DOMException,
  };
}

/** The error that was sent, of its class, with the stack of where it was thrown. */
export function receiveError(sent: SentError): Error {
  const error = make(sent);
  if (sent.stack !== undefined) Object.defineProperty(error, 'stack', { value: sent.stack });
  if (sent.cause !== undefined) error.cause = receiveError(sent.cause);
  return error;
}

function make({ name, message, memory, isDomException }: SentError): Error {
  if (isDomException) return new DOMException(message, name);
  if (memory) return new MemoryError(memory.asked, memory.used, memory.limit, memory.holders);
  const Known = BY_NAME.get(name);
  return Known ? new Known(message) : Object.assign(new Error(message), { name });
}

function memoryOf({ asked, used, limit, holders }: MemoryError): NonNullable<SentError['memory']> {
  return { asked, used, limit, holders };
}

function isError(value: unknown): value is Error {
  return (
    value instanceof Error || (typeof DOMException !== 'undefined' && value instanceof DOMException)
  );
}
