import { Writable } from 'node:stream';
import type { Io } from '../../src/cli/io.js';
import { run } from '../../src/cli/run.js';

// Compiling C takes longer than what most tests of the command line compute.
process.env['GRADUS_NATIVE'] ??= '0';

/** What a command line has done. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Streams that keep what is written. */
export function captureIo(env: NodeJS.ProcessEnv = {}): Io & { text(): Omit<Outcome, 'status'> } {
  const kept = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr'): Writable =>
    new Writable({
      write(chunk: Buffer, _, done) {
        kept[name] += chunk.toString();
        done();
      },
    });
  return { stdout: stream('stdout'), stderr: stream('stderr'), env, text: () => ({ ...kept }) };
}

/** Runs a command line in this process, with no data folders but those that are named. */
export async function gradus(args: string, env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const io = captureIo({ GRADUS_CACHE: '/nowhere', ...env });
  const status = await run(args.split(' ').filter(Boolean), io);
  return { status, ...io.text() };
}
