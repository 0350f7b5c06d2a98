import { ArgumentError } from '../engine/core/errors.js';
import type { Device } from '../engine/runtime/device.js';

let current: Device | undefined;

/** Makes `device` the one on which all later programs are compiled. */
export function setDevice(device: Device): void {
  current = device;
}

/** The device on which programs are compiled now. Throws an ArgumentError before the first is set. */
export function getDevice(): Device {
  if (current) return current;
  throw new ArgumentError(
    'getDevice: no device is set; import from "gradus", or call setDevice().',
  );
}
