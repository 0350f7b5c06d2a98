import path from 'node:path';
import { ArgumentError } from '../../engine/core/errors.js';
import type { ArrayDataset } from '../array-dataset.js';
import { nearestName } from '../nearest-name.js';
import { splitTable, type Table } from '../table.js';
import type { TableFitOptions } from '../table-fit.js';
import { TablePreprocessor } from '../table-preprocessor.js';
import { findDataFolder, kindOf, type DataFolderOptions } from './data-folders.js';
import { loadCsv } from './load-csv.js';
import { findSource } from './sources.js';
import { TABLE_RECIPES, type TableRecipe } from './table-recipes.js';
import { verifyFile } from './verify-file.js';

/** Options of `NamedTable.load`. */
export interface TableLoadOptions extends DataFolderOptions {
  /** Which rows are for the test, where the set has no test part of its own; default 0. */
  seed?: number | undefined;
  /** Share of those rows; default 0.2. */
  test?: number | undefined;
  /** How to turn the rows into numbers, where not as the set's entry says. */
  fit?: TableFitOptions | undefined;
  /** Whether only the published files will do (by sha256); default true. */
  verify?: boolean | undefined;
}

/** A table set, read, divided and turned into numbers. */
export interface LabelledTable {
  readonly name: string;
  /** Where the rows came from, for a person to read. */
  readonly source: string;
  /** Names of the classes; empty where the target is a number. */
  readonly classes: readonly string[];
  /** Columns `x`, f32 `[N, F]`, scaled, and `y`, i32 `[N]` or f32 `[N, 1]`. */
  readonly train: ArrayDataset<'x' | 'y'>;
  readonly test: ArrayDataset<'x' | 'y'>;
  /** Fitted on the training part. */
  readonly preprocessor: TablePreprocessor;
  /** The rows of both parts, to carve a validation part from and fit anew. */
  readonly tables: { readonly train: Table; readonly test: Table };
}

/** A table set as it is published: rows that are neither divided nor turned into numbers. */
export interface TableParts {
  /** Where the rows came from, for a person to read. */
  readonly source: string;
  /** How they are usually turned into numbers. */
  readonly fit: TableFitOptions;
  /** All rows, or those to train on where the set has a test part of its own. */
  readonly rows: Table;
  readonly test?: Table;
}

/** A table set that can be named. */
export interface NamedTable {
  readonly name: string;
  /** One line for a list. */
  readonly description: string;
  readonly task: 'classification' | 'regression';
  load(options?: TableLoadOptions): Promise<LabelledTable>;
  /** The rows alone: to be divided in another way, into folds for example. */
  read(options?: Omit<TableLoadOptions, 'seed' | 'test' | 'fit'>): Promise<TableParts>;
}

/** The table sets by name, in the order in which they are listed. */
export const TABLES: ReadonlyMap<string, NamedTable> = new Map(
  TABLE_RECIPES.map((recipe) => [
    recipe.name,
    {
      name: recipe.name,
      description: recipe.description,
      task: recipe.task,
      load: (options = {}) => loadTable(recipe, options),
      read: (options = {}) => readTable(recipe, options),
    },
  ]),
);

/**
 * The table set called `name`.
 *
 * @throws ArgumentError where there is none, with the nearest name.
 * @example
 * const { train, test, preprocessor } = await findTable('iris').load({ seed: 1 });
 */
export function findTable(name: string): NamedTable {
  const found = TABLES.get(name);
  if (found !== undefined) return found;
  const near = nearestName(name, TABLES.keys());
  throw new ArgumentError(
    `there is no table set '${name}'; ` +
      (near === undefined ? '' : `did you mean '${near}'? `) +
      `Known: ${[...TABLES.keys()].join(', ')}.`,
  );
}

async function loadTable(recipe: TableRecipe, options: TableLoadOptions): Promise<LabelledTable> {
  const { seed = 0, test, fit, ...where } = options;
  const { source, rows, test: own } = await readTable(recipe, where);
  const share = test === undefined ? { seed } : { seed, test };
  const tables = own === undefined ? splitTable(rows, share) : { train: rows, test: own };
  const preprocessor = TablePreprocessor.fit(tables.train, fit ?? recipe.fit);
  return {
    name: recipe.name,
    source,
    classes: preprocessor.classes,
    train: preprocessor.dataset(tables.train),
    test: preprocessor.dataset(tables.test),
    preprocessor,
    tables,
  };
}

async function readTable(
  recipe: TableRecipe,
  { verify = true, ...where }: Omit<TableLoadOptions, 'seed' | 'test' | 'fit'>,
): Promise<TableParts> {
  const { name, fit } = recipe;
  const { folder } = findSource(name);
  const files = [
    recipe.files.train,
    ...(recipe.files.test === undefined ? [] : [recipe.files.test]),
  ];
  const names = files.flatMap((file) => [file, `${file}.gz`]);
  const source = await findDataFolder(name, folder, names, where);
  const [rows, test] = await Promise.all(
    files.map((file) => readPart(recipe, source, file, verify)),
  );
  return { source, fit, rows: rows!, ...(test === undefined ? {} : { test }) };
}

async function readPart(
  recipe: TableRecipe,
  directory: string,
  name: string,
  verify: boolean,
): Promise<Table> {
  const packed = path.join(directory, `${name}.gz`);
  const plain = path.join(directory, name);
  const file =
    (await kindOf(plain)) === 'missing' && (await kindOf(packed)) !== 'missing' ? packed : plain;
  const table = await loadCsv(file, { header: recipe.columns ?? true });
  if (verify) {
    const known = findSource(recipe.name).files.find((source) => source.name === name)!;
    await verifyFile(recipe.name, file, { sha256: [known.sha256], maxBytes: known.bytes });
  }
  const { clean } = recipe;
  if (clean === undefined) return table;
  return { ...table, rows: table.rows.map((row) => row.map((cell, i) => clean(cell, i))) };
}
