/** docs/coverage.md claims no more, and no less, than the oracle tests check. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CELLS } from '../engine/backends/oracle-cases.js';

const read = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const ORACLES: Record<string, string> = {
  i: 'test/engine/backends/oracle-cases.ts', // what the others are compared with
  w: 'test/engine/backends/oracle.test.ts',
  n: 'test/engine/backends/native/oracle.test.ts',
};

test('each cell of the table is one that the oracles test', () => {
  const [, head = '', ...lines] = /\n(\| Name .*)\n\|[-:|]+\n([^]*)$/.exec(
    read('docs/coverage.md'),
  )!;
  const columns = head.split('|').map((name) => name.trim());
  const claimed = lines[0]!
    .trim()
    .split('\n')
    .flatMap((line) => {
      const cells = line.split('|').map((cell) => cell.trim());
      return cells.flatMap((cell, i) => {
        if (i < 2 || !cell.includes(' ')) return [];
        expect(cell).toBe(Object.keys(ORACLES).join(' '));
        return [`${cells[1]!.replaceAll('`', '')} ${columns[i]}`];
      });
    });
  expect(claimed).toEqual(CELLS.map(({ op, dtype }) => `${op} ${dtype}`));
});

test('each oracle goes through all cells', () => {
  for (const path of Object.values(ORACLES)) expect(read(path)).toContain('CELLS');
});
