import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { freshCache, noCompiler } from '../engine/backends/native/fresh-cache.js';
import { gradus } from './run-gradus.js';

freshCache();
const parent = mkdtempSync(join(tmpdir(), 'gradus-device-'));
afterAll(() => rmSync(parent, { recursive: true }));
beforeEach(() => {
  process.env['GRADUS_NATIVE'] = '0';
});
const SMALL = 'train linear --val-fraction 0.9 --epochs 1 --quiet';

/** What the log of a run says first. */
function startOf(run: string): {
  command: string;
  settings: { device: string };
  machine: { device: string };
} {
  return JSON.parse(readFileSync(join(run, 'log.jsonl'), 'utf8').split('\n')[0]!) as never;
}

test('an unknown tier is refused', async () => {
  const { status, stderr } = await gradus(`${SMALL} --device gpu`);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^error: there is no --device 'gpu'\. Known: auto, wasm, native\.\n$/);
});

test('native is refused where it is forbidden; auto computes without it', async () => {
  const { status, stdout, stderr } = await gradus(`${SMALL} --device native`);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^error: native: GRADUS_NATIVE=0 forbids the native tier; [^\n]+\n$/);
  const run = join(parent, 'auto');
  expect((await gradus(`${SMALL} --run ${run}`)).status).toBe(0);
  const { command, settings, machine } = startOf(run);
  expect(settings.device).toBe('auto');
  expect(command).toContain(' --device auto');
  expect(machine.device).toMatch(/^wasm/);
});

describe.skipIf(noCompiler)('with a compiler', () => {
  beforeEach(() => {
    delete process.env['GRADUS_NATIVE'];
  });

  test('a run is trained natively, resumed on WebAssembly, and used on either', async () => {
    const run = join(parent, 'native');
    const file = join(parent, 'model.safetensors');
    const trained = await gradus(`${SMALL} --run ${run} --save ${file}`);
    expect([trained.status, trained.stderr]).toEqual([0, '']);
    expect(startOf(run).settings.device).toBe('auto');
    expect(startOf(run).machine.device).toMatch(/^native/);
    const resumed = await gradus(`train linear --resume ${run} --device wasm --quiet`);
    expect(resumed.status).toBe(0);
    expect(resumed.stderr).toMatch(/^note: saved on native\S*, resumed on wasm\S*: [^\n]+\n$/);
    const evaluated = async (device: string): Promise<number> => {
      const { status, stdout } = await gradus(`eval ${file} --json --device ${device}`);
      expect(status).toBe(0);
      return (JSON.parse(stdout) as { loss: number }).loss;
    };
    expect(await evaluated('native')).toBeCloseTo(await evaluated('wasm'), 5);
  });
});
