import { FormatError } from '../../engine/core/errors.js';

/** A data set that could not be fetched; the message says what to do instead. */
export class FetchError extends FormatError {
  override name = 'FetchError';
}

/** Why one attempt failed; completes a sentence. */
export class AttemptFailure extends Error {
  constructor(
    message: string,
    /** `again`: may pass by itself; `elsewhere`: this address will not do; `restart`: bad bytes. */
    readonly remedy: 'again' | 'elsewhere' | 'restart',
    readonly waitMs = 0,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const NETWORK_REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known here',
  EAI_AGAIN: 'no name server answers',
  ECONNREFUSED: 'it refuses the connection',
  ECONNRESET: 'it broke off the connection',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'there is no network',
  ETIMEDOUT: 'it does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
  UND_ERR_SOCKET: 'it broke off the connection',
};

/** What will not pass within a minute: without a network nobody should have to wait for that. */
const OFFLINE = ['ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH'];

/** An attempt that failed below HTTP. */
export function networkFailure(host: string, error: unknown): AttemptFailure {
  const { message, code } = rootCause(error);
  const reason = NETWORK_REASONS[code ?? ''] ?? message;
  const remedy = OFFLINE.includes(code ?? '') ? 'elsewhere' : 'again';
  return new AttemptFailure(`cannot reach ${host} (${reason})`, remedy, 0, { cause: error });
}

/** fetch() wraps what happened, connections to several addresses in one more layer. */
function rootCause(error: unknown): { message: string; code: string | undefined } {
  let at = error as NodeJS.ErrnoException & { cause?: unknown; errors?: unknown[] };
  for (let i = 0; i < 5; i++) {
    const inner = at.cause ?? at.errors?.[0];
    if (!(inner instanceof Error)) break;
    at = inner;
  }
  return { message: at.message || at.name, code: at.code };
}
