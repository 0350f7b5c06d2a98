/** The examples compile and run against `dist` (`npm run build`), and do what they claim. */
import { execFile, spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const names = readdirSync(join(root, 'examples'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3));

/** What an example prints shows that it worked. */
const shows: Record<string, (output: string) => void> = {
  'train-digits': (output) => {
    expect(Number(/test accuracy ([\d.]+)/.exec(output)![1])).toBeGreaterThan(0.88);
  },
  lenet: (output) => {
    const accuracies = [...output.matchAll(/test accuracy ([\d.]+)/g)].map((m) => Number(m[1]));
    expect(accuracies.at(-1)).toBeGreaterThan(0.85);
    expect(output).toMatch(/\d+ kernels on/);
  },
  'own-optimizer': (output) => expect(output).toMatch(/SGD ends at[^]*SignMean ends at/),
  'open-sizes': (output) => {
    const errors = [...output.matchAll(/error ([\d.]+)/g)].map((m) => Number(m[1]));
    expect(errors.at(-1)).toBeLessThan(0.05);
    expect(output).toContain('programs compiled: 1\n');
  },
  'over-fitting': (output) => {
    expect(output).toMatch(/is \d+% higher now, while .*: the model over-fits/);
    const valLoss = (name: string): number =>
      Number(new RegExp(`^${name} +[\\d.]+ +([\\d.]+)`, 'm').exec(output)![1]);
    for (const remedy of ['dropout', 'max-norm', 'dropout, mixup']) {
      expect(valLoss(remedy)).toBeLessThan(valLoss('plain'));
    }
  },
  dates: (output) => {
    expect(Number(/exact matches: (\d+) of 1000/.exec(output)![1])).toBeGreaterThan(950);
  },
  'long-memory': (output) => {
    const losses = [...output.matchAll(/test loss ([\d.]+)/g)].map((m) => Number(m[1]));
    expect(losses.at(-1)).toBeLessThan(0.01);
  },
  cora: (output) => {
    const found = /gcn: ([\d.]+) ±/.exec(output);
    // Without the data set it says so.
    if (found) expect(Number(found[1])).toBeGreaterThan(78);
    else expect(output).toMatch(/^There is no folder .*planetoid-cora/);
  },
  forecast: (output) => {
    const found = /lstm: ([\d.]+) ±/.exec(output);
    // Without data it says so.
    if (found) expect(Number(found[1])).toBeLessThan(15.6);
    else expect(output).toMatch(/^There is no folder of data/);
  },
  explain: (output) => expect(output).toMatch(/loss \d[^]*kernels[^]*dot add relu/),
  'second-derivative': (output) => {
    const slopes = [...output.matchAll(/f'\(x\) = (\S+)/g)].map((m) => Math.abs(Number(m[1])));
    expect(slopes.at(-1)!).toBeLessThan(1e-12);
  },
};

test.each(names)('%s', async (name) => {
  const { stdout, stderr } = await run(process.execPath, [join(root, 'scripts/example.mjs'), name]);
  expect(stderr).toBe('');
  shows[name]!(stdout);
});

test('every example is in the list, and no other', () => {
  const list = readFileSync(join(root, 'examples/README.md'), 'utf8');
  const listed = [...list.matchAll(/\| \[([\w-]+)\]\(/g)].map((m) => m[1]);
  expect(new Set(listed)).toEqual(new Set([...names, 'browser-digits']));
});

test('browser-digits is served, with the headers that threads need', async () => {
  const script = join(root, 'scripts/example.mjs');
  const server = spawn(process.execPath, [script, 'browser-digits']);
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let output = '';
      server.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        const found = /http:\S+/.exec(output)?.[0];
        if (found) resolve(found);
      });
      server.once('exit', (status) => reject(new Error(`it ended with ${status}: ${output}`)));
    });
    for (const path of ['', 'main.js', 'trainer.js', 'style.css']) {
      const response = await fetch(url + path);
      expect([path, response.status]).toEqual([path, 200]);
      expect(response.headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(response.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    }
    expect((await fetch(`${url}../../../package.json`)).status).toBe(404);
  } finally {
    server.kill();
  }
});
