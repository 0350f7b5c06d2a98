/**
 * A page's side: workers that compute, so that the page stays free. Nothing of the engine is loaded
 * into the page itself.
 */
export { connect, type Client, type ConnectOptions, type WorkerLike } from './connect.js';
export type { EngineInfo, LabelledArrays, NewModel, TrainingOptions } from './engine-service.js';
export { WorkerLostError } from './errors.js';
export type { CallContext, CallOptions, Handler, Handlers, OnPage, Remote } from './remote.js';
export { RemoteTensor } from './remote-tensor.js';
export {
  Engine,
  RemoteDataset,
  RemoteModel,
  startEngine,
  type EngineOptions,
  type RemoteFitOptions,
} from './start-engine.js';
export {
  readStored,
  removeStored,
  storedModels,
  storeModel,
  type StoredModel,
} from './model-store.js';
