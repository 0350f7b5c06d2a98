// `npm run bench`: installs the peers of the private workspace if missing, then runs it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm, prepare, root } from './prepare.mjs';

prepare();
const manifest = JSON.parse(readFileSync(join(root, 'bench/package.json'), 'utf8'));
const peers = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
const isInstalled = (name) =>
  ['node_modules', 'bench/node_modules'].some((folder) => existsSync(join(root, folder, name)));
if (!peers.every(isInstalled) && npm(['ci', '--no-audit', '--no-fund']).status !== 0) {
  process.exit(1);
}
process.exit(npm(['run', 'bench', '-w', 'bench', '--', ...process.argv.slice(2)]).status ?? 1);
