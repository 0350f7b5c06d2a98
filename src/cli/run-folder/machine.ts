import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { getDevice } from '../../tensor/index.js';

/** What a run was computed on. */
export interface Machine {
  readonly os: string;
  readonly arch: string;
  readonly cpu: string;
  /** That this process may use. */
  readonly cores: number;
  /** In GiB. */
  readonly memory: number;
  readonly node: string;
  /** The engine's device, such as `wasm`. */
  readonly device: string;
}

/** This machine; no name of a host or a person. */
export function thisMachine(): Machine {
  return {
    os: `${platform()} ${release()}`,
    arch: arch(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    device: getDevice().name,
  };
}
