import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder with files of rows, which goes after a file's tests. */
export function someTables(): {
  readonly folder: string;
  readonly put: (name: string, content: string) => string;
  /** 90 rows of three classes that two numbers and a colour tell apart. */
  readonly flowers: string;
  /** 200 rows whose price is a function of size, age and place, in thousands. */
  readonly houses: string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-tables-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const put = (name: string, content: string): string => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return file;
  };
  return {
    folder,
    put,
    flowers: put('flowers.csv', flowerRows().join('\n')),
    houses: put('houses.csv', houseRows().join('\n')),
  };
}

function flowerRows(): string[] {
  const kinds = ['rose', 'lily', 'iris'];
  const rows = Array.from({ length: 90 }, (_, i) => {
    const k = i % 3;
    const spread = ((i * 7) % 11) / 11;
    const colour = ['red', 'white', 'blue'][(i * 5) % 7 < 5 ? k : (k + 1) % 3]!;
    return `${(2 * k + spread).toFixed(2)},${(5 - k + spread / 2).toFixed(2)},${colour},${kinds[k]}`;
  });
  return ['length,width,colour,kind', ...rows];
}

function houseRows(): string[] {
  const rows = Array.from({ length: 200 }, (_, i) => {
    const [size, age] = [40 + ((i * 37) % 100), (i * 13) % 50];
    const place = ['town', 'land', 'coast'][i % 3]!;
    const price = 2000 * size - 1500 * age + { town: 50, land: 0, coast: 90 }[place]! * 1000;
    return `${i},${size},${i % 20 === 7 ? '' : age},${place},${price}`;
  });
  return ['id,size,age,place,price', ...rows];
}
