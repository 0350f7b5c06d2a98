// covers: src/engine/backends/native/compiler.ts, src/engine/backends/native/object-cache.ts
// covers: src/engine/backends/native/run-process.ts, src/engine/backends/native/native-error.ts
import {
  chmodSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FuncBuilder, i32 } from '../../../../src/engine/compiler/ir/builder.js';
import type { Module } from '../../../../src/engine/compiler/ir/ir.js';
import type { CompiledModule } from '../../../../src/engine/backends/native/compile.js';
import {
  compileNative,
  compileNativeSync,
} from '../../../../src/engine/backends/native/compile.js';
import { describeCompiler, nativeTarget } from '../../../../src/engine/backends/native/compiler.js';
import { NativeError } from '../../../../src/engine/backends/native/native-error.js';
import { fakeCompiler } from './fake-compiler.js';
import { freshCache, noCompiler } from './fresh-cache.js';

const folder = freshCache();
const saved = { ...process.env };
afterEach(() => {
  for (const name of ['CC', 'GRADUS_NATIVE', 'GRADUS_CACHE']) {
    if (saved[name] === undefined) delete process.env[name];
    else process.env[name] = saved[name];
  }
});
process.env['GRADUS_CACHE'] = folder;
saved['GRADUS_CACHE'] = folder;

const quiet = { announce: (): void => undefined };

/** Stores `value` at address 0. */
function putting(value: number): Module {
  const f = new FuncBuilder('put');
  f.store('i32', i32(0), i32(value));
  return { functions: [f.finish(true)] };
}

function works(module: CompiledModule, value: number): boolean {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  module.bind(memory)['put']!();
  return new Int32Array(memory.buffer)[0] === value;
}

