/** The native tier: programs compiled by the system's C compiler. Node only. */
export type { NativeDeviceOptions } from './engine/backends/native/device.js';
export { NativeDevice } from './engine/backends/native/device.js';
