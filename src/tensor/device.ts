import { WasmDevice } from '../engine/backends/wasm/device.js';
import type { Device } from '../engine/runtime/device.js';

/** Made when first asked for, so that importing this has no effect. */
let current: Device | undefined;

/** Makes `device` the one on which all later programs are compiled. */
export function setDevice(device: Device): void {
  current = device;
}

/** The device on which programs are compiled now: one WasmDevice, unless another has been set. */
export function getDevice(): Device {
  current ??= new WasmDevice();
  return current;
}
