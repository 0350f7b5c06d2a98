import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { MARK } from './protocol.js';
import type { Replies, Request } from './protocol.js';

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Milliseconds after which a peer that does not answer is given up. */
const PATIENCE = 300_000;

/** A library in a process of its own, so that no peer's heap or threads disturb another's. */
export class PeerProcess {
  private readonly child: ChildProcessWithoutNullStreams;
  private waiting: ((reply: object | Error) => void) | undefined;
  private errors = '';
  private ended: Error | undefined;

  constructor(
    readonly id: string,
    launch: Launch,
  ) {
    const env = { ...process.env, ...launch.env };
    this.child = spawn(launch.command, launch.args, { env, stdio: 'pipe' });
    this.child.stderr.on('data', (chunk: Buffer) => {
      this.errors = `${this.errors}${chunk.toString()}`.slice(-4000);
    });
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      if (line.startsWith(MARK)) this.settle(JSON.parse(line.slice(MARK.length)) as object);
    });
    this.child.on('error', (error: NodeJS.ErrnoException) => {
      this.fail(error.code === 'ENOENT' ? `there is no ${launch.command}` : error.message);
    });
    this.child.on('close', (code) => {
      this.fail(`ended with ${code}: ${this.errors.trim().split('\n').at(-1) ?? ''}`);
    });
    this.child.stdin.on('error', () => {}); // 'close' tells what happened
  }

  /** Sends a request, one at a time, and waits for the reply. Rejects if the peer has failed. */
  async request<C extends Request['command']>(
    request: Extract<Request, { command: C }>,
  ): Promise<Replies[C]> {
    if (this.ended) throw this.ended;
    const timer = setTimeout(() => {
      this.fail(`no answer to '${request.command}' in ${PATIENCE / 1000} s`);
      this.child.kill('SIGKILL');
    }, PATIENCE);
    const reply = await new Promise<object | Error>((resolve) => {
      this.waiting = resolve;
      this.child.stdin.write(`${JSON.stringify(request)}\n`);
    });
    clearTimeout(timer);
    if (reply instanceof Error) throw reply;
    if ('error' in reply) throw new Error(String(reply.error));
    return reply as Replies[C];
  }

  /** Ends the process and waits until it is gone. */
  async close(): Promise<void> {
    if (this.ended) return;
    const closed = new Promise((resolve) => this.child.once('close', resolve));
    this.child.stdin.end();
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 5000);
    await closed;
    clearTimeout(timer);
  }

  private settle(reply: object | Error): void {
    this.waiting?.(reply);
    this.waiting = undefined;
  }

  private fail(message: string): void {
    this.ended ??= new Error(message);
    this.settle(this.ended);
  }
}
