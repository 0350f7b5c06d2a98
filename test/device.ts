import { interpreterDevice } from '../src/engine/backends/interpreter/device.js';
import { WasmDevice } from '../src/engine/backends/wasm/device.js';
import type { Device } from '../src/engine/runtime/device.js';

/** The device under test: vitest.config.ts runs everything above the engine on each of them. */
export const testDevice: Device =
  process.env['GRADUS_TEST_DEVICE'] === 'wasm' ? new WasmDevice() : interpreterDevice;
