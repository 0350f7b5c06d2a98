import { rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
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
  /** Into how many units, compiled at the same time. Default: by the length of the source and cores. */
  readonly units?: number;
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
  /** C in one unit. */
  readonly source: string;
  /** The same in so many units. */
  readonly inUnits: (units: number) => readonly string[];
  readonly units: number;
  readonly folder: string;
  readonly key: string;
  readonly timeoutMs: number;
  readonly temporary: string;
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
  const { command, input } = commandOf(job);
  const path = finish(job, await run(command, input, job.timeoutMs));
  return { ...loadNative(path), cached: false };
}

/** `compileNative`, blocking this thread. */
export function compileNativeSync(module: Module, options: CompileOptions = {}): CompiledModule {
  const job = prepare(module, options);
  const stored = findObject(job.folder, job.key);
  if (stored !== undefined) return { ...loadNative(stored), cached: true };
  announce(job, options);
  const { command, input, killSignal } = commandOf(job);
  const path = finish(job, runSync(command, input, job.timeoutMs, killSignal));
  return { ...loadNative(path), cached: false };
}

function prepare(module: Module, options: CompileOptions): Job {
  const compiler = describeCompiler();
  const vectorBytes = options.vectorBytes ?? compiler.target.vectorBytes;
  const inUnits = (units: number): string[] => {
    return printAddon(printModule(module, { vectorBytes, units }));
  };
  const source = inUnits(1)[0]!;
  const { command, flags, version, cpu, macros } = compiler;
  const folder = cacheFolder();
  // The number of units does not matter to what the code does.
  const key = sha256(source, [...command, ...flags].join('\n'), version, cpu, macros);
  return {
    compiler,
    source,
    inUnits,
    units: options.units ?? Math.min(availableParallelism(), Math.ceil(source.length / UNIT)),
    folder,
    key,
    timeoutMs: options.timeoutMs ?? 120_000,
    temporary: temporaryPath(folder, key),
  };
}

/** Characters of C that are worth a unit of their own. */
const UNIT = 40_000;

interface Command {
  readonly command: readonly string[];
  readonly input: string;
  /** What ends it if it takes too long. */
  readonly killSignal: 'SIGKILL' | 'SIGTERM';
}

/** What compiles a job, and what it reads. Several units lie in files, and run side by side. */
function commandOf({ compiler, source, inUnits, units, temporary }: Job): Command {
  const { command, flags } = compiler;
  const cc = [...command, ...flags];
  const sources = units > 1 ? inUnits(units) : [source];
  if (sources.length === 1) {
    const single = [...cc, '-x', 'c', '-', '-o', temporary, '-lm'];
    return { command: single, input: source, killSignal: 'SIGKILL' };
  }
  sources.forEach((text, i) => writeFileSync(`${temporary}.${i}.c`, text, { mode: 0o600 }));
  const sideBySide = ['/bin/sh', '-c', SIDE_BY_SIDE, temporary, String(sources.length), ...cc];
  return { command: sideBySide, input: '', killSignal: 'SIGTERM' };
}

/**
 * Compiles $0.0.c … with the rest of the arguments, all at the same time, and links them to $0; ends
 * them all if it is told to end, and leaves nothing but $0.
 */
const SIDE_BY_SIDE = `
count=$1; shift; i=0; jobs=
trap 'kill -9 $jobs 2>/dev/null; rm -f "$0".*; exit 1' TERM INT HUP
while [ "$i" -lt "$count" ]; do
  "$@" -c "$0.$i.c" -o "$0.$i.o" & jobs="$jobs $!"
  printf '"%s"\\n' "$0.$i.o" >> "$0.objects"; i=$((i + 1))
done
status=0
for job in $jobs; do wait "$job" || status=1; done
if [ "$status" = 0 ]; then "$@" @"$0.objects" -o "$0" -lm || status=1; fi
rm -f "$0".*
exit $status`;

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
