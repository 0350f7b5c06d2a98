import { WasmDevice } from '../engine/backends/wasm/device.js';
import { ArgumentError } from '../engine/core/errors.js';
import type { Device, Program, ProgramSpec } from '../engine/runtime/device.js';

/**
 * What programs are compiled to: WebAssembly, or machine code by the system's C compiler, which
 * `gradus/native` adds. `auto` is the latter where it can be had.
 */
export type Tier = 'auto' | 'wasm' | 'native';

/** The native tier, as `gradus/native` registers it. */
export interface OptionalTier {
  /** Its device, the same each time. Throws where there is no compiler that may be used. */
  device(): Device;
  /** Whether `auto` may take WebAssembly after this error; if so, tells the user where it matters. */
  forgo(error: unknown, when: 'choosing' | 'compiling'): boolean;
}

const TIERS: readonly string[] = ['auto', 'wasm', 'native'] satisfies Tier[];

let native: OptionalTier | undefined;
let wasm: Device | undefined;
/** Made when first asked for, so that importing this has no effect. */
let current: Device | undefined;
/** While `auto` has a native device that has not compiled anything yet. */
let onTrial = false;

/** Makes the native tier known. What is chosen already stays until the next `setDevice`. */
export function registerNative(tier: OptionalTier): void {
  native = tier;
}

/**
 * Chooses where all later programs are compiled.
 *
 * @param device `'auto'`, the default: native where `gradus/native` is imported, there is a C
 *   compiler and the environment variable GRADUS_NATIVE is not 0; else WebAssembly, also if the very
 *   first program cannot be compiled. With GRADUS_NATIVE=1 it never takes WebAssembly. `'wasm'` or
 *   `'native'`: that tier. Or a device. Results of different tiers differ in the last bits.
 * @throws GradusError where the native tier is asked for and cannot be had.
 */
export function setDevice(device: Device | Tier): void {
  [current, onTrial] = typeof device === 'string' ? choose(device) : [device, false];
}

/** The device on which programs are compiled now; until `setDevice`, the one `'auto'` stands for. */
export function getDevice(): Device {
  if (!current) [current, onTrial] = choose('auto');
  return current;
}

/** A program and its device: the current one, or WebAssembly's if that takes over now. */
export function compileProgram(spec: ProgramSpec): { program: Program; device: Device } {
  const device = getDevice();
  try {
    const program = device.compile(spec);
    if (device === current && device.proven !== false) onTrial = false;
    return { program, device };
  } catch (error) {
    if (!onTrial || device !== current || !native?.forgo(error, 'compiling')) throw error;
    [current, onTrial] = [wasmDevice(), false];
    return { program: current.compile(spec), device: current };
  }
}

function choose(tier: string): [Device, boolean] {
  if (tier === 'native') return [nativeTier().device(), false];
  if (tier === 'wasm' || (tier === 'auto' && !native)) return [wasmDevice(), false];
  if (!TIERS.includes(tier)) {
    throw new ArgumentError(
      `setDevice: there is no tier '${tier}'; give ${TIERS.map((t) => `'${t}'`).join(', ')}, or a ` +
        'device.',
    );
  }
  try {
    return [nativeTier().device(), true];
  } catch (error) {
    if (!nativeTier().forgo(error, 'choosing')) throw error;
    return [wasmDevice(), false];
  }
}

function nativeTier(): OptionalTier {
  if (native) return native;
  throw new ArgumentError(
    "setDevice: the tier 'native' is not there; import 'gradus/native' first, in Node.",
  );
}

function wasmDevice(): Device {
  wasm ??= new WasmDevice();
  return wasm;
}
