import { ArgumentError, FormatError, GradusError } from '../engine/core/errors.js';
import { formatShape, sameShape } from '../engine/core/shape.js';
import { readSafetensors, writeSafetensors } from '../io/safetensors.js';
import { toArrays, toTensors } from '../io/tensors.js';
import type { NamedArray, SafetensorsReadOptions } from '../io/index.js';
import { forgetPendingOnError } from '../tensor/evaluate.js';
import { defaultGenerator, type StateTensor } from '../tensor/index.js';
import type { Family } from './families/index.js';
import { familyTask } from './family-task.js';
import type { DecodedMetadata, ModelDescription } from './model-metadata.js';
import { decodeMetadata, encodeMetadata } from './model-metadata.js';
import type { TrainableModel } from './sources.js';

/** A model with all that is needed to use it. */
export interface LoadedModel extends ModelDescription {
  /** In evaluation mode. */
  readonly model: TrainableModel;
  /** What wrote the file, such as 'gradus 0.1.0'. */
  readonly producer: string;
}

/** A model to be written, with its description. */
export interface SavedModel extends Omit<ModelDescription, 'metrics' | 'training'> {
  readonly model: TrainableModel;
  readonly metrics?: ModelDescription['metrics'];
  readonly training?: ModelDescription['training'];
}

/**
 * A model as the bytes of a safetensors file, whose metadata hold everything to rebuild and use it,
 * and no code; see docs/model-file.md. The same model gives the same bytes.
 *
 * @param producer what writes it, with its version.
 * @throws ArgumentError for a description that `readModel` would refuse, or that does not describe
 *   the model.
 */
export function writeModel(saved: SavedModel, producer = 'gradus'): Uint8Array<ArrayBuffer> {
  const { model, family, options, task, preprocessing, metrics = {}, training = {} } = saved;
  const description = { family, options, task, preprocessing, metrics, training };
  const metadata = encodeMetadata(description, producer);
  const refuse = (what: string): never => {
    throw new ArgumentError(`writeModel: ${what}`);
  };
  const decoded = decodeMetadata(metadata, refuse);
  const tensors = toArrays(model.stateDict());
  // What cannot be read again is not written.
  build(decoded, new Map(Object.entries(tensors)), refuse);
  // With the defaults of options that were left out, which may change one day.
  return writeSafetensors(tensors, encodeMetadata(decoded.description, producer));
}

/**
 * Rebuilds a model from the bytes of a model file, which may come from anywhere: everything is
 * checked before memory is taken for it, and nothing in it is run. Weights, to the bit, are those
 * that were written. The default generator stays where it is.
 *
 * @throws FormatError, in a sentence that says what is wrong.
 * @example
 * const bytes = new Uint8Array(await (await fetch('model.safetensors')).arrayBuffer());
 * const { model, task } = readModel(bytes);
 */
export function readModel(bytes: Uint8Array, options: SafetensorsReadOptions = {}): LoadedModel {
  const source = options.source === undefined ? '' : `${options.source}: `;
  const refuse = (what: string): never => {
    throw new FormatError(`model file: ${source}${what}`);
  };
  const { tensors, metadata } = readSafetensors(bytes, options);
  const decoded = decodeMetadata(metadata, refuse);
  const model = build(decoded, tensors, refuse).eval();
  return { ...decoded.description, producer: decoded.producer, model };
}

/** A model as described with the weights given. */
function build(
  { family, description }: DecodedMetadata,
  tensors: ReadonlyMap<string, NamedArray>,
  refuse: (what: string) => never,
): TrainableModel {
  const random = defaultGenerator.getState();
  try {
    // First weights are drawn lazily, and never if they are replaced before anyone asks for them:
    // a small file cannot claim a huge model.
    return forgetPendingOnError(() => {
      const model = create(family, description, refuse);
      const problem = mismatch(model, tensors);
      if (problem !== undefined) refuse(`its tensors are not those of the model: ${problem}`);
      model.loadStateDict(toTensors(tensors));
      return model;
    });
  } finally {
    defaultGenerator.setState(random);
  }
}

function create(
  family: Family,
  { task, options, preprocessing }: ModelDescription,
  refuse: (what: string) => never,
): TrainableModel {
  try {
    return family.create(familyTask(task, preprocessing), options);
  } catch (error) {
    if (!(error instanceof GradusError)) throw error;
    return refuse(`its options do not make a model: ${error.message}`);
  }
}

/** The first way in which tensors are not the state of a model. */
function mismatch(
  model: TrainableModel,
  tensors: ReadonlyMap<string, NamedArray>,
): string | undefined {
  const { missingKeys: names } = model.loadStateDict({}, { strict: false });
  const missing = names.filter((name) => !tensors.has(name));
  if (missing.length > 0) return `missing: ${few(missing)}.`;
  const known = new Set(names);
  const extra = [...tensors.keys()].filter((name) => !known.has(name));
  if (extra.length > 0) return `not expected: ${few(extra)}.`;
  const states: Iterable<[string, StateTensor]> = [
    ...model.namedParameters(),
    ...model.namedBuffers(),
  ];
  for (const [name, state] of states) {
    const { dtype, shape } = tensors.get(name)!;
    if (dtype === state.dtype && sameShape(shape, state.shape)) continue;
    return (
      `${name} is ${dtype} ${formatShape(shape)}, expected ${state.dtype} ` +
      `${formatShape(state.shape)}.`
    );
  }
  return undefined;
}

/** Some of the names, in a sentence. */
function few(names: readonly string[]): string {
  const shown = names.slice(0, 4).map((name) => JSON.stringify(name.slice(0, 60)));
  const more = names.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