function errorOf(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    if (error instanceof NativeError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe.skipIf(noCompiler)('the compiler', () => {
  it('is described, with the processor', () => {
    const compiler = describeCompiler();
    expect(compiler.version).not.toBe('');
    expect(compiler.macros).toContain('__VERSION__');
    expect([16, 32, 64]).toContain(compiler.target.vectorBytes);
    expect(nativeTarget()).toEqual(compiler.target);
  });

  it('is announced in one line before it runs', () => {
    const lines: string[] = [];
    compileNativeSync(putting(1), { announce: (line) => lines.push(line) });
    compileNativeSync(putting(1), { announce: (line) => lines.push(line) });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^gradus: compiling kernels with .*\(GRADUS_NATIVE=0 forbids it\)$/);
  });

  it('is not looked for under GRADUS_NATIVE=0', () => {
    process.env['GRADUS_NATIVE'] = '0';
    expect(nativeTarget()).toBeNull();
    expect(errorOf(() => compileNativeSync(putting(2))).message).toContain(
      'GRADUS_NATIVE=0 forbids',
    );
  });

  it('is missed by name', () => {
    process.env['CC'] = '/nowhere/cc -O3';
    expect(nativeTarget()).toBeNull();
    const { message } = errorOf(() => compileNativeSync(putting(3)));
    expect(message).toMatch(/no usable C compiler \(\/nowhere\/cc -O3: not found\).*in CC/);
  });

  it('is quoted when it fails', async () => {
    process.env['CC'] = fakeCompiler(
      folder,
      'failing',
      'echo "x.c:1: error: no such thing" >&2; exit 1',
    );
    const { message } = errorOf(() => compileNativeSync(putting(4), quiet));
    expect(message).toMatch(/failing cannot compile.*\n {2}x\.c:1: error: no such thing/);
    await expect(compileNative(putting(4), quiet)).rejects.toThrow(message);
    expect(readdirSync(join(folder, 'native')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('is stopped when it takes too long', async () => {
    process.env['CC'] = fakeCompiler(folder, 'hanging', 'sleep 30; exit 1');
    const begin = performance.now();
    const options = { ...quiet, timeoutMs: 300 };
    const { message } = errorOf(() => compileNativeSync(putting(5), options));
    expect(message).toMatch(/hanging did not finish within 0\.3 s/);
    await expect(compileNative(putting(5), options)).rejects.toThrow(message);
    expect(performance.now() - begin).toBeLessThan(20_000);
  });
});

describe.skipIf(noCompiler)('compiling in units side by side', () => {
  const files = (): string[] => {
    return readdirSync(join(folder, 'native')).filter((name) => !/\.node(\.sha256)?$/.test(name));
  };

  /** `put` calls three functions of other units, each of which adds to what lies at address 0. */
  function inParts(value: number): Module {
    const parts = [1, 10, 100].map((by) => {
      const f = new FuncBuilder(`add${by}`);
      f.store('i32', i32(0), f.add(f.load('i32', 1, i32(0)), i32(by)));
      return f.finish();
    });
    const f = new FuncBuilder('put');
    f.store('i32', i32(0), i32(value));
    for (const part of parts) f.call(part.name, []);
    return { functions: [...parts, f.finish(true)] };
  }

  it('gives the same module, under the same key', async () => {
    const module = compileNativeSync(inParts(1000), { ...quiet, units: 3 });
    expect(works(module, 1111)).toBe(true);
    expect(compileNativeSync(inParts(1000), quiet).cached).toBe(true);
    const other = await compileNative(inParts(2000), { ...quiet, units: 9 });
    expect(works(other, 2111)).toBe(true);
    expect(files()).toEqual([]);
  });

  it('says what is wrong with one of them, or takes too long, and leaves nothing', () => {
    const units = { ...quiet, units: 2, timeoutMs: 20_000 };
    const failing =
      'case "$*" in *.1.c*) echo "y.c:1: error: not this" >&2; exit 1;; esac; exec cc "$@"';
    process.env['CC'] = fakeCompiler(folder, 'half', failing);
    expect(errorOf(() => compileNativeSync(inParts(1), units)).message).toContain('y.c:1: error');
    process.env['CC'] = fakeCompiler(folder, 'asleep', 'sleep 30; exit 1');
    const options = { ...units, timeoutMs: 300 };
    expect(errorOf(() => compileNativeSync(inParts(2), options)).message).toContain('0.3 s');
    expect(files()).toEqual([]);
  });
});

describe.skipIf(noCompiler)('the cache', () => {
  it('gives the same object back, and another for another module', async () => {
    const first = compileNativeSync(putting(10), quiet);
    const again = await compileNative(putting(10), quiet);
    const other = await compileNative(putting(11), quiet);
    expect([first.cached, again.cached, other.cached]).toEqual([false, true, false]);
    expect(again.path).toBe(first.path);
    expect(works(first, 10) && works(again, 10) && works(other, 11)).toBe(true);
    expect(statSync(join(folder, 'native')).mode & 0o777).toBe(0o700);
  });

  it.each<[string, (path: string) => void]>([
    ['truncated', (path) => truncateSync(path, 1000)],
    ['emptied', (path) => truncateSync(path, 0)],
    [
      'tampered with',
      (path) => {
        const bytes = readFileSync(path);
        bytes[bytes.length >> 1]! ^= 1;
        writeFileSync(path, bytes);
      },
    ],
    ['without its hash', (path) => truncateSync(`${path}.sha256`, 0)],
  ])('compiles again when an object is %s', (what, harm) => {
    const value = 20 + what.length;
    const path = stored(value);
    harm(path);
    const again = compileNativeSync(putting(value), quiet);
    expect(again.path).toBe(path);
    expect(again.cached).toBe(false);
    expect(works(again, value)).toBe(true);
    expect(compileNativeSync(putting(value), quiet).cached).toBe(true);
  });

  it('does not use a folder that others may write to', () => {
    const open = join(folder, 'open');
    process.env['GRADUS_CACHE'] = open;
    compileNativeSync(putting(30), quiet);
    chmodSync(open, 0o777);
    const { message } = errorOf(() => compileNativeSync(putting(30), quiet));
    expect(message).toMatch(/cache folder .*open.* others may write/);
  });
});

/** Compiles, and replaces the stored file, which is mapped now, by a copy that may be harmed. */
function stored(value: number): string {
  const { path } = compileNativeSync(putting(value), quiet);
  const bytes = readFileSync(path);
  const hash = readFileSync(`${path}.sha256`);
  writeFileSync(`${path}.new`, bytes);
  writeFileSync(`${path}.sha256`, hash);
  renameSync(`${path}.new`, path);
  return path;
}
