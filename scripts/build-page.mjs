// Builds an example for the browser: its scripts by esbuild, all else as it is.
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Builds the page in `from`, whose scripts are main.ts and trainer.ts, the worker, to `to`. */
export async function buildPage(from, to) {
  mkdirSync(to, { recursive: true });
  await build({
    entryPoints: ['main.ts', 'trainer.ts'].map((file) => join(from, file)),
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    outdir: to,
    logLevel: 'warning',
  });
  for (const file of readdirSync(from)) {
    if (!file.endsWith('.ts')) copyFileSync(join(from, file), join(to, file));
  }
}
