import type { NamedArray } from '../io/index.js';
import type { Classified, Evaluation, FitResult, ModelDescription } from '../train/index.js';
import { connect, type Client, type ConnectOptions } from './connect.js';
import type {
  EngineInfo,
  EngineService,
  LabelledArrays,
  NewModel,
  Told,
  TrainingEvent,
  TrainingOptions,
} from './engine-service.js';
import type { RemoteTensor } from './remote-tensor.js';

/** Options of `startEngine`. */
export interface EngineOptions extends ConnectOptions {
  /**
   * The worker to use: one whose script is `import 'gradus/browser/engine'`. Default: one with the
   * script in this package, for bundlers that know `new Worker(new URL(…))`: Vite, webpack, Rollup.
   */
  readonly worker?: Worker;
  /** Most threads that a step may use; default: as many as there are cores, where there are threads. */
  readonly threads?: number;
}

/**
 * Starts a worker in which models of the families are made, loaded, trained and used, so that the
 * page stays free. For models of your own, write a worker with `expose` of `gradus/browser/worker`.
 *
 * @throws WorkerLostError where the worker does not start; GradusError where the browser has no
 *   WebAssembly SIMD; ArgumentError for a number of threads that is not a whole number from 1.
 * @example
 * const engine = await startEngine();
 * const model = await engine.createModel({ family: 'mlp', inputShape: [784], classes });
 * const train = await engine.createDataset({ x, y });
 * await model.fit(train, { epochs: 3, onProgress: ({ loss }) => show(loss) });
 * const { labels } = await model.predict(image);
 */
export async function startEngine(options: EngineOptions = {}): Promise<Engine> {
  const {
    worker = new Worker(new URL('./engine.js', import.meta.url), {
      type: 'module',
      name: 'gradus-engine',
    }),
  } = options;
  const client = connect<EngineService>(worker, options);
  try {
    return new Engine(client, await client.call.info({ threads: options.threads }));
  } catch (error) {
    client.close();
    throw error;
  }
}

/** A worker that trains and uses models: see `startEngine`. */
export class Engine {
  readonly #client: Client<EngineService>;

  constructor(
    client: Client<EngineService>,
    /** The device, and the threads that it has. */
    readonly info: EngineInfo,
  ) {
    this.#client = client;
  }

  /** A model with new weights. Rejects with an ArgumentError for what makes none. */
  async createModel(wanted: NewModel): Promise<RemoteModel> {
    return new RemoteModel(this.#client, await this.#client.call.createModel(wanted));
  }

  /** The model in the bytes of a model file. Rejects with a FormatError for what is none. */
  async loadModel(bytes: Uint8Array): Promise<RemoteModel> {
    return new RemoteModel(this.#client, await this.#client.call.loadModel(bytes));
  }

  /**
   * Sends samples to the worker, once for all that is done with them.
   *
   * @param arrays x [N, …] and y [N], i32: the numbers of the classes.
   */
  async createDataset({ x, y }: LabelledArrays): Promise<RemoteDataset> {
    return new RemoteDataset(this.#client, await this.#client.call.createDataset({ x, y }));
  }

  /** Ends the worker at once; models in it are lost, and calls in progress reject. */
  close(): void {
    this.#client.close();
  }
}

/** Samples that lie in the worker. */
export class RemoteDataset {
  readonly #client: Client<EngineService>;
  /** Its number there. */
  readonly id: number;

  constructor(client: Client<EngineService>, id: number) {
    this.#client = client;
    this.id = id;
  }

  /** Lets the worker forget them. */
  async release(): Promise<void> {
    await this.#client.call.forget(this.id);
  }
}

/** How a model is to be trained, and who is told. */
export interface RemoteFitOptions extends TrainingOptions {
  /** Evaluated after each epoch. */
  readonly validation?: RemoteDataset;
  /** Ends training after the step in progress; what has been learnt stays. */
  readonly signal?: AbortSignal;
  /** Called about every 50 ms of training. */
  readonly onProgress?: (
    progress: Extract<TrainingEvent, { kind: 'progress' }>['progress'],
  ) => void;
  /** Called after each epoch. */
  readonly onEpoch?: (record: Extract<TrainingEvent, { kind: 'epoch' }>['record']) => void;
}

/** A model that lies in the worker. Its methods may be called while it is trained. */
export class RemoteModel {
  readonly #client: Client<EngineService>;
  readonly #id: number;
  /** What it is: family, options, task, preprocessing. */
  readonly description: ModelDescription;
  /** Number of parameters. */
  readonly parameters: number;

  constructor(client: Client<EngineService>, { id, parameters, ...description }: Told) {
    this.#client = client;
    this.#id = id;
    this.parameters = parameters;
    this.description = description;
  }

  /** Trains it as `fit` of `gradus/train` does, with the cross-entropy loss. */
  fit(train: RemoteDataset, options: RemoteFitOptions): Promise<FitResult> {
    const { validation, signal, onProgress, onEpoch, ...settings } = options;
    const input = { ...settings, model: this.#id, train: train.id, validation: validation?.id };
    const onEvent = (event: TrainingEvent): void => {
      if (event.kind === 'epoch') onEpoch?.(event.record);
      else onProgress?.(event.progress);
    };
    return this.#client.call.fit(input, { signal, onEvent });
  }

  /** Mean loss and accuracy on a set. */
  evaluate(data: RemoteDataset, signal?: AbortSignal): Promise<Evaluation> {
    return this.#client.call.evaluate({ model: this.#id, data: data.id }, { signal });
  }

  /** Classes and probabilities of samples as they are, before preprocessing: one, or [N, …]. */
  predict(x: NamedArray): Promise<Classified> {
    return this.#client.call.predict({ model: this.#id, x });
  }

  /** The weights by name, as they are now; their values stay in the worker until they are read. */
  stateDict(): Promise<Record<string, RemoteTensor>> {
    return this.#client.call.stateDict(this.#id);
  }

  /** The model as the bytes of a model file, which `loadModel` reads, here and in Node. */
  save(producer = 'gradus'): Promise<Uint8Array> {
    return this.#client.call.saveModel({ model: this.#id, producer });
  }

  /** Lets the worker forget the model. */
  async release(): Promise<void> {
    await this.#client.call.forget(this.#id);
  }
}
