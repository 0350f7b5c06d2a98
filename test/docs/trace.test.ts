/** The tracing of the notes' equations: scripts/docs/trace.mjs and what it is built on. */
import { describe, expect, test } from 'vitest';

interface Place {
  readonly number: string;
  readonly path: string;
  readonly name: string;
  readonly anchor?: string;
  readonly isMention?: boolean;
}

type Traces = Record<'symbols' | 'tests' | 'pages', readonly Place[]>;

interface Tools {
  readonly carriers: (path: string, text: string) => Place[];
  readonly checks: (path: string, text: string) => Place[];
  readonly explanations: (path: string, text: string) => Place[];
  readonly problemsOf: (traces: Traces) => string[];
  readonly equationsPage: (traces: Traces) => string;
  readonly equations: readonly { readonly number: string; readonly section: string }[];
  readonly slugger: () => (heading: string) => string;
}

const files = ['trace', 'equations-page', 'notes', 'slug'];
const urls = files.map((name) => new URL(`../../scripts/docs/${name}.mjs`, import.meta.url).href);
const modules = (await Promise.all(urls.map((url) => import(url)))) as object[];
const tools = Object.assign({}, ...modules) as Tools;
const { carriers, checks, equations, equationsPage, explanations, problemsOf, slugger } = tools;

const names = (places: readonly Place[]): string[] => places.map((p) => `${p.number} ${p.name}`);

describe('symbols', () => {
  test('of every kind are found by the tags in their docstrings', () => {
    const source = `
/** A file.
 * @equation (2.1) */
import { x } from './x.js';
/**
 * A class.
 *
 * @equation (2.8), (2.9)
 * @example
 * new A();
 */
export class A {
  /** @equation (2.3) */
  step(): void {}
}
/** @equation (2.16) */
export const f = (a: number): number => a * x;
/** @equation (2.4) */
export type R = 'sum';`;
    const found = names(carriers('src/a.ts', source));
    expect(found).toEqual(['2.1 ', '2.8 A', '2.9 A', '2.3 A.step', '2.16 f', '2.4 R']);
  });
  test('a tag that belongs to none is an error', () => {
    const source = 'export function f(): void {\n  // @equation (2.1)\n}';
    expect(() => carriers('src/a.ts', source)).toThrow('src/a.ts: an @equation is not in');
  });
});

describe('tests', () => {
  test('are found by title, by a tag inside and by a tag ahead', () => {
    const source = `
const rules = [
  1, // @equation (2.5)
];
describe('laws', () => {
  test.each(rules)('of rule %s', () => {});
  test('(2.13): errors', () => {
    expect(1).toBe(1); // @equation (2.14), (2.12)
  });
});
test('the half of (99.5)', () => {});`;
    expect(names(checks('test/a.test.ts', source))).toEqual([
      '2.13 laws › (2.13): errors',
      '2.5 laws',
      '2.14 laws › (2.13): errors',
      '2.12 laws › (2.13): errors',
    ]);
  });
});

describe('pages', () => {
  const page = `# Optimizers
<!-- @equation (2.7), (2.8) -->
## The \`form\` of (2.10)
As in (2.9), and not as in (99.9).
\`\`\`ts
// (2.6)
\`\`\``;
  test('are found by tags; a mention is marked as one', () => {
    const found = explanations('docs/a.md', page);
    expect(found.map((p) => [p.number, p.anchor, p.isMention])).toEqual([
      ['2.7', 'optimizers', false],
      ['2.8', 'optimizers', false],
      ['2.10', 'the-form-of-210', true],
      ['2.9', 'the-form-of-210', true],
    ]);
  });
  test('anchors are those of GitHub', () => {
    const slug = slugger();
    const headings = ['(2.5)', '`Linear`', '`linear`', 'What h ↦ φ_j(x) is', '`init.zeros`'];
    expect(headings.map((heading) => slug(heading))).toEqual([
      '25',
      'linear',
      'linear-1',
      'what-h--φ_jx-is',
      'initzeros',
    ]);
  });
});

describe('the check', () => {
  const all = (path: string): Place[] =>
    equations.map(({ number }) => ({ number, path, name: 'f', anchor: 'f' }));
  const complete: Traces = {
    symbols: all('src/a.ts'),
    tests: all('test/a.ts'),
    pages: all('docs/a.md'),
  };

  test('there are 38 equations, each once', () => {
    expect(new Set(equations.map(({ number }) => number)).size).toBe(38);
  });
  test('nothing is wrong where every equation is carried, tested and explained', () => {
    expect(problemsOf(complete)).toEqual([]);
  });
  test('a gap in a built chapter is one, whatever is missing', () => {
    for (const key of ['symbols', 'tests', 'pages'] as const) {
      const less = complete[key].filter(({ number }) => number !== '2.18');
      const found = problemsOf({ ...complete, [key]: less });
      expect(found).toEqual([expect.stringContaining('equation (2.18) has no')]);
    }
    const mentioned = complete.pages.map((place) => ({ ...place, isMention: true }));
    expect(problemsOf({ ...complete, pages: mentioned })).toHaveLength(38);
  });
  test('a gap elsewhere is none, and an equation that the notes do not have is one', () => {
    const built = (place: Place): boolean => /^[235]\./.test(place.number);
    expect(problemsOf({ ...complete, symbols: complete.symbols.filter(built) })).toEqual([]);
    const symbols = [...complete.symbols, { number: '2.21', path: 'src/b.ts', name: 'g' }];
    expect(problemsOf({ ...complete, symbols })).toEqual([
      'src/b.ts: the notes have no equation (2.21)',
    ]);
  });
  test('the page names what was found, and its errata', () => {
    const page = equationsPage(complete);
    expect(page).toContain('- Symbols: `f` in [src/a.ts](../src/a.ts)\n- Tests: [test/a.ts]');
    expect(page).toContain('- Erratum: The text lets k run over the units that send a link to j.');
    expect(equationsPage({ symbols: [], tests: [], pages: [] })).toContain('- Tests: none');
  });
});
