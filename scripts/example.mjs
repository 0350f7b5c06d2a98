// Runs an example of examples/ against dist: `npm run example NAME`. Types are checked on the way;
// the JavaScript goes to .cache, where 'gradus' is still this package.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const names = readdirSync(join(root, 'examples'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3));
const name = process.argv[2] ?? '';

if (!names.includes(name)) {
  console.error(`error: there is no example '${name}'; the examples are ${names.join(', ')}.`);
  process.exit(2);
}
if (!existsSync(join(root, 'dist', 'index.js'))) {
  console.error('error: the package is not built; run `npm run build` first.');
  process.exit(1);
}

const folder = join(root, '.cache', 'examples', name);
mkdirSync(folder, { recursive: true });
const config = {
  extends: join(root, 'tsconfig.json'),
  compilerOptions: { noEmit: false, rootDir: root, outDir: folder },
  include: [join(root, 'examples', `${name}.ts`)],
};
writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
const run = (...args) => spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
process.exitCode =
  run(tsc, '-p', folder) || run(join(folder, 'examples', `${name}.js`), ...process.argv.slice(3));
