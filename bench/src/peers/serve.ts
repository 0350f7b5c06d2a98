// A peer's own process: `node serve.js PEER`. Reads requests from the standard input, one a line.
import { closeSync, openSync, writeSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { MARK } from '../measure/protocol.js';
import type { MemoryReply, OpenReply, PrepareReply, Request, Task } from '../measure/protocol.js';
import type { PrepareRequest, ProfileReply, RunReply } from '../measure/protocol.js';
import type { Instance, Peer } from './peer.js';

const modules: Readonly<Record<string, () => Promise<Peer>>> = {
  peak: async () => (await import('./peak.js')).peak,
  'peak-native': async () => (await import('./peak-native.js')).peakNative,
  copy: async () => (await import('./copy.js')).copy,
  gradus: async () => (await import('./gradus.js')).gradus,
  'gradus-native': async () => (await import('./gradus-native.js')).gradusNative,
  tfjs: async () => (await import('./tfjs.js')).tfjs,
  'jax-js': async () => (await import('./jax-js.js')).jaxJs,
  deepbox: async () => (await import('./deepbox.js')).deepboxPeer,
  onnx: async () => (await import('./onnx-runtime.js')).onnxRuntime,
};

const instances = new Map<string, Instance>();
let peer: Peer | undefined;
let collections = 0;

async function open(name: string): Promise<OpenReply> {
  const start = performance.now();
  peer = await modules[name]!();
  const opened = await peer.open();
  return { ...opened, importMs: performance.now() - start };
}

/** Writes values as f64, a part at a time. */
function writeValues(file: number, values: ArrayLike<number>): void {
  const part = new Float64Array(Math.min(values.length, 2 ** 16));
  for (let from = 0; from < values.length; from += part.length) {
    const count = Math.min(part.length, values.length - from);
    for (let i = 0; i < count; i++) part[i] = values[from + i]!;
    writeSync(file, part, 0, 8 * count);
  }
}

async function prepare(request: PrepareRequest): Promise<PrepareReply> {
  const { task } = request;
  const make = peer!.prepare[task.kind] as
    | ((task: Task) => Instance | Promise<Instance>)
    | undefined;
  if (!make) throw new Error(`does not do ${task.kind}`);
  const start = performance.now();
  const instance = await make(task);
  const built = performance.now();
  let outcome = await instance.outcome();
  const first = performance.now();
  const file = openSync(request.outcome, 'w');
  for (let run = 1; ; run++) {
    writeValues(file, outcome);
    if (run >= request.checks) break;
    outcome = await instance.outcome();
  }
  closeSync(file);
  instances.set(request.handle, instance);
  const { flops, bytes, compileMs } = instance;
  return {
    buildMs: built - start,
    firstMs: first - built,
    ...(flops === undefined ? {} : { flops }),
    ...(bytes === undefined ? {} : { bytes }),
    ...(compileMs === undefined ? {} : { compileMs }),
  };
}

async function run(handle: string, iterations: number): Promise<RunReply> {
  const instance = instances.get(handle)!;
  const start = performance.now();
  await instance.run(iterations);
  return { ms: performance.now() - start };
}

async function memory(handle: string, collect: boolean): Promise<MemoryReply> {
  if (collect) for (let i = 0; i < 3; i++) globalThis.gc!();
  await new Promise((resolve) => setImmediate(resolve)); // lets the observer see collections
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  const arena = instances.get(handle)?.arena?.();
  return { heapUsed, arrayBuffers, rss, collections, ...(arena === undefined ? {} : { arena }) };
}

async function profile(handle: string, steps: number): Promise<ProfileReply> {
  const instance = instances.get(handle)!;
  if (!instance.profile) throw new Error('does not do profiles');
  return instance.profile(steps);
}

function answer(request: Request, name: string): Promise<object> {
  switch (request.command) {
    case 'open':
      return open(name);
    case 'prepare':
      return prepare(request);
    case 'run':
      return run(request.handle, request.iterations);
    case 'profile':
      return profile(request.handle, request.steps);
    case 'memory':
      return memory(request.handle, request.collect);
  }
}

if (process.env['GRADUS_BENCH_RELAXED'] === '1') {
  setFlagsFromString('--experimental-wasm-relaxed-simd');
}
new PerformanceObserver((list) => {
  collections += list.getEntries().length;
}).observe({ entryTypes: ['gc'] });

for await (const line of createInterface({ input: process.stdin })) {
  let reply: object;
  try {
    reply = await answer(JSON.parse(line) as Request, process.argv[2]!);
  } catch (error) {
    reply = { error: error instanceof Error ? error.message : String(error) };
  }
  process.stdout.write(`${MARK}${JSON.stringify(reply)}\n`);
}
process.exit(0);
