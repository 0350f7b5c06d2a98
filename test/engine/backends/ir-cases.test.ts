// covers: src/engine/backends/wasm/emit.ts
import { describe, expect, it } from 'vitest';
import { emitModule } from '../../../src/engine/backends/wasm/emit.js';
import { IR_CASES } from './ir-cases.js';
import { caseFunction, checkCase, lanesOf } from './ir-case.js';

/** The cases that the C printer is tested on, in WebAssembly: the two tiers mean the same. */
describe.each([0, 16])('every operation in WebAssembly, registers of %i bytes', (bytes) => {
  const memory = new WebAssembly.Memory({ initial: 4 });
  const functions = IR_CASES.map((c) => caseFunction(c, lanesOf(c, bytes)));
  const options = { sharedMemory: false, initialPages: 4, maxPages: 65536, relaxedSimd: false };
  const module = new WebAssembly.Module(emitModule({ functions }, options));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  it.each(IR_CASES.map((c) => [c.name, c] as const))('%s', (name, c) => {
    const kernel = exports[name] as (...args: number[]) => void;
    expect(checkCase(c, lanesOf(c, bytes), memory.buffer, kernel)).toEqual([]);
  });
});
