// covers: src/engine/runtime/planned-device.ts
import { expect, it } from 'vitest';
import { interpreterDevice } from '../../../../src/engine/backends/interpreter/device.js';
import { nativeTarget } from '../../../../src/engine/backends/native/compiler.js';
import { NativeDevice } from '../../../../src/engine/backends/native/device.js';
import { WasmDevice } from '../../../../src/engine/backends/wasm/device.js';
import type { TypedArray } from '../../../../src/engine/core/dtype.js';
import { printGraph } from '../../../../src/engine/graph/print.js';
import type { Device } from '../../../../src/engine/runtime/device.js';
import { checkOn } from './check.js';
import type { ExactProgram } from './exact-program.js';
import { exactProgram, graphOf } from './exact-program.js';
import { FIRST, GRAPHS, keep } from './run.js';

const PROGRAMS = Math.min(1000, GRAPHS);

/** Where two programs that should agree to the bit do not. */
function difference(got: readonly TypedArray[], wanted: readonly TypedArray[]): string | undefined {
  for (const [i, want] of wanted.entries()) {
    // -0 counts as 0: the largest of both is either.
    const at = want.findIndex((w, k) => got[i]![k] !== w && !Object.is(got[i]![k], w));
    if (at >= 0) return `${i} at ${at}: ${got[i]![at]} instead of ${want[at]}`;
  }
  return undefined;
}

/** Three steps, with the variables that each leaves behind. */
function compareSteps(
  device: Device,
  ours: ExactProgram,
  theirs: ExactProgram,
): string | undefined {
  const program = device.compile(ours.spec);
  const reference = interpreterDevice.compile(theirs.spec);
  const state = (x: ExactProgram): TypedArray[] => x.variables.map((v) => v.storage.hostValues());
  for (let run = 0; run < 3; run++) {
    const results = difference(program.run(ours.inputs), reference.run(theirs.inputs));
    if (results) return `run ${run}, output ${results}`;
    const variables = difference(state(ours), state(theirs));
    if (variables) return `run ${run}, variable ${variables}`;
  }
  return undefined;
}

function expectSameSteps(device: Device, seed: number): void {
  let wrong: string | undefined;
  try {
    wrong = compareSteps(device, exactProgram(seed), exactProgram(seed));
  } catch (error) {
    wrong = `it throws: ${(error as Error).message}`;
  }
  if (wrong === undefined) return;
  const { spec } = exactProgram(seed);
  const roots = [...spec.outputs, ...spec.assigns.map((a) => a.value)];
  const show = `exact program ${seed}, of the last ${spec.assigns.length} assigned: ${wrong}`;
  const graph = graphOf(exactProgram(seed));
  const check = checkOn(device, 'compiled');
  if (check(graph) === undefined) expect.fail(`${show}\n${printGraph(roots)}`);
  const { path, source } = keep(graph, check, show);
  expect.fail(`${show}\n${path} runs it from now on:\n\n${source}`);
}

it.each([true, false])(
  `${PROGRAMS} random programs over all dtypes give the reference's bits, fused: %s`,
  (fused) => {
    const device = new WasmDevice({ fused });
    for (let seed = FIRST; seed < FIRST + PROGRAMS; seed++) expectSameSteps(device, seed);
  },
  300_000,
);

const native = nativeTarget() !== null;
if (!native) console.log('SKIPPED: no C compiler, no random programs are run as C');
it.skipIf(!native)('some random programs give the same bits as C', () => {
  const device = new NativeDevice();
  for (let seed = FIRST; seed < FIRST + Math.min(8, GRAPHS); seed++) expectSameSteps(device, seed);
});
