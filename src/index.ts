/** Tensors, gradients and compiled functions, the errors they throw, and where they run. */
export { interpreterDevice } from './engine/backends/interpreter/device.js';
export type { WasmDeviceOptions } from './engine/backends/wasm/device.js';
export { WasmDevice } from './engine/backends/wasm/device.js';
export {
  ArgumentError,
  DTypeError,
  FormatError,
  GradusError,
  IndexError,
  InternalError,
  NumericError,
  ShapeError,
} from './engine/core/errors.js';
export { MemoryError } from './engine/runtime/memory-error.js';
export type { Holder } from './engine/runtime/memory-error.js';
export * from './sparse/index.js';
export * from './tensor/index.js';
