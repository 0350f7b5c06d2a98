/** What holds for every row. */
// covers: src/engine/ops/index.ts, src/engine/ops/row.ts, src/engine/ops/elementwise.ts
// covers: src/engine/ops/prose.ts
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFloat, roundTo } from '../../../src/engine/core/dtype.js';
import { InternalError, ShapeError } from '../../../src/engine/core/errors.js';
import { sizeOf } from '../../../src/engine/core/shape.js';
import { interpret } from '../../../src/engine/backends/interpreter/interpret.js';
import { verifyGraph } from '../../../src/engine/graph/verify.js';
import { OPS, OP_NAMES, build, infer } from '../../../src/engine/ops/index.js';
import { OP_PROSE } from '../../../src/engine/ops/prose.js';
import {
  DRAWN_OPS,
  describeCase,
  drawCase,
  graphOf,
  sizeOfCase,
  supportedDtypes,
} from './domains.js';
import { Rng } from './rng.js';
import { values } from './run.js';

test.each(OP_NAMES)('%s is documented under its own name', (op) => {
  const row = OPS[op];
  expect(row.name).toBe(op);
  const { doc, equation, shapes } = OP_PROSE[op];
  expect(doc).toMatch(/^[-A-Z0-9x].*\.$/s);
  expect(equation).toContain('=');
  expect(row.dtypes.length).toBeGreaterThan(0);
  expect(row.scalar !== undefined).toBe(row.family === 'elementwise');
  expect(shapes ?? '').toMatch(row.family === 'elementwise' ? /^$/ : /→/);
});

test.each(DRAWN_OPS)('%s: drawn cases are well-formed and evaluate in every dtype', (op) => {
  for (const dtype of supportedDtypes(op)) {
    let largest = 0;
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom('plain', 'special'), (seed, kind) => {
        const drawn = drawCase(op, new Rng(seed), { dtype, values: kind as 'plain' | 'special' });
        const { node, bind } = graphOf(drawn);
        verifyGraph([node], infer);
        const [result] = interpret([node], bind);
        expect(result!.data.length).toBe(sizeOf(node.shape));
        const holds = result!.data.every((v) => Object.is(roundTo(node.dtype, v), v));
        if (!holds) throw new Error(`not of its dtype: ${describeCase(drawn)}`);
        largest = Math.max(largest, sizeOfCase(drawn));
      }),
      { numRuns: 30 },
    );
    expect(largest).toBeGreaterThan(3);
  }
});

test.each(DRAWN_OPS)('%s: plain cases give finite numbers', (op) => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const drawn = drawCase(op, new Rng(seed));
      const { node, bind } = graphOf(drawn);
      if (!isFloat(node.dtype)) return;
      const [result] = interpret([node], bind);
      if (!result!.data.every(Number.isFinite)) throw new Error(describeCase(drawn));
    }),
  );
});

test('a scalar rule is the operation on one element', () => {
  expect(OPS.add.scalar!('i32', 2147483647, 1)).toBe(-2147483648);
  expect(OPS.add.scalar!('f64', 2147483647, 1)).toBe(2147483648);
  expect(OPS.where.scalar!('f32', 0, 3, 4)).toBe(4);
});

test('the number of elements is bounded', () => {
  const x = build.leaf({ kind: 'input' }, [1, 1, 1], 'f32');
  expect(() => build.broadcast(x, [2048, 2048, 2048])).toThrow(ShapeError);
});

test('a wrong number of operands is a bug, and said so', () => {
  const x = build.leaf({ kind: 'input' }, [2], 'f32');
  expect(() => build.node('add', [x], {})).toThrow(InternalError);
  expect(() => build.node('add', [x], {})).toThrow(
    'internal: add takes 2 operands and got 1; please report this.',
  );
  expect(() => build.node('concat', [], { axis: 0 })).toThrow(InternalError);
  expect(() => build.node('reshape', [x], {})).toThrow('needs the shape of its result');
});

test('a leaf has no reference', () => {
  const out = values('f32', [1]);
  expect(() => OPS.leaf.reference([], { source: { kind: 'input' } }, out)).toThrow(InternalError);
});
