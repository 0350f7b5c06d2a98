import type { Device } from '../../runtime/device.js';
import { describeCompiler } from './compiler.js';
import { NativeDevice, type NativeDeviceOptions } from './device.js';
import { NativeError } from './native-error.js';

/**
 * The native tier as a choice: its one device, and when WebAssembly may take its place. The
 * environment variable GRADUS_NATIVE decides, as it is when a device is asked for: 0 forbids the
 * tier, 1 insists on it.
 */
export class NativeTier {
  private made: Device | undefined;

  constructor(
    private readonly options: NativeDeviceOptions = {},
    private readonly tell = (line: string): unknown => process.stderr.write(`${line}\n`),
  ) {}

  /** @throws NativeError where there is no compiler, or GRADUS_NATIVE=0 forbids its use. */
  device(): Device {
    describeCompiler();
    this.made ??= new NativeDevice(this.options);
    return this.made;
  }

  /** Whether WebAssembly may be used after this error. A compiler that fails is told in a line. */
  forgo(error: unknown, when: 'choosing' | 'compiling'): boolean {
    if (!(error instanceof NativeError) || process.env['GRADUS_NATIVE'] === '1') return false;
    if (when === 'compiling') {
      const [first, second] = error.message.split('\n').map((line) => line.trim());
      this.tell(`gradus: warning: going on with WebAssembly: ${first} ${second ?? ''}`.trimEnd());
    }
    return true;
  }
}
