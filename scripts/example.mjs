// Runs an example of examples/ against dist: `npm run example NAME`. Types are checked on the way. One
// for Node goes to .cache as JavaScript, where 'gradus' is still this package; one for the browser, a
// folder with a page, is bundled there and served until Ctrl-C.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage } from './build-page.mjs';
import { ISOLATION, POLICY, serve } from './serve.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const examples = readdirSync(join(root, 'examples'), { withFileTypes: true });
const pages = examples.filter((entry) => entry.isDirectory()).map(({ name }) => name);
const files = examples
  .filter(({ name }) => name.endsWith('.ts'))
  .map(({ name }) => name.slice(0, -3));
const [name = '', ...rest] = process.argv.slice(2);

function fail(message, status) {
  console.error(`error: ${message}`);
  process.exit(status);
}

/** Runs a program of Node; its status. */
const run = (...args) => spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;

/** Writes a configuration for the compiler to the example's folder in .cache, and runs it. */
function compile(folder, config) {
  mkdirSync(folder, { recursive: true });
  const text = JSON.stringify({ extends: join(root, 'tsconfig.json'), ...config });
  writeFileSync(join(folder, 'tsconfig.json'), text);
  return run(join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', folder);
}

/** One for Node; its status. */
function runFile() {
  const folder = join(root, '.cache', 'examples', name);
  const compilerOptions = { noEmit: false, rootDir: root, outDir: folder };
  const include = [join(root, 'examples', `${name}.ts`)];
  const status = compile(folder, { compilerOptions, include });
  return status || run(join(folder, 'examples', `${name}.js`), ...rest);
}

async function showPage() {
  const cache = join(root, '.cache', 'examples', name);
  const lib = { lib: ['es2022', 'dom', 'dom.iterable'], types: [] };
  const include = [join(root, 'examples', name, '*.ts')];
  if (compile(cache, { compilerOptions: lib, include }) !== 0) return 1;
  const folder = join(cache, 'page');
  await buildPage(join(root, 'examples', name), folder);
  const port = Number(rest[0] ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    fail(`there is no port ${rest[0]}; give one from 1024 to 65535, or none.`, 2);
  }
  const headers = { ...ISOLATION, ...POLICY };
  const { url } = await serve({ folders: { '/': folder }, headers, port });
  console.log(`${name}: open ${url}/ in a browser; Ctrl-C ends it.`);
  return 0;
}

if (![...files, ...pages].includes(name)) {
  fail(`there is no example '${name}'; the examples are ${[...files, ...pages].join(', ')}.`, 2);
}
if (!existsSync(join(root, 'dist', 'index.js'))) {
  fail('the package is not built; run `npm run build` first.', 1);
}
try {
  process.exitCode = pages.includes(name) ? await showPage() : runFile();
} catch (error) {
  fail(error.message, 1);
}
