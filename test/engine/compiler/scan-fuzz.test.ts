// covers: src/engine/compiler/simplify-scan.ts, src/engine/compiler/program/build-steps.ts, src/engine/compiler/program/layout.ts, src/engine/compiler/program/loop.ts, src/engine/compiler/program/steps.ts, src/engine/compiler/program/table.ts
// covers: src/engine/autograd/influence.ts, src/engine/autograd/residuals.ts, src/engine/autograd/stacking.ts
import { expect, it } from 'vitest';
import { gradients } from '../../../src/engine/autograd/gradients.js';
import { WasmDevice } from '../../../src/engine/backends/wasm/device.js';
import { sizeOf } from '../../../src/engine/core/shape.js';
import { Body, param } from '../../../src/engine/graph/body.js';
import type { GraphNode } from '../../../src/engine/graph/node.js';
import { printGraph } from '../../../src/engine/graph/print.js';
import { verifyGraph } from '../../../src/engine/graph/verify.js';
import { build as b, infer } from '../../../src/engine/ops/index.js';
import type { RefArray } from '../../../src/engine/ops/index.js';
import { InputSource } from '../../../src/engine/runtime/storage.js';
import { interpreterDevice, runOn, worstError } from '../backends/device-oracle.js';
import { Rng } from '../ops/rng.js';
import type { RandomGraph } from './random-body.js';
import { randomGraph } from './random-body.js';

const GRAPHS = Number(process.env['GRADUS_FUZZ_GRAPHS'] ?? 150);
const FIRST = Number(process.env['GRADUS_FUZZ_SEED'] ?? 0);

type Role = 'carry' | 'xs' | 'constant';

/** `graph` as the body of a scan: inputs are carries, which all results of their shape flow into. */
function scanOf(graph: RandomGraph, rng: Rng): RandomGraph {
  const length = rng.pick([0, 1, 2, 3, 5]);
  const roles = graph.inputs.map((): Role => rng.pick(['carry', 'xs', 'constant']));
  const order = (['carry', 'xs', 'constant'] as const).flatMap((role) =>
    [...roles.keys()].filter((i) => roles[i] === role),
  );
  const count = (role: Role): number => roles.filter((r) => r === role).length;
  const reverse = rng.chance(0.5);
  const save = rng.pick(['values', 'carry'] as const);
  const direct = rng.chance(0.3);
  const inputs = order.map((i) => {
    const x = graph.inputs[i]!;
    if (roles[i] !== 'xs') return x;
    const data = Float64Array.from({ length: length * x.data.length }, () =>
      Math.fround(rng.uniform(-2, 2)),
    );
    return { ...x, shape: [length, ...x.shape], data };
  });
  return {
    inputs,
    build(leaves) {
      const params = order.map((i) => param(b, graph.inputs[i]!));
      const given = graph.inputs.map((_, i) => params[order.indexOf(i)]!);
      const outputs = graph.build(given);
      const carries = params.slice(0, count('carry')).map((p) => next(p, outputs, direct));
      const body = new Body(params, [...carries, ...outputs]);
      return b.scan(leaves, {
        body,
        length,
        carries: carries.length,
        xs: count('xs'),
        reverse,
        save,
      });
    },
  };
}

/** The first result of the carry's shape, or a sum with all of them; as it is, where there is none. */
function next(carry: GraphNode, outputs: readonly GraphNode[], direct: boolean): GraphNode {
  const alike = outputs.filter((y) => y.shape.join() === carry.shape.join());
  if (alike.length === 0) return carry;
  if (direct) return alike[0]!;
  const sum = alike.reduce((x, y) => b.add(x, y), carry);
  return b.mul(sum, b.like(sum, 0.25));
}

/** With the gradients of the results' squares. */
function withGradients(graph: RandomGraph): RandomGraph {
  return {
    inputs: graph.inputs,
    build(leaves) {
      const outputs = graph.build(leaves);
      const seeds = outputs.map((n) => b.mul(n, b.like(n, 0.125)));
      const found = gradients(b, outputs, seeds, leaves);
      return [...outputs, ...found.filter((g) => g !== null)];
    },
  };
}

function expectSame(graph: RandomGraph, seed: number, device: WasmDevice): void {
  const leaves = graph.inputs.map((x, i) => b.leaf(new InputSource(i), x.shape, x.dtype));
  const results = graph.build(leaves);
  if (results.some((r) => sizeOf(r.shape) > 100_000)) return;
  const show = (): string =>
    `GRADUS_FUZZ_SEED=${seed} GRADUS_FUZZ_GRAPHS=1\n${printGraph(results)}`;
  verifyGraph(results, infer);
  const want = runOn(interpreterDevice, graph.inputs as RefArray[], graph.build);
  let got;
  try {
    got = runOn(device, graph.inputs as RefArray[], graph.build);
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${show()}`, { cause: error });
  }
  want.forEach((w, i) => {
    const { error, at } = worstError(got[i]!, w);
    let scale = 1;
    for (const x of w) scale = Math.max(scale, Math.abs(x) || 0);
    if (error <= scale * 1e-9) return;
    expect.fail(`output ${i} at ${at}: ${got[i]![at]} instead of ${w[at]}\n${show()}`);
  });
}

it(`${GRAPHS} scans over random bodies, nested ones too, agree with the interpreter`, () => {
  const device = new WasmDevice();
  for (let seed = FIRST; seed < FIRST + GRAPHS; seed++) {
    const rng = new Rng(seed);
    let graph = scanOf(randomGraph(rng, rng.int(1, 10), 'f64'), rng);
    if (seed % 4 === 0) graph = scanOf(graph, rng);
    if (seed % 3 === 0) graph = withGradients(graph);
    if (seed % 6 === 0) graph = withGradients(graph);
    expectSame(graph, seed, device);
  }
});
