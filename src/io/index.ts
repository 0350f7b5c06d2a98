export { readIdx, parseIdx, type IdxReadOptions } from './idx.js';
export type { NamedArray } from './named-array.js';
export {
  readSafetensors,
  writeSafetensors,
  type NamedArrays,
  type Safetensors,
  type SafetensorsReadOptions,
} from './safetensors.js';
