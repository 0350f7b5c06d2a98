import { spawn, spawnSync } from 'node:child_process';

/** How a program ended. */
export interface Outcome {
  readonly end: 'ok' | 'failed' | 'missing' | 'timeout';
  readonly stdout: string;
  readonly stderr: string;
}

const MAX_OUTPUT = 16 * 2 ** 20;

/** Runs a program to its end, at most `timeoutMs`; then a signal ends it. Never throws. */
export function runSync(
  command: readonly string[],
  input: string,
  timeoutMs: number,
  killSignal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL',
): Outcome {
  const [file, ...args] = command;
  const done = spawnSync(file!, args, {
    input,
    timeout: timeoutMs,
    killSignal,
    maxBuffer: MAX_OUTPUT,
    encoding: 'utf8',
  });
  const output = { stdout: done.stdout ?? '', stderr: done.stderr ?? '' };
  const code = done.error && 'code' in done.error ? done.error.code : undefined;
  if (code === 'ETIMEDOUT') return { end: 'timeout', ...output };
  // A program that fails before it has read its input leaves EPIPE beside its status.
  if (done.status === null && code !== undefined) {
    return { end: code === 'ENOENT' || code === 'EACCES' ? 'missing' : 'failed', ...output };
  }
  return { end: done.status === 0 ? 'ok' : 'failed', ...output };
}

/** The same without blocking; on a timeout the programs it started are stopped as well. */
export function run(
  command: readonly string[],
  input: string,
  timeoutMs: number,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const [file, ...args] = command;
    const child = spawn(file!, args, { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      if (child.pid !== undefined) killGroup(child.pid);
    }, timeoutMs);
    const finish = (end: Outcome['end']): void => {
      clearTimeout(timer);
      resolve({ end: timedOut ? 'timeout' : end, stdout, stderr });
    };
    child.stdout.setEncoding('utf8').on('data', (s: string) => (stdout += s));
    child.stderr.setEncoding('utf8').on('data', (s: string) => (stderr += s));
    child.stdin.on('error', () => undefined); // The program went before it read everything.
    child.on('error', (error: NodeJS.ErrnoException) => {
      finish(error.code === 'ENOENT' || error.code === 'EACCES' ? 'missing' : 'failed');
    });
    child.on('close', (code) => finish(code === 0 ? 'ok' : 'failed'));
    child.stdin.end(input);
  });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
