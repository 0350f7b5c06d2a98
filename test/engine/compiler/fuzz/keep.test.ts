/** The fuzzer itself: what it makes of a device that is wrong about one operation. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { WasmDevice } from '../../../../src/engine/backends/wasm/device.js';
import type { GraphNode, OpName } from '../../../../src/engine/graph/node.js';
import { build } from '../../../../src/engine/ops/index.js';
import type { RefArray } from '../../../../src/engine/ops/index.js';
import type { Device } from '../../../../src/engine/runtime/device.js';
import { values } from '../../ops/run.js';
import { checkOn } from './check.js';
import type { GraphBuilder } from './expect-kept.js';
import { expectKept, keptGraph } from './expect-kept.js';
import { operationsOf, replaceNodes } from './graph.js';
import { printTest } from './print-test.js';
import { graphOfSeed, keep } from './run.js';

const right = new WasmDevice();

/** A device that gives the wrong value for one operation. */
function wrongAbout(op: OpName, spoil: (node: GraphNode) => GraphNode): Device {
  return {
    name: `wrong about ${op}`,
    compile(spec) {
      const outputs = replaceNodes(spec.outputs, new Map(), (node, inputs) => {
        const same = build.node(node.op, inputs, node.attrs, node);
        return node.op === op ? spoil(same) : same;
      });
      return right.compile({ ...spec, outputs });
    },
  };
}

const folder = `${mkdtempSync(join(tmpdir(), 'gradus-kept-'))}/`;
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the source of a printed test, which expects `device` to be right. */
function runSource(source: string, device: Device): void {
  const body = source.replaceAll(/^import .*$/gm, '');
  // eslint-disable-next-line typescript/no-implied-eval -- The text is the point.
  const run = new Function('it', 'b', 'values', 'expectKept', body) as (
    it: (name: string, test: () => void) => void,
    b: typeof build,
    value: typeof values,
    expectation: (inputs: readonly RefArray[], graph: GraphBuilder) => void,
  ) => void;
  run(
    (_, test) => test(),
    build,
    values,
    (inputs, graph) => expectKept(inputs, graph, [device]),
  );
}

const shiftByOne = (node: GraphNode): GraphNode => build.add(node, build.like(node, 1));
const CASES: [OpName, (node: GraphNode) => GraphNode][] = [
  ['tanh', (node) => build.neg(node)],
  ['reduceMax', shiftByOne],
  ['dot', (node) => build.mul(node, build.like(node, 1.01))],
  ['flip', (node) => node.inputs[0]!],
  ['pad', (node) => build.flip(node, [0])],
];

describe.each(CASES)('a device that is wrong about %s', (op, spoil) => {
  const wrong = wrongAbout(op, spoil);
  const check = checkOn(wrong, 'compiled');
  const seed = Array.from({ length: 500 }, (_, i) => i).find(
    (s) => operationsOf(graphOfSeed(s)).some((n) => n.op === op) && check(graphOfSeed(s)),
  )!;

  it('leads to a small test that fails on it, and only on it', () => {
    const { path, source } = keep(graphOfSeed(seed), check, `seed ${seed}`, { folder });
    expect(readFileSync(path, 'utf8')).toBe(source);
    expect(source.match(/b\.node\(/g)!.length).toBeLessThanOrEqual(3);
    expect(source).toContain(`b.node('${op}'`);
    expect(() => runSource(source, wrong)).toThrow(/instead of/);
    runSource(source, right);
  });
});

describe('a printed test', () => {
  it('holds every bit of the values and attributes', () => {
    const [x, w] = [values('f64', [0, -0, NaN, Infinity, 0.1], [5]), values('i32', [3, -1], [2])];
    const kept = keptGraph([x, w], (a, c) => [
      build.pad(a, { low: [-1], high: [2], interior: [0], value: -0 }),
      build.cast(c, 'u8'),
    ]);
    const { source } = printTest(kept, 'it was wrong');
    expect(source).toMatchInlineSnapshot(`
      "// Kept by the fuzzer: it was wrong
      import { it } from 'vitest';
      import { build as b } from '../../../../src/engine/ops/index.js';
      import { values } from '../../ops/run.js';
      import { expectKept } from '../fuzz/expect-kept.js';

      it('kept graph ec408d18', () => {
        expectKept(
          [
            values('f64', [0, -0, NaN, Infinity, 0.1], [5]),
            values('i32', [3, -1], [2]),
          ],
          (x0, x1) => {
            const n0 = b.node('pad', [x0], { low: [-1], high: [2], interior: [0], value: -0 });
            const n1 = b.node('cast', [x1], {}, { dtype: 'u8', shape: [2] });
            return [n0, n1];
          },
        );
      });
      "
    `);
  });
});
