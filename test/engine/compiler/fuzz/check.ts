/** The ways in which a graph is run, and what each has to give. */
import { gradients } from '../../../../src/engine/autograd/gradients.js';
import type { TypedArray } from '../../../../src/engine/core/dtype.js';
import { allocate, isFloat } from '../../../../src/engine/core/dtype.js';
import type { GraphNode } from '../../../../src/engine/graph/node.js';
import { topological } from '../../../../src/engine/graph/node.js';
import { build } from '../../../../src/engine/ops/index.js';
import type { Device } from '../../../../src/engine/runtime/device.js';
import { getDevice, setDevice } from '../../../../src/tensor/device.js';
import { realize } from '../../../../src/tensor/evaluate.js';
import type { Expected } from './expected.js';
import { differenceFrom, expectedOf } from './expected.js';
import type { FuzzGraph } from './graph.js';
import { isSum, leavesOf, overInputs, overStorages } from './graph.js';

/**
 * - compiled: as one program, against the reference;
 * - lazy: node by node through the tensor layer, each a program of its own, against the reference;
 * - fused: as one program on two devices, the second of which fuses nothing; to the bit where no sum
 *   is involved.
 */
export type Mode = 'compiled' | 'lazy' | 'fused';

/** What is wrong with a graph's results; undefined if nothing is. */
export type Check = (graph: FuzzGraph) => string | undefined;

/** The graph's results, and the gradients of a weighted sum of those that have one. */
export function withGradients(graph: FuzzGraph): FuzzGraph {
  const results = graph.outputs.filter((n) => isFloat(n.dtype));
  const wrt = leavesOf(graph).filter((n) => isFloat(n.dtype));
  const seeds = results.map((n, i) => build.mul(n, build.like(n, i % 2 === 0 ? 0.125 : -0.25)));
  const grads = gradients(build, results, seeds, wrt).filter((g) => g !== null);
  return { outputs: [...graph.outputs, ...grads], values: graph.values };
}

export function runCompiled(device: Device, graph: FuzzGraph): TypedArray[] {
  const bound = overInputs(graph);
  const inputs = [...bound.values.keys()];
  const program = device.compile({ inputs, outputs: bound.outputs, assigns: [] });
  return program.run(inputs.map((leaf) => arrayOf(bound, leaf)));
}

function arrayOf(graph: FuzzGraph, leaf: GraphNode): TypedArray {
  const { dtype, data } = graph.values.get(leaf)!;
  const array = allocate(dtype, data.length);
  array.set(data);
  return array;
}

function runLazily(device: Device, graph: FuzzGraph): TypedArray[] {
  const before = getDevice();
  setDevice(device);
  try {
    const { outputs } = overStorages(graph);
    for (const node of topological(outputs)) if (node.op !== 'leaf') realize([node]);
    return realize(outputs).map((storage) => storage.hostValues());
  } finally {
    setDevice(before);
  }
}

function firstDifference(
  expected: readonly Expected[],
  got: readonly TypedArray[],
): string | undefined {
  for (const [i, e] of expected.entries()) {
    const wrong = differenceFrom(e, got[i]!);
    if (wrong !== undefined) return `output ${i} ${wrong}`;
  }
  return undefined;
}

/** Runs `work`, whose failure counts as a wrong result. */
function guarded(work: () => string | undefined): string | undefined {
  try {
    return work();
  } catch (error) {
    return `it throws: ${(error as Error).message}`;
  }
}

/** Compares one way of running a graph on `device` with the reference. */
export function checkOn(
  device: Device,
  mode: 'compiled' | 'lazy',
  known?: readonly Expected[],
): Check {
  const run = mode === 'lazy' ? runLazily : runCompiled;
  return (graph) => {
    const expected = known ?? expectedOf(graph);
    return guarded(() => firstDifference(expected, run(device, graph)));
  };
}

/** Compares a device that fuses with one that does not, where the order of no sum may differ. */
export function checkFusion(fusing: Device, plain: Device): Check {
  return (graph) => {
    const outputs = graph.outputs.filter((n) => !topological([n]).some(isSum));
    if (outputs.length === 0) return undefined;
    const some: FuzzGraph = { outputs, values: graph.values };
    return guarded(() => {
      const [got, want] = [runCompiled(fusing, some), runCompiled(plain, some)];
      for (const [i, w] of want.entries()) {
        const at = w.findIndex((v, k) => got[i]![k] !== v && !Object.is(got[i]![k], v));
        if (at >= 0) return `output ${i} at ${at}: ${got[i]![at]} fused, ${w[at]} unfused`;
      }
      return undefined;
    });
  };
}
