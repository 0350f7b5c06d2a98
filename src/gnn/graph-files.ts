import { readCsv } from '../data/index.js';
import { FormatError } from '../engine/core/errors.js';
import type { Tensor } from '../tensor/index.js';
import { fromData } from '../tensor/index.js';
import type { Graph } from './graph.js';
import { readEdgeList } from './read-edge-list.js';

/** The content of a graph's files. */
export interface GraphFiles {
  /** `edges.csv`: lines source,target of numbers from 0, each for both directions. */
  readonly edges: string;
  /** `features.txt`: on line i the columns in which node i has a 1, others being 0. */
  readonly features: string;
  /** `labels.csv`: lines node,label; -1 for a node without one. */
  readonly labels: string;
  /** `train.txt`, `val.txt`, `test.txt`: a node a line. */
  readonly train?: string;
  readonly val?: string;
  readonly test?: string;
}

/** Options of `parseGraphFiles`. */
export interface GraphFilesOptions {
  /** Divide each row of features by its sum, where that is not 0. Default true. */
  readonly normalizeFeatures?: boolean;
}

/**
 * The graph of files as the data sets planetoid-cora and musae-facebook have them.
 *
 * @throws FormatError naming file and line; ArgumentError for splits that overlap.
 * @example
 * const files = { edges: 'source,target\n0,1\n', features: '0\n1\n', labels: 'node,label\n0,0\n1,1\n' };
 * parseGraphFiles(files).x; // [[1, 0], [0, 1]]
 */
export function parseGraphFiles(
  files: GraphFiles,
  { normalizeFeatures = true }: GraphFilesOptions = {},
): Graph {
  const rows = files.features.replace(/\n$/, '').split(/\r?\n/);
  const numNodes = rows.length;
  const x = readFeatures(rows, normalizeFeatures);
  const masks = (['train', 'val', 'test'] as const).flatMap((name) => {
    const text = files[name];
    return text === undefined ? [] : [[`${name}Mask`, readMask(`${name}.txt`, text, numNodes)]];
  });
  return readEdgeList(files.edges, { source: 'edges.csv', numNodes }).with({
    x,
    y: readLabels(files.labels, numNodes),
    ...(Object.fromEntries(masks) as Record<string, Tensor>),
  });
}

function readFeatures(rows: readonly string[], normalize: boolean): Tensor {
  const ones = rows.map((row, i) =>
    row
      .split(' ')
      .filter((cell) => cell !== '')
      .map((cell) => wholeNumber('features.txt', i + 1, cell, Infinity)),
  );
  const width = ones.reduce(
    (most, row) => row.reduce((m, column) => Math.max(m, column + 1), most),
    0,
  );
  const x = new Float32Array(rows.length * width);
  for (const [v, row] of ones.entries()) {
    const columns = new Set(row);
    for (const column of columns) x[v * width + column] = normalize ? 1 / columns.size : 1;
  }
  return fromData(x, [rows.length, width]);
}

function readLabels(text: string, numNodes: number): Tensor {
  const { rows, lines } = readCsv(text, { source: 'labels.csv' });
  const y = new Int32Array(numNodes).fill(-1);
  for (const [i, [node, label]] of rows.entries()) {
    const v = wholeNumber('labels.csv', lines[i]!, node ?? '', numNodes);
    y[v] = label === '-1' ? -1 : wholeNumber('labels.csv', lines[i]!, label ?? '', Infinity);
  }
  return fromData(y, [numNodes]);
}

function readMask(file: string, text: string, numNodes: number): Tensor {
  const mask = new Uint8Array(numNodes);
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() !== '') mask[wholeNumber(file, i + 1, line.trim(), numNodes)] = 1;
  }
  return fromData(mask, [numNodes], { dtype: 'bool' });
}

function wholeNumber(file: string, line: number, cell: string, end: number): number {
  const n = Number(cell);
  if (/^\d+$/.test(cell) && n < end) return n;
  throw new FormatError(
    `${file}, line ${line}: ${JSON.stringify(cell)}; give a whole number` +
      (end === Infinity ? '.' : ` of 0…${end - 1}.`),
  );
}
