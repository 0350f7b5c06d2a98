/** docs/activations.md: what scripts/docs/activation-facts.mjs claims holds for the kernels. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { WasmDevice } from '../../src/index.js';
import * as F from '../../src/nn/functional/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { fromData, full, grad, setDevice } from '../../src/tensor/index.js';

interface Facts {
  readonly name: string;
  readonly slope: (x: number) => number;
  readonly limits: readonly [number, number];
  readonly flat: readonly ('left' | 'right')[];
}

const url = new URL('../../scripts/docs/activation-facts.mjs', import.meta.url).href;
const { families } = (await import(url)) as { families: readonly { rows: readonly Facts[] }[] };
const facts = families.flatMap(({ rows }) => rows);

setDevice(new WasmDevice());

/** From -10 to 10 with all kinks, and far outside; f64. */
const GRID = Array.from({ length: 321 }, (_, i) => (i - 160) / 16);
const POINTS = Float64Array.of(-1e4, -100, -30, ...GRID, 30, 100, 1e4);

function curves(name: string): { values: number[]; slopes: number[] } {
  const f = (F as unknown as Record<string, (x: Tensor, w?: Tensor) => Tensor>)[name]!;
  const weight = name === 'prelu' ? full([1], 0.25, { dtype: 'f64' }) : undefined;
  const h = (x: Tensor): Tensor => (weight ? f(x, weight) : f(x));
  const x = fromData(POINTS, [POINTS.length]);
  const slopes = grad((at: Tensor) => h(at).sum())(x);
  return { values: [...h(x).dataSync()], slopes: [...slopes.dataSync()] };
}

describe.each(facts.map((f) => [f.name, f] as const))('%s', (name, { slope, limits, flat }) => {
  const { values, slopes } = curves(name);

  test('has the derivative that is written, at kinks too', () => {
    POINTS.forEach((x, i) => {
      const error = Math.abs(slopes[i]! - slope(x));
      if (!(error < 1e-9)) expect([x, slopes[i]]).toEqual([x, slope(x)]);
    });
  });
  test('has the range that is written', () => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    // A limit that is approached has been by now, and one that is infinite is far.
    const near = (found: number, limit: number): void => {
      if (Number.isFinite(limit)) expect(Math.abs(found - limit)).toBeLessThan(2e-3);
      else expect(found * Math.sign(limit)).toBeGreaterThan(50);
    };
    near(low, limits[0]);
    near(high, limits[1]);
    expect(low).toBeGreaterThanOrEqual(limits[0] - 1e-7);
    expect(high).toBeLessThanOrEqual(limits[1] + 1e-7);
  });
  test('saturates where it says, and nowhere else', () => {
    expect(Math.abs(slopes[0]!) < 1e-6).toBe(flat.includes('left'));
    expect(Math.abs(slopes.at(-1)!) < 1e-6).toBe(flat.includes('right'));
  });
});

test('every activation is on the page, and each plot is there', () => {
  const page = readFileSync(new URL('../../docs/activations.md', import.meta.url), 'utf8');
  const source = readFileSync(new URL('../../src/nn/functional/index.ts', import.meta.url), 'utf8');
  const block = /export \{([^}]*)\} from '\.\/activations\.js';/.exec(source)![1]!;
  const names = block.split(',').map((name) => name.trim());
  const missing = names.filter((name) => name !== '' && !page.includes(`[\`${name}\`](api/nn.md#`));
  expect(missing).toEqual([]);
  for (const { name } of facts) {
    const [, path] = new RegExp(`!\\[${name}\\]\\((.*?)\\)`).exec(page)!;
    const plot = readFileSync(new URL(`../../docs/${path!}`, import.meta.url), 'utf8');
    expect(plot).toContain('<svg');
    expect(plot).not.toMatch(/NaN|undefined/);
  }
});
