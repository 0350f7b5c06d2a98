// covers: src/engine/runtime/arena.ts, src/engine/runtime/planned-device.ts
import { describe, expect, it } from 'vitest';
import { WasmDevice } from '../../../src/engine/backends/wasm/device.js';
import type { GraphNode } from '../../../src/engine/graph/node.js';
import { build as b } from '../../../src/engine/ops/index.js';
import type { Device, Program } from '../../../src/engine/runtime/device.js';
import { InputSource, Storage, Variable } from '../../../src/engine/runtime/storage.js';
import { mlpStep, stateOf } from '../backends/mlp-step.js';
import { Rng } from '../ops/rng.js';

const MIB = 2 ** 20;

function leafOf(v: Variable): GraphNode {
  return b.leaf(v, v.shape, v.dtype);
}

function vector(length: number, value = 0): Variable {
  return new Variable([length], 'f32', new Float32Array(length).fill(value));
}

/** A program that adds 1 to `v`, and needs as much scratch memory again for its output. */
function increment(device: Device, v: Variable): Program {
  const value = b.add(leafOf(v), b.constant(1, v.shape, v.dtype));
  return device.compile({ inputs: [], outputs: [value], assigns: [{ target: v, value }] });
}

describe('a variable', () => {
  it('may be used on several devices in turn', () => {
    const [first, second] = [new WasmDevice(), new WasmDevice()];
    const [other, v] = [vector(100, 7), vector(100)];
    increment(first, other).run([]); // so that addresses differ
    const programs = [increment(first, v), increment(second, v)];
    for (const which of [0, 0, 1, 1, 0, 1]) programs[which]!.run([]);
    expect(new Set(v.storage.hostValues())).toEqual(new Set([6]));
    // Making room on one device does not disturb what lies on the other.
    first.arena.evict(new Set());
    programs[1]!.run([]);
    programs[0]!.run([]);
    expect(new Set(v.storage.hostValues())).toEqual(new Set([8]));
  });
});

describe('a program under memory pressure', () => {
  it('goes on after a run for which there was no room', () => {
    const device = new WasmDevice({ maximum: 4 * MIB });
    const v = vector(1000);
    const small = increment(device, v);
    for (let i = 0; i < 3; i++) small.run([]);
    const big = vector(MIB);
    const bigger = device.compile({
      inputs: [],
      outputs: [b.unary('exp', leafOf(big)), b.unary('tanh', leafOf(big))],
      assigns: [],
    });
    for (let i = 0; i < 3; i++) {
      expect(() => bigger.run([])).toThrow(/out of memory/);
      const [result] = small.run([]);
      expect(new Set(result)).toEqual(new Set([4 + i]));
    }
  });

  it('finds room that is free in pieces', () => {
    const device = new WasmDevice({ maximum: 8 * MIB });
    for (const size of [MIB / 8, MIB / 4, MIB / 2, 1.5 * MIB]) {
      const v = vector(size, 1); // 4 bytes each: the last needs 6 of the 8 MiB
      const program = device.compile({
        inputs: [],
        outputs: [b.sum(leafOf(v), [0])],
        assigns: [{ target: v, value: b.mul(leafOf(v), b.constant(2, [size], 'f32')) }],
      });
      for (let i = 0; i < 3; i++) expect(program.run([])[0]![0]).toBe(size * 2 ** i);
    }
  });

  it('computes the same bits as with plenty of it', () => {
    const states = [2.5 * MIB, 256 * MIB].map((maximum) => {
      const device = new WasmDevice({ maximum });
      const rng = new Rng(5);
      const steps = [1, 2, 3].map((seed) => mlpStep([97, 129, 64 + seed, 10], 32, seed));
      const programs = steps.map((s) => device.compile(s.spec));
      const constant = new Storage('f32', 50_000, Float32Array.from({ length: 50_000 }, Math.sqrt));
      const x = b.leaf(constant, [50_000], 'f32');
      const sum = device.compile({ inputs: [], outputs: [b.sum(x, [0])], assigns: [] });
      const seen: number[] = [];
      for (let i = 0; i < 60; i++) {
        const which = rng.int(0, 3);
        if (which < 3) seen.push(programs[which]!.run(steps[which]!.inputs)[0]![0]!);
        else seen.push(sum.run([])[0]![0]!);
        if (rng.chance(0.2)) seen.push(steps[0]!.variables[0]!.snapshot().hostValues()[3]!);
      }
      return [seen.join(), ...steps.map(stateOf)];
    });
    expect(states[0]).toEqual(states[1]);
  });

  it('reads its inputs where memory has just grown', () => {
    const device = new WasmDevice();
    const n = 3 * MIB;
    const x = b.leaf(new InputSource(0), [n], 'f32');
    const inputs = [{ shape: [n], dtype: 'f32' as const }];
    const program = device.compile({
      inputs,
      outputs: [b.reduce('reduceMax', x, [0])],
      assigns: [],
    });
    for (let i = 1; i < 4; i++) {
      expect(program.run([new Float32Array(n).fill(i)])[0]![0]).toBe(i);
      increment(device, vector(i * MIB)).run([]);
    }
  });
});

describe('a program that cannot run', () => {
  it('leaves variables and the device as they were', () => {
    const device = new WasmDevice({ maximum: 4 * MIB });
    const [v, w] = [vector(1000), vector(1000, 5)];
    const programs = [increment(device, v), increment(device, w)];
    for (const p of programs) for (let i = 0; i < 3; i++) p.run([]);
    const large = vector(100);
    const both = device.compile({
      inputs: [],
      outputs: [b.broadcast(b.reshape(leafOf(w), [1, 1000]), [2000, 1000])],
      assigns: [
        { target: w, value: b.neg(leafOf(w)) },
        { target: large, value: b.neg(leafOf(large)) },
      ],
    });
    for (let i = 1; i < 4; i++) {
      expect(() => both.run([])).toThrow(/out of memory/);
      expect(new Set(w.storage.hostValues())).toEqual(new Set([7 + i]));
      for (const p of programs) p.run([]);
      expect(new Set(v.storage.hostValues())).toEqual(new Set([3 + i]));
    }
  });
});

describe('the plan cache', () => {
  it('keeps what is in use, however many other programs pass', () => {
    const device = new WasmDevice();
    const v = vector(8);
    const compiled = (n: number): string => {
      const start = device.arena.size;
      increment(device, v);
      return `${n} ${start}`;
    };
    compiled(0);
    const made = WebAssembly.Module;
    let modules = 0;
    class Counted extends made {
      constructor(bytes: BufferSource) {
        super(bytes);
        modules++;
      }
    }
    WebAssembly.Module = Counted;
    try {
      for (let i = 1; i <= 600; i++) {
        const x = b.leaf(new InputSource(0), [1, i], 'f32');
        const inputs = [{ shape: [1, i], dtype: 'f32' as const }];
        device.compile({ inputs, outputs: [b.neg(x)], assigns: [] });
        compiled(i);
      }
    } finally {
      WebAssembly.Module = made;
    }
    expect(modules).toBe(600);
  });
});
