// covers: src/engine/backends/interpreter/run-scan.ts
import { describe, expect, it } from 'vitest';
import { interpret } from '../../../src/engine/backends/interpreter/interpret.js';
import { InternalError, ShapeError } from '../../../src/engine/core/errors.js';
import { Body, param } from '../../../src/engine/graph/body.js';
import type { GraphNode, ScanAttrs } from '../../../src/engine/graph/node.js';
import { OPS, build as b } from '../../../src/engine/ops/index.js';
import type { RefArray } from '../../../src/engine/ops/index.js';
import { values } from './run.js';

const scalar = { shape: [], dtype: 'i32' } as const;
const rest = { length: 3, carries: 1, xs: 1, reverse: false, save: 'values' } as const;

/** c' = 2 c + x, y = c x. */
function sums(): Body {
  const [c, x] = [param(b, scalar), param(b, scalar)];
  return new Body([c, x], [b.add(b.add(c, c), x), b.mul(c, x)]);
}

function run(attrs: ScanAttrs, inputs: readonly RefArray[]): number[][] {
  const leaves = inputs.map((x) => b.leaf({ kind: 'input' }, x.shape, x.dtype));
  const bound = new Map<GraphNode, RefArray>(leaves.map((leaf, i) => [leaf, inputs[i]!]));
  return interpret(b.scan(leaves, attrs), (leaf) => bound.get(leaf)!).map((r) => [...r.data]);
}

describe('scan', () => {
  const inputs = [values('i32', [1], []), values('i32', [3, 4, 5])];

  it('carries and stacks', () => {
    expect(run({ body: sums(), ...rest }, inputs)).toEqual([[33], [3, 20, 70]]);
  });

  it('runs backwards, and indexes by the step all the same', () => {
    expect(run({ body: sums(), ...rest, reverse: true }, inputs)).toEqual([[39], [54, 28, 5]]);
  });

  it('does nothing in no steps', () => {
    const empty = [inputs[0]!, values('i32', [])];
    expect(run({ body: sums(), ...rest, length: 0 }, empty)).toEqual([[1], []]);
  });

  it('refuses inputs and carries that do not fit', () => {
    const leaf = (shape: number[]): GraphNode => b.leaf({ kind: 'input' }, shape, 'i32');
    const attrs = { body: sums(), ...rest };
    expect(() => b.scan([leaf([]), leaf([4])], attrs)).toThrow(
      'scan: input 1 is i32[4], and the body takes i32[] at each of 3 steps; make them fit.',
    );
    expect(() => b.scan([leaf([2]), leaf([3])], attrs)).toThrow(ShapeError);
    expect(() => b.scan([leaf([])], attrs)).toThrow(InternalError);
    const p = param(b, scalar);
    const grows = new Body([p], [b.reshape(p, [1])]);
    expect(() => b.scan([leaf([])], { ...attrs, body: grows, xs: 0 })).toThrow(
      'scan: carry 0 begins as i32[] and becomes i32[1]; keep its type.',
    );
    expect(() => b.scan([leaf([])], { ...attrs, body: new Body([p], [leaf([])]), xs: 0 })).toThrow(
      'not closed',
    );
    const none = new Body([p], [p]);
    expect(() => b.scan([leaf([])], { ...attrs, body: none, xs: 0, length: -1 })).toThrow(
      'length is -1',
    );
  });

  it('has no value of its own', () => {
    expect(() => OPS.scan.reference([], { body: sums(), ...rest }, scalar)).toThrow(InternalError);
    expect(() => OPS.scanResult.reference([], { index: 0 }, scalar)).toThrow(InternalError);
    expect(() => b.scanResult(b.leaf({ kind: 'input' }, [], 'i32'), 0)).toThrow('takes a scan');
  });
});
