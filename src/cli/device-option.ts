import { Option } from 'commander';
import '../native.js';
import { setDevice, type Tier } from '../tensor/index.js';
import { choice } from './parse-values.js';

/** The flag's value where a command has it. */
export interface DeviceOptions {
  readonly device: Tier;
}

const TIERS = ['auto', 'wasm', 'native'] satisfies Tier[];

/** `--device`, of every command that computes something. */
export function deviceOption(): Option {
  return new Option('--device <tier>', `${TIERS.join(', ')}; auto is native if there is a compiler`)
    .argParser(choice('--device', TIERS))
    .default('auto');
}

/**
 * Chooses the tier, before anything is computed.
 *
 * @throws GradusError where it cannot be had.
 */
export function applyDevice({ device }: DeviceOptions): void {
  setDevice(device);
}
