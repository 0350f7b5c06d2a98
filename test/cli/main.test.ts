// covers: src/cli/interrupt.ts, src/cli/io.ts
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { paint } from '../../src/cli/io.js';
import { captureIo, type Outcome } from './run-gradus.js';

const main = resolve('dist/cli/main.js');

interface Watch {
  /** Called once, with the first output. */
  readonly onOutput?: (child: ReturnType<typeof spawn>) => void;
}

/** Runs the built command in a process of its own. */
function gradus(args: readonly string[], { onOutput }: Watch = {}): Promise<Outcome> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.once('data', () => onOutput?.(child));
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((done) => {
    child.on('close', (status) => done({ status: status ?? -1, stdout, stderr }));
  });
}

const LONG = ['train', 'mlp', '--hidden', '24', '--epochs', '500'];

describe.skipIf(!existsSync(main))('the built command', () => {
  test('exits with the status of the command line', async () => {
    const good = await gradus(['data', 'list']);
    expect([good.status, good.stderr]).toEqual([0, '']);
    expect(good.stdout).toContain('digits');
    const usage = await gradus(['train', 'mlp', '--epochs', '0']);
    expect(usage).toEqual({
      status: 2,
      stdout: '',
      stderr: "error: --epochs is '0'; give an integer of at least 1.\n",
    });
    const failure = await gradus(['train', 'mlp', '--save', '/nowhere/x.safetensors']);
    expect(failure.status).toBe(1);
  });

  test('Ctrl-C ends it after the step in progress, with status 130', async () => {
    const { status, stdout, stderr } = await gradus([...LONG, '--json'], {
      onOutput: (child) => child.kill('SIGINT'),
    });
    expect(status).toBe(130);
    expect(stderr).toMatch(
      /^error: interrupted after step \d+ of \d+; nothing was saved; with --run DIR it can be resumed\.\n$/,
    );
    expect(stdout).toMatch(/^(\{.*\}\n)+$/);
  });

  test('a reader that goes away ends it silently', async () => {
    const { status, stderr } = await gradus([...LONG, '--json'], {
      onOutput: (child) => child.stdout?.destroy(),
    });
    expect([status, stderr]).toEqual([141, '']);
  });
});

test('colours on a terminal only, and not where NO_COLOR is set', () => {
  const plain = captureIo();
  expect(paint(plain, 'bold', 'x')).toBe('x');
  const terminal = captureIo();
  Object.assign(terminal.stdout, { isTTY: true });
  expect(paint(terminal, 'bold', 'x')).toBe('\u001b[1mx\u001b[22m');
  expect(paint({ ...terminal, env: { NO_COLOR: '1' } }, 'bold', 'x')).toBe('x');
  expect(paint({ ...terminal, env: { TERM: 'dumb' } }, 'bold', 'x')).toBe('x');
});
