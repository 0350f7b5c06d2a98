// `npm run bench`: installs the peers of the private workspace if missing, then compiles and runs it.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled, npm, prepare, root } from './prepare.mjs';

/** Runs a JavaScript file; ends this process if that fails. */
function run(path, args) {
  const options = { cwd: root, stdio: 'inherit' };
  const { status } = spawnSync(process.execPath, [join(root, path), ...args], options);
  if (status !== 0) process.exit(status ?? 1);
}

prepare();
const manifest = JSON.parse(readFileSync(join(root, 'bench/package.json'), 'utf8'));
const peers = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
const isPresent = (name) =>
  ['node_modules', 'bench/node_modules'].some((folder) => existsSync(join(root, folder, name)));
if (!peers.every(isPresent) && npm(['ci', '--no-audit', '--no-fund']).status !== 0) {
  process.exit(1);
}
// Peers that are large or have scripts have a folder of their own; without them it goes on.
if (!isInstalled('bench/external')) {
  console.log('Installing deepbox and ONNX Runtime …');
  const cwd = join(root, 'bench/external');
  npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd });
}
run('node_modules/typescript/bin/tsc', ['-p', 'bench']);
run('bench/dist/main.js', process.argv.slice(2));
