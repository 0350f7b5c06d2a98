/** Runs a stretch of seeds; a graph that fails is shrunk, printed as a test, and kept. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { WasmDevice } from '../../../../src/engine/backends/wasm/device.js';
import type { OpName } from '../../../../src/engine/graph/node.js';
import type { Check } from './check.js';
import { checkFusion, checkOn, withGradients } from './check.js';
import { expectedOf } from './expected.js';
import { operationsOf } from './graph.js';
import type { FuzzGraph } from './graph.js';
import { printTest } from './print-test.js';
import { shrink } from './shrink.js';
import { fuzzGraph } from './steps.js';

/** How many graphs the suite runs, and from which seed on. */
export const GRAPHS = Number(process.env['GRADUS_FUZZ_GRAPHS'] ?? 5400);
export const FIRST = Number(process.env['GRADUS_FUZZ_SEED'] ?? 0);

const KEPT = fileURLToPath(new URL('../kept/', import.meta.url));

/** The graph of a seed; every other one with its gradients. */
export function graphOfSeed(seed: number): FuzzGraph {
  const graph = fuzzGraph(seed);
  return seed % 2 === 0 ? withGradients(graph) : graph;
}

/** The failing graph, shrunk by so many tries, as a test in `folder`: its path and source. */
export function keep(
  graph: FuzzGraph,
  check: Check,
  reason: string,
  { folder = KEPT, tries }: { readonly folder?: string; readonly tries?: number } = {},
): { readonly path: string; readonly source: string } {
  const small = shrink(graph, check, tries);
  const { name, source } = printTest(small, `${reason}: ${check(small)}`);
  mkdirSync(folder, { recursive: true });
  const path = `${folder}${name}.test.ts`;
  writeFileSync(path, source);
  return { path, source };
}

export interface Tally {
  readonly graphs: number;
  /** In how many graphs each operation occurs. */
  readonly drawn: ReadonlyMap<OpName, number>;
  /** The share of results that rounding alone decides, so that they were not compared. */
  readonly undetermined: number;
}

/** Every graph compiled and unfused, some of them also lazily, against the reference. */
export function fuzz(seeds: readonly number[]): Tally {
  const fusing = new WasmDevice();
  const plain = new WasmDevice({ fused: false, relaxedSimd: false });
  const drawn = new Map<OpName, number>();
  let [compared, undetermined] = [0, 0];
  for (const seed of seeds) {
    const graph = graphOfSeed(seed);
    for (const op of new Set(operationsOf(graph).map((n) => n.op))) {
      drawn.set(op, (drawn.get(op) ?? 0) + 1);
    }
    const expected = expectedOf(graph);
    for (const { value, tolerance } of expected) {
      compared += value.data.length;
      for (const t of tolerance ?? []) if (Number.isNaN(t)) undetermined++;
    }
    const ways: [string, Check, Check][] = [
      ['compiled', checkOn(fusing, 'compiled', expected), checkOn(fusing, 'compiled')],
    ];
    if (seed % 3 !== 0) {
      ways.push(['unfused', checkOn(plain, 'compiled', expected), checkOn(plain, 'compiled')]);
      ways.push(['fused and unfused', checkFusion(fusing, plain), checkFusion(fusing, plain)]);
    } else ways.push(['lazy', checkOn(fusing, 'lazy', expected), checkOn(fusing, 'lazy')]);
    for (const [way, check, again] of ways) {
      const wrong = check(graph);
      if (wrong === undefined) continue;
      const { path, source } = keep(graph, again, `seed ${seed}, ${way}`);
      expect.fail(`seed ${seed}, ${way}: ${wrong}\n${path} runs it from now on:\n\n${source}`);
    }
  }
  return { graphs: seeds.length, drawn, undetermined: undetermined / Math.max(1, compared) };
}
