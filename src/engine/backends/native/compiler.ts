import { cpus } from 'node:os';
import type { Target } from '../../compiler/ir/ir.js';
import { NativeError } from './native-error.js';
import { runSync } from './run-process.js';

/** The system's C compiler, as far as kernels are concerned. */
export interface Compiler {
  /** The program and the arguments that come before ours. */
  readonly command: readonly string[];
  /** Its own words: the first line of `--version`. */
  readonly version: string;
  readonly flags: readonly string[];
  /** The processor it compiles for. */
  readonly cpu: string;
  /** The macros it predefines for this processor: part of the cache's key. */
  readonly macros: string;
  readonly target: Target;
}

const PROBE_LIMIT_MS = 10_000;

/**
 * No -ffast-math: the two `-fno-…math` flags only say that nobody reads errno or the floating
 * point exceptions. Vectors are explicit; the automatic vectoriser would find nothing.
 */
const FLAGS: readonly string[] = [
  '-O2',
  '-std=gnu11',
  '-fPIC',
  '-shared',
  '-fvisibility=hidden',
  '-fwrapv',
  '-fno-strict-aliasing',
  '-ffp-contract=off',
  '-fno-math-errno',
  '-fno-trapping-math',
  '-fno-tree-vectorize',
  '-w',
];

const NATIVE_FLAGS = ['-march=native', '-mcpu=native'];

/** The answer for each value of the environment variables that decide it: probing costs 20 ms. */
const known = new Map<string, Compiler | NativeError>();

/**
 * The compiler of the native tier: `CC`, else cc, gcc or clang, whichever answers first.
 *
 * @throws NativeError when `GRADUS_NATIVE=0` forbids it or no compiler is usable.
 */
export function describeCompiler(): Compiler {
  if (process.env['GRADUS_NATIVE'] === '0') {
    throw new NativeError('native: GRADUS_NATIVE=0 forbids the native tier; unset it to compile.');
  }
  const cc = process.env['CC']?.trim() ?? '';
  const key = `${cc}\n${process.env['PATH'] ?? ''}`;
  let found = known.get(key);
  if (!found) {
    found = findCompiler(cc);
    known.set(key, found);
  }
  if (found instanceof NativeError) throw found;
  return found;
}

/** What this machine offers to the lowering, or null where kernels cannot be compiled. */
export function nativeTarget(): Target | null {
  try {
    return describeCompiler().target;
  } catch (error) {
    if (error instanceof NativeError) return null;
    throw error;
  }
}

function findCompiler(cc: string): Compiler | NativeError {
  if (process.platform === 'win32') {
    return new NativeError('native: there is no native tier on Windows; WebAssembly serves there.');
  }
  const candidates = cc === '' ? [['cc'], ['gcc'], ['clang']] : [cc.split(/\s+/)];
  const complaints: string[] = [];
  for (const command of candidates) {
    const answer = probe(command);
    if (typeof answer !== 'string') return answer;
    complaints.push(answer);
  }
  return new NativeError(
    `native: no usable C compiler (${complaints.join('; ')}); ` +
      'install gcc or clang, name one in CC, or stay on WebAssembly.',
  );
}

/** The compiler, or in a few words why it cannot be used. */
function probe(command: readonly string[]): Compiler | string {
  const name = command.join(' ');
  const said = runSync([...command, '--version'], '', PROBE_LIMIT_MS);
  if (said.end === 'missing') return `${name}: not found`;
  if (said.end === 'timeout') return `${name}: no answer within ${PROBE_LIMIT_MS / 1000} s`;
  if (said.end === 'failed') return `${name}: --version fails`;
  for (const native of [...NATIVE_FLAGS, undefined]) {
    const flags = native === undefined ? FLAGS : [...FLAGS, native];
    const asked = [...command, ...(native === undefined ? [] : [native])];
    const { end, stdout } = runSync([...asked, '-dM', '-E', '-x', 'c', '-'], '', PROBE_LIMIT_MS);
    if (end === 'timeout') return `${name}: no answer within ${PROBE_LIMIT_MS / 1000} s`;
    if (end !== 'ok') continue;
    const target = targetOf(stdout);
    if (!target) return `${name}: compiles for another processor than Node's (${process.arch})`;
    return {
      command,
      version: said.stdout.split('\n')[0]!.trim(),
      flags: process.platform === 'darwin' ? [...flags, '-undefined', 'dynamic_lookup'] : flags,
      cpu: `${process.arch} ${cpus()[0]?.model ?? ''}`.trim(),
      macros: stdout,
      target,
    };
  }
  return `${name}: does not list its macros`;
}

const ARCHITECTURE: Record<string, string> = { x64: '__x86_64__', arm64: '__aarch64__' };

/** Turns of the loops over a window's taps, up to 4 × 4. */
const writtenOut = 16;

/** The widest registers and the register tile that gcc keeps in them without spilling. */
function targetOf(macros: string): Target | undefined {
  const has = (name: string): boolean => macros.includes(`#define ${name} `);
  const architecture = ARCHITECTURE[process.arch];
  if (architecture === undefined || !has(architecture)) return undefined;
  if (has('__AVX512F__')) {
    return { name: 'native-avx512', vectorBytes: 64, tile: { rows: 12, vectors: 2 }, writtenOut };
  }
  if (has('__AVX2__')) {
    return { name: 'native-avx2', vectorBytes: 32, tile: { rows: 6, vectors: 2 }, writtenOut };
  }
  if (has('__aarch64__')) {
    return { name: 'native-neon', vectorBytes: 16, tile: { rows: 8, vectors: 2 }, writtenOut };
  }
  return { name: 'native-128', vectorBytes: 16, tile: { rows: 4, vectors: 2 }, writtenOut };
}
