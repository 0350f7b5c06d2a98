/** The reference and its generators: scripts/docs/api-page.mjs, ops-page.mjs, and docs/api itself. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';
import { afterAll, describe, expect, test } from 'vitest';

interface Reference {
  readonly pages: ReadonlyMap<string, string>;
  readonly places: ReadonlyMap<string, { readonly anchor: string }>;
  readonly problems: readonly string[];
}

interface Tools {
  readonly apiReference: (
    declarations: string,
    sources: string,
    manifest: object,
  ) => Promise<Reference>;
  readonly opTable: (rows: readonly object[]) => string;
  readonly slugger: () => (heading: string) => string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const urls = ['api-page', 'ops-page', 'slug'].map(
  (name) => new URL(`../../scripts/docs/${name}.mjs`, import.meta.url).href,
);
const modules = (await Promise.all(urls.map((url) => import(url)))) as object[];
const { apiReference, opTable, slugger } = Object.assign({}, ...modules) as Tools;

describe('a small package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-reference-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Writes the same files as declarations and as sources. */
  async function reference(files: Readonly<Record<string, string>>): Promise<Reference> {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      for (const ending of ['.d.ts', '.ts']) writeFileSync(join(folder, name + ending), text);
    }
    const exports = {
      '.': { types: './dist/index.d.ts' },
      './nn': { types: './dist/nn.d.ts' },
      './package.json': './package.json',
    };
    return apiReference(folder, folder, { name: 'small', exports });
  }

  test('has a page for each entry', async () => {
    const { pages, places, problems } = await reference({
      index: `/** Numbers. */
export { Value as Real } from './value.js';
export { double } from './double.js';
export { Own } from './own.js';`,
      own: `export type Maker<H> = new (size: H, options?: { of?: H }) => Value2<H>;
declare const Own_base: import("./own.js").Maker<{ lr: number }>;
/** Made by a function. */
export declare class Own extends Own_base {}`,
      value: `/** What all have. \`T\` is the class. */
declare abstract class Base<T> {
    /** The sum. */
    add(other: T | number): T;
    private hidden;
    /** @internal */
    node(): unknown;
}
/** A number that is *not* complex. */
export declare class Value extends Base<Value> {
    readonly size: number;
    constructor(size?: number);
}`,
      double: `import { Value } from './value.js';
export interface DoubleOptions {
    /** Default 2. */
    readonly factor?: number;
}
/**
 * Twice x [N, *].
 *
 * @param x The number.
 * @param options.factor Or more.
 * @returns 2 x.
 * @throws RangeError.
 * @equation (2.5)
 * @example
 * double(2);
 */
export declare function double(x: Value, { factor }?: DoubleOptions): Value;`,
      nn: `/** Nets. */
export { double, DoubleOptions } from './double.js';`,
    });
    expect([...pages.keys()]).toEqual([
      'docs/api/small.md',
      'docs/api/nn.md',
      'docs/api/README.md',
    ]);
    expect(pages.get('docs/api/small.md')).toMatchSnapshot('small');
    expect(pages.get('docs/api/nn.md')).toMatchSnapshot('nn');
    expect(places.get('value#Base.add')?.anchor).toBe('realadd');
    expect(problems).toEqual(['src/double.ts: DoubleOptions has no docstring']);
  });

  test('reports what has no docstring', async () => {
    const { problems } = await reference({
      index: "export * from './all.js';",
      all: `export declare function f(): void;
export declare const c = 1;
export type T = number;
/** An interface. */
export interface I { /** How. */ go(): void }
/** A class. */
export declare class A implements I { go(): void; stop(): void; field: number }
/** Another, which follows the first. */
export declare class B extends A { stop(): void; get more(): number }`,
      nn: '/** Nets. */ export {};',
    });
    expect(problems).toEqual([
      'src/index.ts: the entry has no docstring',
      'src/all.ts: f has no docstring',
      'src/all.ts: A.stop has no docstring',
      'src/all.ts: B.stop has no docstring',
      'src/all.ts: B.more has no docstring',
      'src/all.ts: c has no docstring',
      'src/all.ts: T has no docstring',
    ]);
  });
});

test('operations without a gradient say why', () => {
  const row = { equation: 'y = |x|', dtypes: ['f32'], doc: 'What\nit does.', family: 'reduce' };
  const page = opTable([
    { ...row, name: 'one', shapes: 'S → [ ]', gradient: () => [] },
    { ...row, name: 'two', gradient: { none: 'it jumps' } },
    { ...row, name: 'three', gradient: { special: 'elsewhere' } },
  ]);
  expect(page).toContain('| `one` | `y = \\|x\\|` | `S → [ ]` | f32 | any order | What it does. |');
  expect(page).toContain('| `two` | `y = \\|x\\|` | `?` | f32 | none: it jumps | What it does. |');
  expect(page).toContain(
    '| `three` | `y = \\|x\\|` | `?` | f32 | any order: elsewhere | What it does. |',
  );
});

const pages = readdirSync(join(root, 'docs/api')).map((name) => `docs/api/${name}`);
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The anchors of a page. */
function anchorsOf(path: string): Set<string> {
  const slug = slugger();
  const prose = read(path).replace(/^```[^]*?^```/gm, '');
  return new Set([...prose.matchAll(/^#+ (.+)$/gm)].map(([, title]) => slug(title!)));
}

describe.each([...pages, 'docs/coverage.md', 'docs/equations.md', 'docs/ops.md'])('%s', (page) => {
  test('links lead to files and headings that there are', () => {
    const prose = read(page)
      .replace(/^```[^]*?^```/gm, '')
      .replace(/`[^`\n]*`/g, '`');
    const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
    const broken = [...new Set(targets)].filter((target) => {
      if (/^https?:/.test(target)) return false;
      const [file, anchor] = target.split('#') as [string, string | undefined];
      const path = file === '' ? page : join(dirname(page), file);
      if (!existsSync(join(root, path))) return true;
      return anchor !== undefined && !anchorsOf(path).has(anchor);
    });
    expect(broken).toEqual([]);
  });
  test('examples are TypeScript', () => {
    const blocks = [...read(page).matchAll(/^```ts\n([^]*?)^```/gm)].map(([, code]) => code!);
    // A signature of a member stands in a class; one of a method has no body.
    const isCode = (code: string): boolean =>
      [code, `declare class C {\n${code}\n}`, `declare ${code}`].some(
        (text) => parseSync('a.ts', text, { sourceType: 'module' }).errors.length === 0,
      );
    expect(blocks.filter((code) => !isCode(code))).toEqual([]);
  });
});
