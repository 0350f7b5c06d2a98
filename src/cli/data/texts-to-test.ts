import type { ArrayDataset } from '../../data/index.js';
import type { TextPreprocessor } from '../../text/index.js';
import type { LoadedModel } from '../../train/index.js';
import { UsageError } from '../usage-error.js';
import { textDataset } from './parts.js';
import type { Where } from './table-rows.js';
import { divideTexts, readTexts, type TextFlags } from './text-rows.js';

/**
 * The texts that a model is evaluated on: of what it was trained on, those that were set apart;
 * otherwise all.
 *
 * @param preprocessor What came with the model.
 * @throws UsageError for data that have no texts, and where their classes are others.
 */
export async function textsToTest(
  { family, task, training }: LoadedModel,
  preprocessor: TextPreprocessor,
  name: string,
  flags: TextFlags,
  where: Where,
): Promise<{ name: string; source: string; test: ArrayDataset<'x' | 'y'> }> {
  const whole = await readTexts(name, flags, where);
  const own = task.kind === 'classification' ? task.classes : [];
  if (whole.classes.join('\n') !== own.join('\n')) {
    throw new UsageError(
      `the classes of ${name} are ${whole.classes.slice(0, 4).join(', ')}, those of this ${family} ` +
        `${own.slice(0, 4).join(', ')}; give --data a set with the same classes.`,
    );
  }
  const { data, seed, testFraction } = training;
  const isOwn = name === data && typeof seed === 'number' && typeof testFraction === 'number';
  const part = isOwn ? divideTexts(whole, testFraction, seed).test : whole;
  return { name, source: whole.source, test: textDataset(part, preprocessor) };
}
