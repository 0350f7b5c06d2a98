import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { gradus } from '../run-gradus.js';

/** Trains small models on the digits before a file's tests; they go afterwards. */
export function trainedModels(): { readonly folder: string; readonly mlp: string } {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-models-'));
  const mlp = join(folder, 'mlp.safetensors');
  beforeAll(async () => {
    const { status } = await gradus(
      `train mlp --hidden 24 --val-fraction 0.6 --epochs 2 --quiet --save ${mlp}`,
    );
    expect(status).toBe(0);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  return { folder, mlp };
}

/** Expects status, nothing on stdout, and one sentence on stderr. */
export async function expectFailure(args: string, status: 1 | 2, message: RegExp): Promise<void> {
  const outcome = await gradus(args);
  expect(outcome.stderr).toMatch(message);
  expect(outcome.stderr).toMatch(/^error: [^\n]+\n$/);
  expect([outcome.status, outcome.stdout]).toEqual([status, '']);
}
