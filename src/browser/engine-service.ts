/** What the ready-made worker does for a page: models of the families, made, trained, used, saved. */
import { ArgumentError } from '../engine/core/errors.js';
import { ArrayDataset } from '../data/array-dataset.js';
import { asArrays, DataLoader } from '../data/data-loader.js';
import { nearestName } from '../data/nearest-name.js';
import type { Normalization } from '../data/normalization.js';
import type { NamedArray } from '../io/index.js';
import { OPTIMIZERS } from '../optim/index.js';
import { purposeOf } from '../train/model-metadata.js';
import { getDevice, getThreads, manualSeed, setThreads, type Tensor } from '../tensor/index.js';
import {
  classify,
  completeOptions,
  evaluate,
  FAMILIES,
  fit,
  readModel,
  writeModel,
  type BatchSource,
  type Callback,
  type Classified,
  type EpochRecord,
  type Evaluation,
  type Family,
  type FitResult,
  type LoadedModel,
  type ModelDescription,
  type Progress,
} from '../train/index.js';
import type { CallContext } from './remote.js';

/** What a new model is to be. */
export interface NewModel {
  /** A family's name, such as 'mlp'. */
  readonly family: string;
  /** The family's options; what is left out has the family's default. */
  readonly options?: ModelDescription['options'];
  /** Shape of one sample, such as [1, 28, 28]. */
  readonly inputShape: readonly number[];
  /** Names of the classes. */
  readonly classes: readonly string[];
  /** What is done to every input first; default: nothing. */
  readonly preprocessing?: ModelDescription['preprocessing'];
  /** Seed of the weights; default 0. */
  readonly seed?: number;
}

/** Samples x [N, …] with the number of the class of each, y [N], i32. */
export interface LabelledArrays {
  readonly x: NamedArray;
  readonly y: NamedArray;
}

/** How a model is to be trained. */
export interface TrainingOptions {
  readonly epochs: number;
  /** Default: the family's. */
  readonly batchSize?: number;
  /** A name such as 'adam'; default: the family's. */
  readonly optimizer?: string;
  /** Default: the optimizer's, or the family's if the optimizer is that of the family. */
  readonly lr?: number;
  readonly weightDecay?: number;
  /** Seed of the order of the samples and of dropout; default 0. */
  readonly seed?: number;
}

/** What is told in the course of training: every 50 ms how far it is, and each epoch's record. */
export type TrainingEvent =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'epoch'; readonly record: EpochRecord };

/** Where the engine runs. */
export interface EngineInfo {
  /** Name of the device, such as 'wasm'. */
  readonly device: string;
  /** Most threads that a step may use. */
  readonly threads: number;
  /** Whether the page is cross-origin isolated, without which there is one thread. */
  readonly crossOriginIsolated: boolean;
}

const PROGRESS_MS = 50;
const EVALUATION_BATCH = 500;

/** Models and sets, which the page knows by numbers. */
const models = new Map<number, LoadedModel>();
const sets = new Map<number, LabelledArrays>();
let lastId = 0;

/** The functions of the ready-made worker. */
export const engineService = {
  info({ threads }: { readonly threads?: number | undefined }): EngineInfo {
    if (threads !== undefined) setThreads(threads);
    return {
      device: getDevice().name,
      threads: getThreads(),
      crossOriginIsolated: globalThis.crossOriginIsolated === true,
    };
  },

  createModel(wanted: NewModel): Told {
    const family = familyOf(wanted.family);
    const options = completeOptions(family, wanted.options ?? {});
    if (typeof options === 'string') throw new ArgumentError(`createModel: ${options}.`);
    const { inputShape, classes, preprocessing = { kind: 'none' }, seed = 0 } = wanted;
    manualSeed(seed);
    const model = family.create({ inputShape, classes: classes.length }, options);
    const description: ModelDescription = {
      family: family.name,
      options,
      task: { kind: 'classification', inputShape, classes },
      preprocessing,
      metrics: {},
      training: {},
    };
    // Refuses what could not be saved later.
    writeModel({ ...description, model });
    return keep({ ...description, producer: 'gradus', model });
  },

  loadModel(bytes: Uint8Array): Told {
    return keep(readModel(bytes));
  },

  saveModel({
    model,
    producer,
  }: {
    readonly model: number;
    readonly producer: string;
  }): Uint8Array {
    return writeModel(modelOf(model), producer);
  },

  createDataset(arrays: LabelledArrays): number {
    sets.set(++lastId, arrays);
    return lastId;
  },

  stateDict(model: number): Record<string, Tensor> {
    return modelOf(model).model.stateDict();
  },

  async fit(
    given: TrainingOptions & {
      readonly model: number;
      readonly train: number;
      readonly validation?: number | undefined;
    },
    { signal, emit }: CallContext<TrainingEvent>,
  ): Promise<FitResult> {
    const { model, family, ...loaded } = modelOf(given.model);
    const { recipe } = familyOf(family);
    const { epochs, batchSize = recipe.batchSize, optimizer: name = recipe.optimizer } = given;
    const known = Object.hasOwn(OPTIMIZERS, name) ? OPTIMIZERS[name] : undefined;
    if (!known) throw unknown('fit', 'optimizer', name, Object.keys(OPTIMIZERS));
    const { lr = name === recipe.optimizer ? recipe.lr : known.lr, weightDecay, seed = 0 } = given;
    const settings = { lr, ...(weightDecay === undefined ? {} : { weightDecay }) };
    const { validation } = given;
    return fit({
      model,
      optimizer: known.create(model.parameters(), settings),
      train: loader(loaded, given.train, { batchSize, shuffle: true, seed }),
      validation: validation === undefined ? undefined : loader(loaded, validation),
      epochs,
      seed,
      signal,
      callbacks: [reportTo(emit)],
    });
  },

  async evaluate(
    { model, data }: { readonly model: number; readonly data: number },
    { signal }: CallContext,
  ): Promise<Evaluation> {
    const loaded = modelOf(model);
    return evaluate(loaded.model, loader(loaded, data), { signal });
  },

  predict({ model, x }: { readonly model: number; readonly x: NamedArray }): Classified {
    return classify(modelOf(model), x);
  },

  forget(id: number): void {
    models.delete(id);
    sets.delete(id);
  },
};

