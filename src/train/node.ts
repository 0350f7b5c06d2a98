/** Checkpoints and models in files. Node only. */
export {
  findCheckpoint,
  listCheckpoints,
  loadCheckpoint,
  type FoundCheckpoint,
} from './node/checkpoint-files.js';
export { CheckpointWriter, type CheckpointWriterOptions } from './node/checkpoint-writer.js';
export { loadModel, saveModel } from './node/model-files.js';
