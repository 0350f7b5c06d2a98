// covers: src/engine/backends/interpreter/device.ts, src/engine/backends/wasm/device.ts
import { describe, expect, it } from 'vitest';
import { WasmDevice } from '../../../src/engine/backends/wasm/device.js';
import { build } from '../../../src/engine/ops/index.js';
import { DRAWN_OPS, describeCase, drawCase, supportedDtypes } from '../ops/domains.js';
import { Rng } from '../ops/rng.js';
import { interpreterDevice, runOn, tolerance, worstError } from './device-oracle.js';

const CASES = Number(process.env['GRADUS_ORACLE_CASES'] ?? 12);
const device = new WasmDevice();

describe('every op, dtype by dtype, agrees with the interpreter', () => {
  for (const op of DRAWN_OPS) {
    for (const dtype of supportedDtypes(op)) {
      it(`${op} ${dtype}`, () => {
        for (let seed = 0; seed < CASES; seed++) {
          const values = seed % 3 === 2 ? 'special' : 'plain';
          const drawn = drawCase(op, new Rng(seed), { dtype, values });
          const graph = (leaves: Parameters<Parameters<typeof runOn>[2]>[0]) => [
            build.node(drawn.op, leaves, drawn.attrs, drawn.wanted),
          ];
          const [want] = runOn(interpreterDevice, drawn.inputs, graph);
          const [got] = runOn(device, drawn.inputs, graph);
          const node = graph(
            drawn.inputs.map((x) => build.leaf({ kind: 'input' }, x.shape, x.dtype)),
          )[0]!;
          const { error, at } = worstError(got!, want!);
          expect(
            error,
            `seed ${seed}: ${describeCase(drawn)} at ${at}: ${got![at]} instead of ${want![at]}`,
          ).toBeLessThanOrEqual(tolerance(node.dtype));
        }
      });
    }
  }
});
