import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { nativeTarget } from '../../../../src/engine/backends/native/compiler.js';

/** True where kernels cannot be compiled; the tests that need it are skipped, and say so. */
export const noCompiler = nativeTarget() === null;
if (noCompiler) console.log('skipped: no C compiler for the native tier');

/** Gives the test file an empty cache of its own, and takes it away after the last test. */
export function freshCache(): string {
  const before = process.env['GRADUS_CACHE'];
  const folder = mkdtempSync(join(tmpdir(), 'gradus-test-'));
  process.env['GRADUS_CACHE'] = folder;
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    if (before === undefined) delete process.env['GRADUS_CACHE'];
    else process.env['GRADUS_CACHE'] = before;
  });
  return folder;
}
