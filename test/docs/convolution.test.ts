/** docs/convolution.md: its formulas, sums, figures and examples hold for the engine. */
import { transformSync } from 'esbuild';
import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import * as gradus from '../../src/index.js';
import * as nn from '../../src/nn/index.js';
import type { ConvOptions, Shape, Tensor } from '../../src/index.js';

interface Layer {
  readonly weight: Shape;
  readonly options?: ConvOptions & { readonly padding?: number };
  readonly transposed?: boolean;
}

interface Kind {
  readonly name: string;
  readonly title: string;
  readonly parameters: string;
  readonly multiplyAdds: string;
  readonly input: Shape;
  readonly layers: readonly Layer[];
}

interface Facts {
  readonly kinds: readonly Kind[];
  readonly valueOf: (formula: string, letters: Record<string, number>) => number;
  readonly lettersOf: (kind: Kind, output: Shape) => Record<string, number>;
}

const url = new URL('../../scripts/docs/convolution-facts.mjs', import.meta.url).href;
const { kinds, valueOf, lettersOf } = (await import(url)) as Facts;
const read = (path: string): string =>
  readFileSync(new URL(`../../docs/${path}`, import.meta.url), 'utf8');
const page = read('convolution.md');

gradus.setDevice(new gradus.WasmDevice());

/** A layer of ones over ones: each output is the number of its products. */
function countLayer(input: Shape, { weight, options, transposed }: Layer): Tensor {
  const apply = transposed ? gradus.convTranspose : gradus.conv;
  return apply(gradus.ones(input), gradus.ones(weight), options);
}

describe.each(kinds.map((kind) => [kind.title, kind] as const))('%s', (title, kind) => {
  const section = page.slice(page.indexOf(`### ${title}`)).split('\n#')[0]!;

  test('costs what is written', () => {
    let [shape, products, weights] = [kind.input, 0, 0];
    for (const layer of kind.layers) {
      const counts = countLayer(shape, layer);
      products += counts.sum().item();
      weights += layer.weight.reduce((a, b) => a * b, 1);
      shape = counts.shape;
    }
    const letters = lettersOf(kind, shape);
    expect(valueOf(kind.parameters, letters)).toBe(weights);
    expect(valueOf(kind.multiplyAdds, letters)).toBe(products);
    expect(section).toContain(`- Parameters: \`${kind.parameters}\`; here ${weights}\n`);
    expect(section).toContain(`- Multiply-adds: \`${kind.multiplyAdds}\`; here ${products}\n`);
  });

  test('shows an output that its terms add up to, in the figure too', () => {
    const [, terms, sum] = /^The marked .*?: (?:`(.*) = |the sum of \d+ terms, )(-?\d+)/m.exec(
      section,
    )!;
    const add = (total: number, term: string): number => {
      const [a, b] = term.split('·').map((factor) => Number(factor.replace(/[()]/g, '')));
      return total + a! * b!;
    };
    if (terms) expect(terms.split(' + ').reduce(add, 0)).toBe(Number(sum));
    const marked = /fill="#a8e0c8"[^>]*\/><text[^>]*>([^<]*)/.exec(
      read(`convolution/${kind.name}.svg`),
    )!;
    expect(marked[1]!.replace('−', '-')).toBe(sum);
  });
});

test('every figure on the page is there, and has numbers only', () => {
  const paths = [...page.matchAll(/!\[[^\]]*\]\((.*?)\)/g)].map((m) => m[1]!);
  expect(paths.length).toBe(kinds.length + 6);
  for (const path of paths) expect(read(path)).not.toMatch(/NaN|undefined|Infinity/);
});

const blocks = [...page.matchAll(/```ts\n([^]*?)```/g)].map((m) => m[1]!);

test.each(blocks.map((code, i) => [i + 1, code] as const))(
  'block %d prints what it says',
  (_, code) => {
    const printed: string[] = [];
    const shown = (value: unknown): string => JSON.stringify(value).replaceAll(',', ', ');
    const log = (...values: unknown[]): void => void printed.push(values.map(shown).join(' '));
    const { code: script } = transformSync(code, { loader: 'ts', format: 'cjs' });
    const modules: Record<string, unknown> = { gradus, 'gradus/nn': nn };
    runInNewContext(script, {
      require: (name: string) => modules[name],
      console: { log },
      module: {},
    });
    const comments = [...code.matchAll(/^console\.log\(.*; \/\/ (.*)$/gm)].map((m) => m[1]);
    expect(printed.length).toBeGreaterThan(0);
    expect(printed).toEqual(comments);
  },
);
