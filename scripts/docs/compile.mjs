import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../prepare.mjs';

/**
 * Compiles src to a folder of its own, inside the checkout so that packages resolve, and calls `use`
 * with its path: the reference then shows the sources as they are, whatever is in dist.
 *
 * @template R
 * @param {(folder: string) => R | Promise<R>} use
 * @returns {Promise<R>}
 */
export async function withCompiled(use) {
  const cache = join(root, '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'docs-'));
  try {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    // Errors of types are another check's: what has been emitted is good enough to read.
    const flags = ['--declarationMap', 'false', '--sourceMap', 'false', '--noEmitOnError', 'false'];
    const args = [tsc, '-p', 'tsconfig.build.json', ...flags, '--outDir', folder];
    const { stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    if (!existsSync(join(folder, 'index.d.ts')))
      throw new Error(`src does not compile:\n${stdout}`);
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
