// covers: src/engine/backends/interpreter/device.ts
import { describe, expect, it } from 'vitest';
import { WasmDevice } from '../../../src/engine/backends/wasm/device.js';
import { runOn } from './device-oracle.js';
import { CELLS, caseOf, nodeOf, wrongness } from './oracle-cases.js';

const CASES = Number(process.env['GRADUS_ORACLE_CASES'] ?? 12);
const device = new WasmDevice();

describe('every op, dtype by dtype, agrees with the interpreter', () => {
  it.each(CELLS)('$op $dtype', (cell) => {
    let compared = 0;
    for (let seed = 0; seed < CASES; seed++) {
      const drawn = caseOf(cell, seed);
      const [got] = runOn(device, drawn.inputs, (leaves) => [nodeOf(drawn, leaves)]);
      expect(wrongness(drawn, got!), `seed ${seed}`).toBeUndefined();
      compared += got!.length;
    }
    expect(compared).toBeGreaterThan(0);
  });
});
