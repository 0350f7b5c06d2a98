// Brings a checkout to the state in which it can run: dependencies installed, `dist` built.
// Uses Node's own modules only, as it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(root, '.cache', 'build-stamp');

/** Runs npm in the root; returns the result of `spawnSync`. Through npm's own script where known. */
export function npm(args, options = {}) {
  const script = process.env.npm_execpath;
  const all = { cwd: root, stdio: 'inherit', ...options };
  if (script?.endsWith('.js')) return spawnSync(process.execPath, [script, ...args], all);
  return spawnSync('npm', args, { ...all, shell: process.platform === 'win32' });
}

/** The files under a folder, as paths relative to the root with forward slashes, sorted. */
export function filesUnder(folder, suffix = '') {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((e) => {
      const path = `${folder}/${e.name}`;
      return e.isDirectory() ? filesUnder(path, suffix) : path.endsWith(suffix) ? [path] : [];
    })
    .sort();
}

/** True unless a folder's dependencies are missing or older than its lock file. */
export function isInstalled(folder = '.') {
  const modified = (path) => {
    return statSync(join(root, folder, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  };
  // npm writes this file last, so it is missing after an install that was cut off.
  return modified('node_modules/.package-lock.json') >= modified('package-lock.json');
}

/** Installs the root's dependencies if they are missing or older than the lock file. */
export function install() {
  if (isInstalled()) return;
  console.log('Installing dependencies …');
  // Without the workspaces: the benchmarks' peers are large and no test needs them.
  const flags = ['--workspaces=false', '--no-audit', '--no-fund', '--loglevel=error'];
  if (npm(['ci', ...flags]).status !== 0) throw new Error('npm ci failed');
}

/** What `dist` is made from, as a hash: it changes when a source is edited, added or removed. */
function sourceStamp() {
  const hash = createHash('sha256');
  const inputs = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
  for (const path of [...inputs, ...filesUnder('src', '.ts')]) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Compiles `src` to `dist` and removes outputs whose source is gone; true if it succeeded. */
export function build() {
  const stamp = sourceStamp();
  rmSync(stampFile, { force: true });
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const args = [tsc, '-p', 'tsconfig.build.json'];
  if (spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status !== 0) return false;
  // After compiling, not before: a program that runs from `dist` meanwhile keeps its files.
  for (const path of filesUnder('dist')) {
    const source = path.replace(/^dist/, 'src').replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts');
    if (!existsSync(join(root, source))) rmSync(join(root, path));
  }
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
  return true;
}

/** True if `dist` was built from the sources as they are now. */
export function isBuilt() {
  if (!existsSync(join(root, 'dist')) || !existsSync(stampFile)) return false;
  return readFileSync(stampFile, 'utf8') === sourceStamp();
}

/** Installs and builds what is missing; ends the process if that fails. */
export function prepare() {
  try {
    install();
    if (isBuilt()) return;
    console.log('Building …');
    if (!build()) throw new Error('the build failed');
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