/** Their type, which is all that a page needs of them. */
export type EngineService = typeof engineService;

/** What a page is told of a model. */
export interface Told extends ModelDescription {
  readonly id: number;
  /** Number of parameters. */
  readonly parameters: number;
}

function keep(loaded: LoadedModel): Told {
  models.set(++lastId, loaded);
  const { model, producer: _, ...description } = loaded;
  const parameters = [...model.parameters()].reduce((sum, p) => sum + p.size, 0);
  return { ...description, id: lastId, parameters };
}

function modelOf(id: number): LoadedModel {
  const found = models.get(id);
  if (found) return found;
  throw new ArgumentError('engine: the model has been released; load it again.');
}

function familyOf(name: string): Family {
  const found = FAMILIES.find((family) => family.name === name);
  if (found) return found;
  const names = FAMILIES.map((family) => family.name);
  throw unknown('createModel', 'model family', name, names);
}

function unknown(op: string, what: string, name: string, names: string[]): ArgumentError {
  const near = nearestName(name, names);
  const hint = near === undefined ? '' : `did you mean '${near}'? `;
  return new ArgumentError(
    `${op}: there is no ${what} '${name}'; ${hint}Known: ${names.join(', ')}.`,
  );
}

const AS_THEY_ARE: Normalization = { mean: 0, std: 1, scale: 1 };

/** Batches of a set as a model takes them: x in f32. */
function loader(
  { preprocessing, task }: Pick<LoadedModel, 'preprocessing' | 'task'>,
  id: number,
  options: { batchSize?: number; shuffle?: boolean; seed?: number } = {},
): BatchSource {
  const arrays = sets.get(id);
  if (!arrays) throw new ArgumentError('engine: the data set has been released; send it again.');
  if (task.kind !== 'classification') {
    throw new ArgumentError(
      `engine: the model ${purposeOf(task)}; a worker trains and evaluates models ` +
        'of classes only.',
    );
  }
  const set = new ArrayDataset({ x: arrays.x, y: arrays.y }, { classes: task.classes });
  const { kind } = preprocessing;
  const normalized = set.normalized('x', kind === 'pixels' ? preprocessing : AS_THEY_ARE);
  const batchSize = options.batchSize ?? Math.min(EVALUATION_BATCH, set.length);
  return new DataLoader(normalized, { ...options, batchSize, reuse: true, collate: asArrays });
}

function reportTo(emit: (event: TrainingEvent) => void): Callback {
  let last = -Infinity;
  return {
    onStep(progress) {
      const now = performance.now();
      if (now - last < PROGRESS_MS) return;
      last = now;
      emit({ kind: 'progress', progress: copyOf(progress) });
    },
    onEpochEnd({ record }) {
      emit({ kind: 'epoch', record });
    },
  };
}

function copyOf(progress: Progress): Progress {
  const { epoch, epochs, step, steps, totalSteps, batchLoss, loss } = progress;
  const { accuracy, samplesPerSecond, seconds, secondsLeft } = progress;
  const counts = { epoch, epochs, step, steps, totalSteps };
  return { ...counts, batchLoss, loss, accuracy, samplesPerSecond, seconds, secondsLeft };
}
