import { Arena } from '../../runtime/arena.js';
import { PlannedDevice } from '../../runtime/planned-device.js';
import { compileNativeSync } from './compile.js';
import { nativeTarget } from './compiler.js';
import { NativeError } from './native-error.js';

/** Options of `NativeDevice`. */
export interface NativeDeviceOptions {
  /** Most memory to use, in bytes. Default: 4 GiB. */
  readonly maximum?: number;
}

/**
 * Compiles programs to machine code with the system's C compiler; one thread. Throws a NativeError
 * where there is no compiler, or GRADUS_NATIVE=0 forbids its use.
 */
export class NativeDevice extends PlannedDevice {
  constructor(options: NativeDeviceOptions = {}) {
    const target = nativeTarget();
    if (!target) {
      throw new NativeError(
        'native: there is no C compiler that may be used; install one (cc, gcc or clang), ' +
          'unset GRADUS_NATIVE=0, or use the WASM device.',
      );
    }
    const arena = new Arena({ shared: true, maximum: options.maximum ?? 2 ** 32 });
    super(
      {
        name: target.name,
        target,
        load(plan, { memory }) {
          const { vectorBytes } = target;
          const main = compileNativeSync(plan.module, { vectorBytes }).bind(memory)[plan.entry]!;
          return (table) => main(table, 0, 1);
        },
      },
      arena,
    );
  }
}
