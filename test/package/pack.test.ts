/** The package as published, in an empty Node project and in an empty Vite project. */
import { readFileSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Consumer } from './consumer.js';
import {
  makeConsumer,
  manifest,
  node,
  npm,
  root,
  rootBin,
  specifiers,
  XOR_STEP,
  webSpecifiers,
} from './consumer.js';

let consumer: Consumer;
beforeAll(() => {
  consumer = makeConsumer();
}, 300_000);
afterAll(() => consumer?.remove());

test('the package holds what its manifest promises, and nothing foreign', () => {
  const { packed } = consumer;
  const promised = Object.values(manifest.exports).flatMap((target) =>
    typeof target === 'string' ? [target] : [target.types, target.default],
  );
  const wanted = [...promised, ...Object.values(manifest.bin)].map((p) => p.replace(/^\.\//, ''));
  expect(wanted.filter((path) => !packed.includes(path))).toEqual([]);
  expect(packed).toContain('LICENSE');
  const allowed = /^(dist\/|src\/|package\.json$|LICENSE$|README[^/]*\.md$)/;
  expect(packed.filter((path) => !allowed.test(path))).toEqual([]);
});

/** One step of training: the loss before and after, which is smaller. */
const trainingStep = `
import { compile, manualSeed, tensor } from 'gradus';
import { Linear, ReLU, Sequential, mseLoss } from 'gradus/nn';
import { Adam } from 'gradus/optim';

${XOR_STEP}
const before = step().item();
for (let i = 0; i < 50; i++) step();
const after = step().item();
console.log(before > 2 * after ? 'learns' : \`\${before} → \${after}\`);
`;

describe('in a Node project', () => {
  test('every subpath can be imported', () => {
    const names = JSON.stringify(specifiers);
    consumer.write(
      'all.js',
      `for (const name of ${names}) {
        const { length } = Object.keys(await import(name));
        console.log(name, length > 0 ? 'ok' : 'is empty');
      }`,
    );
    const lines = node(['all.js'], consumer.folder).trim().split('\n');
    expect(lines).toEqual(specifiers.map((name) => `${name} ok`));
  });
  test('what is not exported cannot be', () => {
    consumer.write('inner.js', "import 'gradus/engine/ops/index.js';");
    expect(() => node(['inner.js'], consumer.folder)).toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });
  test('a model trains', () => {
    consumer.write('train.js', trainingStep);
    expect(node(['train.js'], consumer.folder).trim()).toBe('learns');
  });
  test('npx gradus --version', () => {
    const printed = npm(['exec', '--offline', '--', 'gradus', '--version'], consumer.folder);
    expect(printed.trim()).toBe(manifest.version);
  });
});

/** Type-checks a file against the types in the package, strictly and these included. */
function checkTypes(name: string, text: string, options: object): string {
  consumer.write(`${name}.ts`, text);
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: false,
    ...options,
  };
  const config = { compilerOptions, files: [`${name}.ts`] };
  consumer.write(`tsconfig.${name}.json`, JSON.stringify(config));
  try {
    const tsc = rootBin('typescript/bin/tsc');
    return node([tsc, '-p', `tsconfig.${name}.json`, '--pretty', 'false'], consumer.folder);
  } catch (error) {
    return (error as Error).message;
  }
}

/** Imports every entry, so that all of its types are checked. */
const imports = (names: readonly string[]): string =>
  names.map((name, i) => `import * as m${i} from '${name}';\nvoid m${i};`).join('\n');

describe('the types', () => {
  const typeRoots = [join(root, 'node_modules/@types')];
  test('hold in a Node project', () => {
    const text = `${imports(specifiers)}
import type { Tensor } from 'gradus';
import { tensor } from 'gradus';
import { Linear } from 'gradus/nn';
import { defineOptimizer } from 'gradus/optim';

const y: Tensor = new Linear(2, 1).forward(tensor([[1, 2]]));
const size: number = y.size;
const Own = defineOptimizer({
  name: 'Own',
  defaults: { lr: 0.1, gamma: 0.9 },
  state: { m: 0 },
  phi: (g, { lr, state, hyper }) => (state.m = state.m.mul(hyper.gamma).add(g.mul(lr))),
});
new Own([], { gamma: size });
// @ts-expect-error there is no such setting
new Own([], { beta: 1 });
// @ts-expect-error a layer takes a tensor
new Linear(2, 1).forward([1, 2]);
`;
    expect(checkTypes('node', text, { types: ['node'], typeRoots })).toBe('');
  });
  test('hold in a browser project, without those of Node', () => {
    const options = { lib: ['es2022', 'dom'], types: [] };
    expect(checkTypes('web', imports(webSpecifiers), options)).toBe('');
  });
});

describe('in a Vite project', () => {
  /** Builds a page with one script; returns the scripts that come out. */
  function bundle(name: string, script: string): { path: string; code: string }[] {
    consumer.write(`${name}/index.html`, '<script type="module" src="./main.js"></script>');
    consumer.write(`${name}/main.js`, script);
    const config = "export default { build: { modulePreload: false, target: 'es2022' } };";
    consumer.write(`${name}/vite.config.js`, config);
    const folder = join(consumer.folder, name);
    node([rootBin('vite/bin/vite.js'), 'build', '--logLevel', 'warn'], folder);
    const assets = join(folder, 'dist/assets');
    const files = readdirSync(assets).map((file) => {
      const path = join(assets, file);
      return { path, code: readFileSync(path, 'utf8') };
    });
    // The page's first, then those of workers.
    const isMain = ({ path }: { path: string }): boolean => /index-[^/]*$/.test(path);
    return [...files.filter(isMain), ...files.filter((file) => !isMain(file))];
  }

  const builtins = builtinModules.filter((name) => !name.startsWith('_')).join('|');
  const nodeImport = new RegExp(
    `__vite-browser-external|["'\`](node:[a-z/]+|${builtins})["'\`]\\s*[);]`,
  );
  const usesNode = (code: string): string | undefined => nodeImport.exec(code)?.[0];

  test('the bundle is without Node, and a model trains', () => {
    const scripts = bundle('small', trainingStep);
    // The page's, and that of its threads.
    expect(scripts.map(({ code }) => usesNode(code))).toEqual([undefined, undefined]);
    expect(node([scripts[0]!.path], consumer.folder).trim()).toBe('learns');
    const bytes = gzipSync(scripts[0]!.code).length;
    console.log(`bundle of gradus, gradus/nn and gradus/optim: ${kilobytes(bytes)} gz`);
    expect(bytes).toBeLessThan(120_000);
  });
  test('all entries for the web can be bundled', () => {
    const script = webSpecifiers
      .map(
        (name, i) => `import * as m${i} from '${name}';\nconsole.log(Object.keys(m${i}).length);`,
      )
      .join('\n');
    const scripts = bundle('all', script);
    expect(scripts.map(({ code }) => usesNode(code))).toEqual(scripts.map(() => undefined));
    const counts = node([scripts[0]!.path], consumer.folder).trim().split('\n').map(Number);
    expect(counts).toHaveLength(webSpecifiers.length);
    expect(Math.min(...counts)).toBeGreaterThan(0);
    const bytes = scripts.reduce((sum, { code }) => sum + gzipSync(code).length, 0);
    console.log(`bundle of all entries for the web: ${kilobytes(bytes)} gz`);
  });
  test('an import of Node would be seen', () => {
    const [script] = bundle('node', "import { readFileSync } from 'node:fs';\nreadFileSync('a');");
    expect(usesNode(script!.code)).toBeDefined();
  });
});

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
