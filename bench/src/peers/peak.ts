// The most multiply-adds a second that 128-bit WebAssembly vectors reach here: a loop of
// independent chains acc = acc * c + d which never leave the registers.
import { setFlagsFromString } from 'node:v8';
import type { PeakTask } from '../measure/protocol.js';
import type { Instance, Peer } from './peer.js';

/**
 * Chains tried, of which the fastest count stands: many hide the instructions' latency, but V8 has
 * 16 vector registers, and two hold constants. (Chains that only multiply beside chains that only
 * add are no faster.)
 */
const CHAIN_COUNTS = [10, 12, 13, 14];
/** How often the chains are written out in the loop's body. */
const UNROLL = 8;
const LANES = 4;
/** Turns of the loop in one iteration of the benchmark. */
const TURNS = 20_000;

const V128 = 0x7b;
const F32 = 0x7d;
const I32 = 0x7f;
const END = 0x0b;

function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}

const simd = (code: number): number[] => [0xfd, ...leb(code)];
const localGet = (index: number): number[] => [0x20, ...leb(index)];
const localSet = (index: number): number[] => [0x21, ...leb(index)];
const section = (id: number, body: number[]): number[] => [id, ...leb(body.length), ...body];

function splat(value: number): number[] {
  const bytes = new Uint8Array(new Float32Array([value, value, value, value]).buffer);
  return [...simd(0x0c), ...bytes];
}

/** The module of `run(turns: i32) -> f32`, which gives back the sum of the chains' first lanes. */
function assemble(chains: number, relaxed: boolean): Uint8Array<ArrayBuffer> {
  const [turns, c, d, first] = [0, 1, 2, 3];
  const accumulators = Array.from({ length: chains }, (_, i) => first + i);
  const adds = simd(0xe4);
  const madd = relaxed
    ? [...localGet(c), ...localGet(d), ...simd(0x105)]
    : [...localGet(c), ...simd(0xe6), ...localGet(d), ...adds];
  const turn = accumulators.flatMap((a) => [...localGet(a), ...madd, ...localSet(a)]);
  const body = Array.from({ length: UNROLL }, () => turn).flat();
  const countDown = [...localGet(turns), 0x41, 1, 0x6b, 0x22, turns];
  const sum = accumulators.flatMap((acc, i) => [...localGet(acc), ...(i > 0 ? adds : [])]);
  const locals = [1, ...leb(2 + chains), V128];
  const constants = [...splat(0.5), ...localSet(c), ...splat(0.5), ...localSet(d)];
  const loop = [0x03, 0x40, ...body, ...countDown, 0x0d, 0, END];
  const code = [...locals, ...constants, ...loop, ...sum, ...simd(0x1f), 0, END];
  const magic = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  return new Uint8Array([
    ...magic,
    ...section(1, [1, 0x60, 1, I32, 1, F32]),
    ...section(3, [1, 0]),
    ...section(7, [1, 3, 0x72, 0x75, 0x6e, 0, 0]),
    ...section(10, [1, ...leb(code.length), ...code]),
  ]);
}

type Loop = (turns: number) => number;

function instantiate(chains: number, relaxed: boolean): Loop {
  const module = new WebAssembly.Module(assemble(chains, relaxed));
  return new WebAssembly.Instance(module).exports['run'] as Loop;
}

/** Milliseconds for one chain's update, the least of several tries. */
function timePerUpdate(loop: Loop, chains: number): number {
  let best = Infinity;
  for (let i = 0; i < 20; i++) {
    const start = performance.now();
    loop(TURNS);
    best = Math.min(best, (performance.now() - start) / (TURNS * UNROLL * chains));
  }
  return best;
}

function prepare({ relaxed }: PeakTask): Instance {
  if (relaxed && !WebAssembly.validate(assemble(8, true))) {
    setFlagsFromString('--experimental-wasm-relaxed-simd');
    if (!WebAssembly.validate(assemble(8, true))) throw new Error('no relaxed SIMD in this Node');
  }
  const loops = CHAIN_COUNTS.map((chains) => {
    const loop = instantiate(chains, relaxed);
    return { chains, loop, time: timePerUpdate(loop, chains) };
  });
  const { chains, loop } = loops.reduce((a, b) => (b.time < a.time ? b : a));
  return {
    // Each lane starts at 0 and goes to 1, the fixed point of x ↦ x / 2 + 1 / 2.
    outcome: () => [loop(TURNS) / chains],
    run: (iterations) => {
      for (let i = 0; i < iterations; i++) loop(TURNS);
    },
    flops: 2 * LANES * chains * UNROLL * TURNS,
  };
}

export const peak: Peer = {
  open: () => ({ version: `V8 ${process.versions.v8}`, threads: 1 }),
  prepare: { peak: prepare },
};
