import type { ArrayDataset, Table, TablePreprocessor } from '../../data/index.js';
import { DATASETS } from '../../data/node.js';
import type { LoadedModel } from '../../train/index.js';
import { UsageError } from '../usage-error.js';
import { divideRows, readRows, selectComplete, type Where } from './table-rows.js';
import { hasRows, loadImages } from './training-data.js';

/**
 * The rows that a model of tables is evaluated on: the test part of a set that has one; of what it was
 * trained on, the rows that were set apart; otherwise all.
 *
 * @param preprocessor What came with the model.
 * @throws UsageError for data without rows, and for a model that was made without a target.
 */
export async function rowsToTest(
  { family, task, training }: LoadedModel,
  preprocessor: TablePreprocessor,
  name: string,
  where: Where,
): Promise<{ name: string; source: string; test: ArrayDataset<'x' | 'y'> }> {
  if (!hasRows(name)) await refuseImages(family, name, where);
  const { features, target, missing, missingValues } = preprocessor.spec;
  if (target === null) {
    throw new UsageError('the model file does not say which column is to be predicted.');
  }
  const { source, rows, test: own } = await readRows(name, where);
  const complete = (table: Table): Table =>
    selectComplete(table, {
      target: target.name,
      features: features.map((column) => column.name),
      missing,
      missingValues,
    });
  const { data, seed, testFraction } = training;
  const part = (table: Table): Table => {
    if (name !== data || typeof seed !== 'number' || typeof testFraction !== 'number') return table;
    return divideRows(table, target.name, task.kind === 'classification', testFraction, seed).test;
  };
  const test = own === undefined ? part(complete(rows)) : complete(own);
  return { name, source, test: preprocessor.dataset(test) };
}

/** Throws for a name that is not that of a table. */
async function refuseImages(family: string, name: string, where: Where): Promise<never> {
  // An unknown name has a message of its own.
  if (!DATASETS.has(name)) await loadImages(name, where);
  throw new UsageError(
    `this ${family} takes rows of a table, and ${name} has images; give --data a table or a file of ` +
      'rows.',
  );
}
