/**
 * The native tier: programs compiled by the system's C compiler. Node only. Importing it is enough:
 * from then on `'auto'`, the default of `setDevice`, chooses it where there is a compiler.
 */
import { NativeTier } from './engine/backends/native/tier.js';
import { registerNative } from './tensor/device.js';

export type { NativeDeviceOptions } from './engine/backends/native/device.js';
export { NativeDevice } from './engine/backends/native/device.js';

registerNative(new NativeTier());
