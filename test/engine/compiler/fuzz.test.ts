// covers: src/engine/compiler/fuse/fuse.ts, src/engine/compiler/fuse/group.ts, src/engine/compiler/fuse/kernelize.ts, src/engine/compiler/fuse/materialize.ts, src/engine/compiler/fuse/operands.ts
// covers: src/engine/compiler/program/plan.ts, src/engine/compiler/program/launch.ts, src/engine/compiler/program/main.ts
// covers: src/engine/compiler/lower/loops.ts, src/engine/compiler/lower/emitter.ts, src/engine/compiler/lower/reduction.ts, src/engine/compiler/lower/matmul.ts, src/engine/compiler/lower/scatter.ts, src/engine/compiler/lower/space.ts, src/engine/compiler/lower/apply.ts
import { expect, it } from 'vitest';
import { nativeTarget } from '../../../src/engine/backends/native/compiler.js';
import { NativeDevice } from '../../../src/engine/backends/native/device.js';
import { WasmDevice } from '../../../src/engine/backends/wasm/device.js';
import type { TypedArray } from '../../../src/engine/core/dtype.js';
import type { Device } from '../../../src/engine/runtime/device.js';
import { gradients } from '../../../src/engine/autograd/gradients.js';
import { printGraph } from '../../../src/engine/graph/print.js';
import { build } from '../../../src/engine/ops/index.js';
import { InputSource } from '../../../src/engine/runtime/storage.js';
import { interpreterDevice, runOn, worstError } from '../backends/device-oracle.js';
import { Rng } from '../ops/rng.js';
import type { ExactProgram } from './exact-graph.js';
import { exactProgram } from './exact-graph.js';
import type { RandomGraph } from './random-graph.js';
import { randomGraph } from './random-graph.js';

/** The graph's results, and the gradients of their sum of squares. */
function withGradients(graph: RandomGraph): RandomGraph {
  return {
    inputs: graph.inputs,
    build(leaves) {
      const outputs = graph.build(leaves);
      const seeds = outputs.map((n) => build.mul(n, build.like(n, 0.125)));
      const grads = gradients(build, outputs, seeds, leaves);
      return [...outputs, ...grads.filter((g) => g !== null)];
    },
  };
}

/** Where two programs that should agree to the bit do not. */
function difference([a, b]: readonly [readonly TypedArray[], readonly TypedArray[]]):
  | string
  | undefined {
  for (const [i, want] of b.entries()) {
    // -0 counts as 0: the largest of both is either.
    const at = want.findIndex((w, k) => a[i]![k] !== w && !Object.is(a[i]![k], w));
    if (at >= 0) return `${i} at ${at}: ${a[i]![at]} instead of ${want[at]}`;
  }
  return undefined;
}

function expectSameSteps(device: Device, seed: number): void {
  const [ours, theirs] = [exactProgram(seed), exactProgram(seed)];
  const { outputs, assigns } = ours.spec;
  const show = (): string =>
    `GRADUS_FUZZ_SEED=${seed} GRADUS_FUZZ_GRAPHS=1, of the assigned ${assigns.length}\n` +
    printGraph([...outputs, ...assigns.map((a) => a.value)]);
  try {
    const program = device.compile(ours.spec);
    const reference = interpreterDevice.compile(theirs.spec);
    for (let run = 0; run < 3; run++) {
      const results = difference([program.run(ours.inputs), reference.run(theirs.inputs)]);
      if (results) throw new Error(`run ${run}, output ${results}`);
      const state = (x: ExactProgram): TypedArray[] =>
        x.variables.map((v) => v.storage.hostValues());
      const variables = difference([state(ours), state(theirs)]);
      if (variables) throw new Error(`run ${run}, variable ${variables}`);
    }
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${show()}`, { cause: error });
  }
}

const GRAPHS = Number(process.env['GRADUS_FUZZ_GRAPHS'] ?? 1000);
const FIRST = Number(process.env['GRADUS_FUZZ_SEED'] ?? 0);

it(`${GRAPHS} random graphs, fused and compiled, agree with the interpreter`, () => {
  const device = new WasmDevice();
  for (let seed = FIRST; seed < FIRST + GRAPHS; seed++) {
    const rng = new Rng(seed);
    const dtype = rng.chance(0.8) ? 'f32' : 'f64';
    const drawn = randomGraph(rng, rng.int(1, 24), dtype);
    const graph = seed % 3 === 0 ? withGradients(drawn) : drawn;
    const want = runOn(interpreterDevice, graph.inputs, graph.build);
    const show = (): string => {
      const leaves = graph.inputs.map((x, i) => build.leaf(new InputSource(i), x.shape, x.dtype));
      return `GRADUS_FUZZ_SEED=${seed} GRADUS_FUZZ_GRAPHS=1\n${printGraph(graph.build(leaves))}`;
    };
    let got;
    try {
      got = runOn(device, graph.inputs, graph.build);
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}\n${show()}`, { cause: error });
    }
    want.forEach((w, i) => {
      const { error, at } = worstError(got[i]!, w);
      let scale = 1;
      for (const x of w) scale = Math.max(scale, Math.abs(x) || 0);
      const bound = scale * (dtype === 'f64' ? 1e-10 : 2e-3);
      if (!(error <= bound)) {
        expect.fail(`output ${i} at ${at}: ${got[i]![at]} instead of ${w[at]}\n${show()}`);
      }
    });
  }
}, 300_000);

it(`${GRAPHS} random programs over all dtypes give the interpreter's bits`, () => {
  const device = new WasmDevice();
  for (let seed = FIRST; seed < FIRST + GRAPHS; seed++) expectSameSteps(device, seed);
}, 300_000);

const native = nativeTarget() !== undefined;
if (!native) console.log('SKIPPED: no C compiler, no random programs are run as C');
it.skipIf(!native)('some random programs give the same bits as C', () => {
  const device = new NativeDevice();
  for (let seed = FIRST; seed < FIRST + Math.min(8, GRAPHS); seed++) expectSameSteps(device, seed);
});
