/** Formats of files: safetensors, npy, npz, idx, CIFAR, PNG and JPEG, read from bytes and some written. */
export { readCifar, type CifarImages, type CifarReadOptions } from './cifar.js';
export { readIdx, parseIdx, type IdxReadOptions } from './idx.js';
export { decodeImage, imageFormat, type DecodeImageOptions } from './image.js';
export type { NamedArray } from './named-array.js';
export { readNpy, writeNpy, type NpyReadOptions } from './npy.js';
export { readNpz, writeNpz, type NpzReadOptions, type NpzWriteOptions } from './npz.js';
export { encodePng } from './png-bytes.js';
export {
  readSafetensors,
  writeSafetensors,
  type NamedArrays,
  type Safetensors,
  type SafetensorsReadOptions,
} from './safetensors.js';
export { toArrays, toTensors } from './tensors.js';
