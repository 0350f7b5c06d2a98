/** A project that uses the package as published: packed from dist, installed without a network. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { types: string; default: string }>>;
  readonly bin: Readonly<Record<string, string>>;
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

export const manifest = readManifest(root);

/** How the entries are imported; the script of a worker is no module to import. */
export const specifiers = Object.keys(manifest.exports)
  .filter((subpath) => !['./package.json', './browser/engine'].includes(subpath))
  .map((subpath) => manifest.name + subpath.slice(1));
const isNodeOnly = (name: string): boolean => name.endsWith('/node') || name.endsWith('/native');
export const webSpecifiers = specifiers.filter((name) => !isNodeOnly(name));

/** JavaScript that makes a training step which learns XOR; what it uses is imported ahead of it. */
export const XOR_STEP = `
manualSeed(1);
const model = new Sequential(new Linear(2, 8), new ReLU(), new Linear(8, 1));
const optimizer = new Adam(model.parameters(), { lr: 0.05 });
const x = tensor([[0, 0], [0, 1], [1, 0], [1, 1]]);
const y = tensor([[0], [1], [1], [0]]);
const step = compile(() => {
  optimizer.zeroGrad();
  const loss = mseLoss(model.forward(x), y);
  loss.backward();
  optimizer.step();
  return loss;
});
`;

/** Runs a program; throws an Error with its output where it fails. */
export function run(command: string, args: readonly string[], cwd: string): string {
  // An outer `npm test` tells its children which project it is in, and npm would believe it.
  const env = { ...process.env };
  for (const key of ['npm_config_local_prefix', 'npm_config_workspaces', 'INIT_CWD'])
    delete env[key];
  const shell = process.platform === 'win32' && command === 'npm';
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env,
    shell,
    encoding: 'utf8',
  });
  if (status === 0) return stdout;
  const output = `${error?.message ?? ''}${stdout}${stderr}`;
  throw new Error(`${command} ${args.join(' ')} failed in ${cwd}:\n${output}`);
}

/** Runs a script with this Node. */
export const node = (args: readonly string[], cwd: string): string =>
  run(process.execPath, args, cwd);

/** Runs npm, the one that runs these tests if there is one. */
export function npm(args: readonly string[], cwd: string): string {
  const script = process.env['npm_execpath'];
  return script?.endsWith('npm-cli.js') ? node([script, ...args], cwd) : run('npm', args, cwd);
}

/** The file of a program that a package in the root's node_modules has. */
export const rootBin = (path: string): string => join(root, 'node_modules', path);

/** The folders of all packages that the package needs when it runs. */
function runtimeFolders(): string[] {
  const found = new Map<string, string>();
  const visit = (folder: string): void => {
    for (const name of Object.keys(readManifest(folder).dependencies ?? {})) {
      const path = resolve(folder, name);
      if (found.has(path)) continue;
      found.set(path, path);
      visit(path);
    }
  };
  visit(root);
  return [...found.values()];
}

/** Where a package finds another one, as Node does: in its own node_modules or one further up. */
function resolve(from: string, name: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name);
    if (existsSync(path)) return path;
    if (folder === dirname(folder))
      throw new Error(`${name}, which ${from} needs, is not installed`);
  }
}

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

export interface Consumer {
  readonly folder: string;
  /** The paths in the package. */
  readonly packed: readonly string[];
  /** Writes a file of the project. */
  readonly write: (path: string, text: string) => void;
  readonly remove: () => void;
}

/**
 * Packs the package and installs it in an empty project. Its dependencies are packed from the root's
 * node_modules, all of them and nothing else, so that no registry is asked.
 */
export function makeConsumer(): Consumer {
  if (!existsSync(join(root, 'dist/index.js'))) throw new Error('no dist; use npm run build');
  const folder = mkdtempSync(join(tmpdir(), 'gradus-consumer-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const pack = (paths: readonly string[]): Packed[] => {
    const flags = ['--ignore-scripts', '--json', '--pack-destination', folder];
    return JSON.parse(npm(['pack', ...flags, ...paths], root)) as Packed[];
  };
  // Where npm reads settings from; without it that could be a project further up.
  write('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  const [own] = pack([]);
  const others = pack(runtimeFolders());
  const tarballs = [own!, ...others].map(({ filename }) => `./${filename}`);
  npm(['install', '--offline', '--no-audit', '--no-fund', ...tarballs], folder);
  return {
    folder,
    packed: own!.files.map(({ path }) => path).sort(),
    write,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
