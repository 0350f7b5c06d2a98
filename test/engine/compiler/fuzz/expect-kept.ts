import { expect } from 'vitest';
import { nativeTarget } from '../../../../src/engine/backends/native/compiler.js';
import { NativeDevice } from '../../../../src/engine/backends/native/device.js';
import { WasmDevice } from '../../../../src/engine/backends/wasm/device.js';
import type { GraphNode } from '../../../../src/engine/graph/node.js';
import type { RefArray } from '../../../../src/engine/ops/index.js';
import type { Device } from '../../../../src/engine/runtime/device.js';
import { checkFusion, checkOn } from './check.js';
import type { FuzzGraph } from './graph.js';
import { leafOf } from './graph.js';

/** Builds a graph over leaves with the given values. */
export type GraphBuilder = (...leaves: GraphNode[]) => readonly GraphNode[];

export function keptGraph(inputs: readonly RefArray[], graph: GraphBuilder): FuzzGraph {
  const leaves = inputs.map(leafOf);
  return { outputs: graph(...leaves), values: new Map(leaves.map((x, i) => [x, inputs[i]!])) };
}

/** Expects a graph that once went wrong to be right, in every way and on every device. */
export function expectKept(
  inputs: readonly RefArray[],
  graph: GraphBuilder,
  devices: readonly Device[] = everyDevice(),
): void {
  const kept = keptGraph(inputs, graph);
  const wrong = devices.flatMap((device) =>
    (['compiled', 'lazy'] as const).flatMap((mode) => {
      const found = checkOn(device, mode)(kept);
      return found === undefined ? [] : [`${device.name}, ${mode}: ${found}`];
    }),
  );
  const fusion = checkFusion(devices[0]!, devices[1] ?? devices[0]!)(kept);
  if (fusion !== undefined) wrong.push(fusion);
  if (wrong.length > 0) expect.fail(wrong.join('\n'));
}

/** The first fuses, the second does not. */
function everyDevice(): Device[] {
  const devices: Device[] = [
    new WasmDevice({ relaxedSimd: false }),
    new WasmDevice({ relaxedSimd: false, fused: false }),
    new WasmDevice(),
  ];
  if (nativeTarget() !== null) devices.push(new NativeDevice());
  return devices;
}
