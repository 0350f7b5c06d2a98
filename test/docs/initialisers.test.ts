/** docs/initialisers.md: it lists every initialiser, and the numbers it has measured are as it says. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { init } from '../../src/nn/index.js';

const read = (path: string): string =>
  readFileSync(new URL(`../../docs/${path}`, import.meta.url), 'utf8');
const page = read('initialisers.md');

test('every initialiser is on the page', () => {
  const missing = Object.keys(init).filter(
    (name) => !page.includes(`[\`${name}\`](api/nn.md#init${name.toLowerCase()})`),
  );
  expect(missing).toEqual([]);
});

test('what suits keeps its size, what does not falls', () => {
  const sizes = (label: string): number[] => {
    const line = page.split('\n').find((text) => text.startsWith(`| ${label} |`))!;
    return line.split('|').slice(2, -1).map(Number);
  };
  for (const label of ['relu, kaimingNormal', 'selu, lecunNormal']) {
    for (const size of sizes(label)) {
      expect(size).toBeGreaterThan(0.25);
      expect(size).toBeLessThan(4);
    }
  }
  expect(sizes('relu, xavierNormal')[2]).toBeLessThan(1e-3);
  expect(sizes('tanh, xavierNormal · 5/3')[2]).toBeGreaterThan(0.5);
  const [, , signal, gradient] = sizes('sigmoid, xavierNormal');
  expect(signal).toBeGreaterThan(0.25);
  expect(gradient).toBeLessThan(1e-9);
});

test.each(['signals', 'gradients'])('the plot of the %s is there', (name) => {
  expect(page).toContain(`![${name}](initialisers/${name}.svg)`);
  const plot = read(`initialisers/${name}.svg`);
  expect(plot).toContain('relu, kaimingNormal');
  expect(plot).not.toMatch(/NaN|undefined/);
});
