import { readFile, writeFileAtomic } from '../../io/node.js';
import { readModel, writeModel, type LoadedModel, type SavedModel } from '../model-file.js';
import { version } from './version.js';

/**
 * Writes a model file, all or nothing: one safetensors file that holds the weights and everything to
 * rebuild and use the model; see docs/model-file.md.
 *
 * @throws ArgumentError for a description that does not describe the model; FileError where the
 *   file cannot be written.
 * @example
 * await saveModel('model.safetensors', {
 *   model,
 *   family: 'mlp',
 *   options: { hidden: [64], dropout: 0 },
 *   task: { kind: 'classification', inputShape: [1, 28, 28], classes: data.classes },
 *   preprocessing: pixels(data.normalization),
 *   metrics: { testAccuracy: 0.97 },
 * });
 */
export async function saveModel(file: string, saved: SavedModel): Promise<void> {
  await writeFileAtomic(file, writeModel(saved, `gradus ${version()}`));
}

/**
 * Reads a model file; it may come from anywhere, and nothing in it is run.
 *
 * @throws FileError where it cannot be read, FormatError (naming the path) where it is not a whole
 *   and sound model file.
 * @example
 * const loaded = await loadModel('model.safetensors');
 * const { labels } = classify(loaded, image);
 */
export async function loadModel(file: string): Promise<LoadedModel> {
  return readModel(await readFile(file), { source: file });
}
