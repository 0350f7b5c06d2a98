import { GradusError } from '../../core/errors.js';
import type { Target } from '../../compiler/ir/ir.js';
import { Arena } from '../../runtime/arena.js';
import type { Tier } from '../../runtime/planned-device.js';
import { PlannedDevice } from '../../runtime/planned-device.js';
import { mayBlock } from '../../runtime/thread-control.js';
import type { LoadedPlan } from '../../runtime/threads.js';
import { emitModule } from './emit.js';
import { supportsRelaxedSimd, supportsSharedMemory, supportsSimd } from './probe.js';

/** 128-bit vectors; V8 keeps a tile of 4 × 2 of them in registers. */
export const wasmTarget: Target = {
  name: 'wasm',
  vectorBytes: 16,
  tile: { rows: 4, vectors: 2 },
};

/** Options of `WasmDevice`. */
export interface WasmDeviceOptions {
  /** Relaxed multiply-add where the engine has it. Default: true. */
  readonly relaxedSimd?: boolean;
  /**
   * Whether operations share kernels. Default: true; false is slow, and tells whether a result that
   * seems wrong is fusion's doing.
   */
  readonly fused?: boolean;
  /**
   * How many threads each step uses, whatever its work, and waits for: to compare. Default: as many
   * as `setThreads` says, where the work is worth it.
   */
  readonly threads?: number;
  /** Most memory to use, in bytes. Default: 4 GiB, or as much as the system sets aside. */
  readonly maximum?: number;
}

/**
 * Compiles programs to WebAssembly with 128-bit vectors. Throws a GradusError where the JavaScript
 * engine has no WebAssembly SIMD.
 */
export class WasmDevice extends PlannedDevice {
  constructor(options: WasmDeviceOptions = {}) {
    if (!supportsSimd()) {
      throw new GradusError(
        'wasm: this JavaScript engine has no WebAssembly SIMD; ' +
          'use a current browser, or Node 20.20 or newer.',
      );
    }
    const shared = supportsSharedMemory();
    const arena = new Arena({ shared, maximum: options.maximum ?? 2 ** 32 });
    super(wasmTier(options), arena);
  }
}

/** WebAssembly as a tier, over any arena. */
export function wasmTier(options: Omit<WasmDeviceOptions, 'maximum'> = {}): Tier {
  const relaxedSimd = (options.relaxedSimd ?? true) && supportsRelaxedSimd();
  return {
    // A relaxed multiply-add rounds once, the other twice: results differ in the last bits.
    name: relaxedSimd ? 'wasm-relaxed' : 'wasm',
    target: wasmTarget,
    fused: options.fused ?? true,
    threads: options.threads,
    load(plan, { memory, initialPages, maximumPages, shared }) {
      const bytes = emitModule(plan.module, {
        sharedMemory: shared,
        initialPages,
        maxPages: maximumPages,
        relaxedSimd,
        sleep: mayBlock(),
      });
      const module = compileModule(bytes);
      const { exports } = new WebAssembly.Instance(module, { env: { memory } });
      const entries = exports as LoadedPlan['entries'];
      const main = entries[plan.entry]!;
      const program = shared ? { code: module, entry: plan.entry, memory } : undefined;
      return { main, entries, program };
    },
  };
}

/** Compiles at once; where a page forbids it, says what the page has to allow. */
function compileModule(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    if (!/Content Security Policy|unsafe-eval/i.test((error as Error).message)) throw error;
    throw new GradusError(
      "wasm: the page's Content-Security-Policy forbids WebAssembly; add 'wasm-unsafe-eval' to its " +
        'script-src.',
      { cause: error },
    );
  }
}
