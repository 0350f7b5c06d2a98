import { rmSync } from 'node:fs';
import type { Module } from '../../compiler/ir/ir.js';
import type { NativeModule } from './addon.js';
import { loadNative, printAddon } from './addon.js';
import type { Compiler } from './compiler.js';
import { describeCompiler } from './compiler.js';
import { NativeError } from './native-error.js';
import { cacheFolder, findObject, sha256, storeObject, temporaryPath } from './object-cache.js';
import { printModule } from './print.js';
import type { Outcome } from './run-process.js';
import { run, runSync } from './run-process.js';

export interface CompileOptions {
  /** Bytes of a vector register the module was lowered for; default: this machine's. */
  readonly vectorBytes?: number;
  /** How long the compiler may take. Default 120000. */
  readonly timeoutMs?: number;
  /**
   * Hears one line before a compiler runs. Default: the first such line of the process goes to
   * the standard error output.
   */
  readonly announce?: (line: string) => void;
}

/** A loaded module, and whether it came out of the cache. */
export interface CompiledModule extends NativeModule {
  readonly cached: boolean;
}

/** What is known before the compiler runs. */
interface Job {
  readonly compiler: Compiler;
  readonly source: string;
  readonly folder: string;
  readonly key: string;
  readonly timeoutMs: number;
  readonly temporary: string;
  readonly command: readonly string[];
}

/**
 * Compiles loop IR to machine code, or takes it from the cache, and loads it into this thread.
 *
 * @throws NativeError when there is no compiler, or it fails, or takes longer than `timeoutMs`.
 */
export async function compileNative(
  module: Module,
  options: CompileOptions = {},
): Promise<CompiledModule> {
  const job = prepare(module, options);
  const stored = findObject(job.folder, job.key);
  if (stored !== undefined) return { ...loadNative(stored), cached: true };
  announce(job, options);
  const path = finish(job, await run(job.command, job.source, job.timeoutMs));
  return { ...loadNative(path), cached: false };
}

/** `compileNative`, blocking this thread. */
export function compileNativeSync(module: Module, options: CompileOptions = {}): CompiledModule {
  const job = prepare(module, options);
  const stored = findObject(job.folder, job.key);
  if (stored !== undefined) return { ...loadNative(stored), cached: true };
  announce(job, options);
  const path = finish(job, runSync(job.command, job.source, job.timeoutMs));
  return { ...loadNative(path), cached: false };
}

function prepare(module: Module, options: CompileOptions): Job {
  const compiler = describeCompiler();
  const vectorBytes = options.vectorBytes ?? compiler.target.vectorBytes;
  const source = printAddon(printModule(module, { vectorBytes }));
  const { command, flags, version, cpu, macros } = compiler;
  const folder = cacheFolder();
  const key = sha256(source, [...command, ...flags].join('\n'), version, cpu, macros);
  const temporary = temporaryPath(folder, key);
  return {
    compiler,
    source,
    folder,
    key,
    timeoutMs: options.timeoutMs ?? 120_000,
    temporary,
    command: [...command, ...flags, '-x', 'c', '-', '-o', temporary, '-lm'],
  };
}

let announced = false;

function announce(job: Job, options: CompileOptions): void {
  const line =
    `gradus: compiling kernels with ${job.compiler.version} into ${job.folder} ` +
    '(GRADUS_NATIVE=0 forbids it)';
  if (options.announce) {
    options.announce(line);
  } else if (!announced) {
    announced = true;
    process.stderr.write(`${line}\n`);
  }
}

/** Stores what the compiler made, or says why there is nothing. */
function finish(job: Job, outcome: Outcome): string {
  const name = job.compiler.command.join(' ');
  if (outcome.end === 'ok') return storeObject(job.folder, job.key, job.temporary);
  rmSync(job.temporary, { force: true });
  if (outcome.end === 'timeout') {
    throw new NativeError(
      `native: ${name} did not finish within ${job.timeoutMs / 1000} s and was stopped; ` +
        'set GRADUS_NATIVE=0 to use WebAssembly.',
    );
  }
  const lines = outcome.stderr.trim().split('\n');
  const first = Math.max(
    0,
    lines.findIndex((line) => line.includes('error')),
  );
  const said = lines.slice(first, first + 4).join('\n  ');
  throw new NativeError(
    `native: ${name} cannot compile the kernels; set GRADUS_NATIVE=0 to use WebAssembly. ` +
      `It says:\n  ${said === '' ? '(nothing)' : said}`,
  );
}
