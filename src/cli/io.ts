import { styleText } from 'node:util';

/** Where a command writes and what it sees of its surroundings; tests pass their own. */
export interface Io {
  /** Results; with --json nothing but JSON. */
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  /** Progress and errors. */
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly env: NodeJS.ProcessEnv;
  /** What is piped in, where a command reads it. */
  readonly stdin?: AsyncIterable<Uint8Array> & { readonly isTTY?: boolean };
}

/** Exit status of a process whose reader has gone, as a shell reports it: 128 + SIGPIPE. */
const BROKEN_PIPE = 141;

/** Those of this process. A reader that goes away, as in `gradus … | head`, ends it silently. */
export function processIo(): Io {
  const { stdin, stdout, stderr, env } = process;
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(BROKEN_PIPE);
      throw error;
    });
  }
  return { stdin, stdout, stderr, env };
}

/** Writes one line of results. */
export function printLine(io: Io, text = ''): void {
  io.stdout.write(`${text}\n`);
}

/** Writes one line to stderr: what a person should know, and no result. */
export function printError(io: Io, text: string): void {
  io.stderr.write(`${text}\n`);
}

/** The colours and weights in use. */
export type Style = Parameters<typeof styleText>[0];

/** `text` in a style where stdout shows it: on a terminal, unless NO_COLOR is set. */
export function paint(io: Io, style: Style, text: string): string {
  const { NO_COLOR, TERM } = io.env;
  if (io.stdout.isTTY !== true || (NO_COLOR !== undefined && NO_COLOR !== '')) return text;
  // This has just decided what Node would otherwise decide by the process's own streams.
  return TERM === 'dumb' ? text : styleText(style, text, { validateStream: false });
}
