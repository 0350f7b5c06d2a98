import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NativeError } from '../../../../src/engine/backends/native/native-error.js';
import { loadNative } from '../../../../src/engine/backends/native/addon.js';
import { compileNativeSync } from '../../../../src/engine/backends/native/compile.js';
import { FuncBuilder, i32 } from '../../../../src/engine/compiler/ir/builder.js';
import { freshCache, noCompiler } from './fresh-cache.js';

const folder = freshCache();

/** Adds `amount` to the word at an address. */
function addTo() {
  const f = new FuncBuilder('add "to" ü');
  const at = f.param('at');
  const amount = f.param('amount');
  f.store('i32', at, f.add(f.load('i32', 1, at), amount));
  const none = new FuncBuilder('no parameters');
  none.store('i32', i32(0), i32(9));
  return { functions: [f.finish(true), none.finish(true)] };
}

describe.skipIf(noCompiler)('a native module', () => {
  const load = () => compileNativeSync(addTo(), { announce: () => undefined });
  const memoryOf = (pages: number, shared = true) =>
    new WebAssembly.Memory({ initial: pages, maximum: 64, shared });

  it('binds several memories, shared or not, each with its own functions', () => {
    const module = load();
    const memories = [memoryOf(1), memoryOf(2), memoryOf(1, false)];
    const bound = memories.map((m) => module.bind(m)['add "to" ü']!);
    bound.forEach((add, i) => add(8, i + 1));
    expect(memories.map((m) => new Int32Array(m.buffer)[2])).toEqual([1, 2, 3]);
  });

  it('lives on when the memory grows', () => {
    const memory = memoryOf(1);
    const module = load();
    const before = module.bind(memory)['add "to" ü']!;
    memory.grow(8);
    const far = 5 * 65536;
    before(far, 1);
    module.bind(memory)['add "to" ü']!(far, 2);
    expect(new Int32Array(memory.buffer)[far / 4]).toBe(3);
  });

  it('takes numbers beyond 2^31 and negative ones as 32 bits', () => {
    const memory = memoryOf(1);
    const add = load().bind(memory)['add "to" ü']!;
    add(0, 2 ** 32 - 1);
    add(0, -5);
    expect(new Int32Array(memory.buffer)[0]).toBe(-6);
  });

  it('refuses a wrong number of arguments and what is no number', () => {
    const { 'add "to" ü': add, 'no parameters': none } = load().bind(memoryOf(1));
    expect(() => add!(1)).toThrow('native: kernel add "to" ü takes 2 numbers');
    expect(() => add!(1, 2, 3)).toThrow(TypeError);
    expect(() => add!(1, '2' as unknown as number)).toThrow(TypeError);
    expect(() => none!()).not.toThrow();
  });

  it('says why a file cannot be loaded', () => {
    const path = join(folder, 'text.node');
    writeFileSync(path, 'no program');
    expect(() => loadNative(path)).toThrow(NativeError);
    expect(() => loadNative(path)).toThrow(/cannot be loaded.*GRADUS_CACHE/);
  });
});
