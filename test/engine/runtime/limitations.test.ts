import { afterEach, describe, expect, it, vi } from 'vitest';
import { WasmDevice } from '../../../src/engine/backends/wasm/device.js';
import { Arena } from '../../../src/engine/runtime/arena.js';
import { limitations } from '../../../src/engine/runtime/limitations.js';
import {
  compile,
  getDevice,
  getThreads,
  setDevice,
  setThreads,
  tensor,
} from '../../../src/tensor/index.js';

const MIB = 2 ** 20;
const { Memory } = WebAssembly;
const before = getDevice();

/** As a phone: refuses a maximum above `most` bytes, shared memory above `mostShared`. */
function refuseMemory(most: number, mostShared = most): void {
  const refuse = class extends Memory {
    constructor(limits: WebAssembly.MemoryDescriptor) {
      if ((limits.maximum ?? 0) * 65536 > (limits.shared === true ? mostShared : most)) {
        throw new RangeError('could not allocate memory');
      }
      super(limits);
    }
  };
  vi.stubGlobal('WebAssembly', Object.assign(Object.create(WebAssembly), { Memory: refuse }));
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  setDevice(before);
});

describe('where a large maximum is refused', () => {
  it('half as much is asked for until it is given', () => {
    refuseMemory(600 * MIB);
    const arena = new Arena({ shared: true, maximum: 4096 * MIB });
    expect([arena.limit, arena.shared, arena.refused]).toEqual([512 * MIB, true, true]);
    expect(limitations(arena)).toEqual(['memory up to 512.0 MiB: more was refused']);
  });

  it('memory is not shared if none can be', () => {
    refuseMemory(4096 * MIB, 0);
    const arena = new Arena({ shared: true, maximum: 4096 * MIB });
    expect([arena.limit, arena.shared]).toEqual([4096 * MIB, false]);
    expect(arena.memory.buffer).toBeInstanceOf(ArrayBuffer);
  });

  it('what was wanted is never rounded up, and none at all is an error', () => {
    refuseMemory(MIB);
    expect(new Arena({ shared: true, maximum: MIB }).limit).toBe(MIB);
    expect(() => new Arena({ shared: true, maximum: 4096 * MIB })).toThrow(
      'out of memory: 1.0 MiB more were asked for, 0 B of at most 4.0 GiB are in use',
    );
  });
});

describe('a program', () => {
  it('computes the same over memory that is not shared, and says why it has one thread', () => {
    const run = () => {
      const f = compile((x: ReturnType<typeof tensor>) => x.exp().sum());
      return { value: f(tensor([0.5, 1, 2])).item(), text: f.explain() };
    };
    setDevice(new WasmDevice());
    const shared = run();
    refuseMemory(4096 * MIB, 0);
    vi.stubGlobal('crossOriginIsolated', false);
    setDevice(new WasmDevice());
    const alone = run();
    expect(alone.value).toBe(shared.value);
    expect(alone.text.split('\n')[0]).toBe(
      'one thread: the page is not cross-origin isolated; serve it with the headers ' +
        'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp',
    );
    expect(shared.text).not.toMatch(/one thread/);
  });

  it('says that threads could not be started, until they are asked for anew', () => {
    const arena = new Arena({ shared: true, maximum: MIB });
    const count = getThreads();
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never);
    vi.stubGlobal('crossOriginIsolated', false);
    setDevice(new WasmDevice({ threads: 2 }));
    expect(limitations(arena)).toEqual([]);
    expect(
      tensor([1, 2])
        .matmul(tensor([3, 4]))
        .item(),
    ).toBe(11);
    expect(limitations(arena)).toEqual(['one thread: others could not be started']);
    setThreads(count);
    expect(limitations(arena)).toEqual([]);
  });
});
