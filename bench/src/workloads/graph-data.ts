import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCsv } from 'gradus/data';

/** A graph that GCNs are known by. */
export interface GraphSet {
  readonly name: string;
  /** Its folder among data sets. */
  readonly folder: string;
  readonly nodes: number;
  readonly edges: number;
  /** Columns of x; feature k of a node is a one in column k modulo their number. */
  readonly features: number;
  readonly classes: number;
}

export interface GraphData {
  readonly nodes: number;
  /** Each once. */
  readonly links: readonly (readonly [number, number])[];
  /** [V, F] and [V], of real graphs. */
  readonly features?: Float32Array;
  readonly labels?: Int32Array;
}

export const graphSets: readonly GraphSet[] = [
  { name: 'Cora', folder: 'planetoid-cora', nodes: 2708, edges: 5278, features: 1433, classes: 7 },
  {
    name: 'musae-facebook',
    folder: 'musae-facebook',
    nodes: 22_470,
    edges: 170_823,
    features: 128,
    classes: 4,
  },
];

/** Where the files of a set are, if they are. */
export function folderOf({ folder }: GraphSet, dataDir: string | undefined): string | undefined {
  const path = dataDir === undefined ? undefined : join(dataDir, folder);
  return path !== undefined && existsSync(join(path, 'edges.csv')) ? path : undefined;
}

/** The graph in a folder, or a random one of the same size. */
export function graphOf(
  { nodes, edges, features }: GraphSet,
  folder: string | undefined,
  random: () => number,
): GraphData {
  if (folder === undefined) {
    const node = (): number => Math.floor(random() * nodes);
    return { nodes, links: Array.from({ length: edges }, () => [node(), node()] as const) };
  }
  const labels = new Int32Array(nodes);
  for (const { node, label } of rows(folder, 'labels.csv')) labels[node!] = label!;
  const links = rows(folder, 'edges.csv').map(({ source, target }) => [source!, target!] as const);
  const x = new Float32Array(nodes * features);
  readFileSync(join(folder, 'features.txt'), 'utf8')
    .split('\n', nodes)
    .forEach((line, v) => {
      for (const k of line.split(' ')) if (k !== '') x[v * features + (Number(k) % features)] = 1;
    });
  return { nodes, links, features: x, labels };
}

/** The rows of a CSV file by the names of its columns, which hold numbers as far as they are used. */
function rows(folder: string, file: string): Record<string, number>[] {
  const { columns, rows: cells } = readCsv(readFileSync(join(folder, file)), { source: file });
  return cells.map((row) => Object.fromEntries(columns.map((name, i) => [name, Number(row[i])])));
}
