import { Arena } from '../../runtime/arena.js';
import { PlannedDevice } from '../../runtime/planned-device.js';
import { wasmTier } from '../wasm/device.js';
import { compileNativeSync } from './compile.js';
import { describeCompiler } from './compiler.js';

/** Options of `NativeDevice`. */
export interface NativeDeviceOptions {
  /**
   * How many threads each step uses, whatever its work, and waits for: to compare. Default: as many
   * as `setThreads` says, where the work is worth it.
   */
  readonly threads?: number;
  /** Most memory to use, in bytes. Default: 4 GiB. */
  readonly maximum?: number;
  /** How long the compiler may take for a program, in ms. Default: 120000. */
  readonly timeoutMs?: number;
}

/**
 * Compiles programs to machine code with the system's C compiler; those that run once and are done
 * before that would be, such as the first values of weights, to WebAssembly. Throws a NativeError where there is
 * no compiler, or GRADUS_NATIVE=0 forbids its use.
 */
export class NativeDevice extends PlannedDevice {
  private readonly compiled: { readonly any: boolean };

  constructor(options: NativeDeviceOptions = {}) {
    const { target } = describeCompiler();
    const limit = options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs };
    const compiled = { any: false };
    const arena = new Arena({ shared: true, maximum: options.maximum ?? 2 ** 32 });
    super(
      {
        name: target.name,
        target,
        threads: options.threads,
        load(plan, { memory, shared }) {
          const { vectorBytes } = target;
          const module = compileNativeSync(plan.module, { vectorBytes, ...limit });
          compiled.any = true;
          const entries = module.bind(memory);
          const program = shared ? { code: module.path, entry: plan.entry, memory } : undefined;
          return { main: entries[plan.entry]!, entries, program };
        },
      },
      arena,
      wasmTier(options.threads === undefined ? {} : { threads: options.threads }),
    );
    this.compiled = compiled;
  }

  get proven(): boolean {
    return this.compiled.any;
  }
}
