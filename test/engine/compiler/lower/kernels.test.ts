// covers: src/engine/compiler/lower/random.ts, src/engine/core/exact-json.ts
import { describe, it } from 'vitest';
import { WasmDevice } from '../../../../src/engine/backends/wasm/device.js';
import type { GraphNode } from '../../../../src/engine/graph/node.js';
import { build as b } from '../../../../src/engine/ops/index.js';
import { drawn, expectAgreement, given } from '../agree.js';

const device = new WasmDevice();

function product(x: GraphNode, y: GraphNode): GraphNode {
  return b.dot(x, y, { batch: [[], []], contract: [[x.shape.length - 1], [0]] });
}

describe('index arithmetic', () => {
  it('divides what a flip has made negative', () => {
    expectAgreement(device, [drawn('f32', [8, 3, 5])], (x) => {
      const flipped = b.flip(b.reshape(b.permute(x, [2, 1, 0]), [120]), [0]);
      const some = b.slice(flipped, { start: [7], stop: [119], step: [2] });
      return [b.reshape(flipped, [6, 20]), b.reshape(some, [8, 7])];
    });
  });
});

describe('indices that are read', () => {
  it('are those of each lane where padding leaves some lanes out', () => {
    const inputs = [drawn('f32', [7, 9]), given('i32', [3, 0, 6, 1])];
    expectAgreement(device, inputs, (x, index) => {
      const spread = b.broadcast(b.reshape(index!, [4, 1]), [4, 9]);
      const rows = b.gather(x!, spread, 0);
      return [b.pad(rows, { low: [1, 2], high: [0, 1], interior: [0, 0], value: 0 })];
    });
  });

  it('may be computed where only some rows are', () => {
    const inputs = [drawn('f32', [7, 9]), drawn('i32', [6, 9])];
    expectAgreement(device, inputs, (x, index) => {
      const near = b.binary('mod', index!, b.like(index!, 10));
      const padded = b.pad(near, { low: [1, 0], high: [0, 0], interior: [0, 0], value: 20 });
      return [b.gather(x!, b.sub(padded, b.like(padded, 1)), 0)];
    });
  });
});

describe('contractions and what follows them', () => {
  it('keep rows apart that only the epilogue tells apart', () => {
    const inputs = [drawn('f32', [2, 3, 8, 4]), drawn('f32', [8, 5]), drawn('f32', [3])];
    expectAgreement(device, inputs, (x, y, bias) => {
      const z = b.dot(x!, y!, { batch: [[], []], contract: [[2], [0]] });
      return [b.add(z, b.broadcast(b.reshape(bias!, [1, 3, 1, 1]), z.shape))];
    });
  });

  it.each(['f32', 'i32', 'u8', 'bool'] as const)('cast sums of f64 to %s', (to) => {
    const inputs = [drawn('f64', [6, 8]), drawn('f64', [8, 9])];
    expectAgreement(device, inputs, (x, y) => [b.cast(product(x!, y!), to)]);
  });

  it('compare sums of f64', () => {
    const inputs = [drawn('f64', [6, 8]), drawn('f64', [8, 9])];
    expectAgreement(device, inputs, (x, y) => {
      const z = product(x!, y!);
      return [b.compare('gt', z, b.like(z, 0.5)), b.compare('eq', z, z)];
    });
  });
});

describe('scatters', () => {
  it('add updates that were computed in f64', () => {
    expectAgreement(device, [drawn('f64', [6, 8])], (x) => [
      b.scatterAdd(b.cast(x!, 'f32'), b.iota([6, 8], 0, 'i32'), 0, 6),
    ]);
  });
});

describe('sources', () => {
  it('count in u8 up to 255, then from 0', () => {
    expectAgreement(device, [], () => [b.cast(b.iota([300], 0, 'u8'), 'i32')]);
  });

  it('draw random bits from a state that is computed in the same program', () => {
    expectAgreement(device, [given('i32', [1, 2, -1, 4])], (s) => {
      const next = b.add(s!, b.constant(1, [4], 'i32'));
      const square = b.reshape(b.reshape(next, [2, 2]), [4]);
      const bits = b.binary('xor', next, b.randomBits(next, [4], 1));
      return [b.randomBits(next, [37], 3), bits, b.randomBits(square, [5], 2)];
    });
  });

  it('draw random bits from a state in another shape', () => {
    expectAgreement(device, [drawn('i32', [2, 2])], (s) => [
      b.randomBits(b.reshape(s!, [4]), [7], 3),
    ]);
  });
});

describe('shared code', () => {
  it.each([
    ['-∞', -Infinity, 'NaN', NaN],
    ['-∞', -Infinity, '∞', Infinity],
    ['0', 0, '-0', -0],
  ])('tells %s and %s apart', (_1, first, _2, second) => {
    const inputs = [drawn('bool', [70]), drawn('bool', [130])];
    expectAgreement(device, inputs, (c, d) =>
      [b.where(c!, b.constant(3, [70], 'f32'), b.constant(first, [70], 'f32'))]
        .concat(b.where(d!, b.constant(3, [130], 'f32'), b.constant(second, [130], 'f32')))
        .map((x) => b.unary('reciprocal', x)),
    );
  });
});

describe('deep expressions', () => {
  it('compile in time though each step uses the last one several times', () => {
    expectAgreement(device, [drawn('f32', [40, 8])], (x) => {
      let y = x!;
      for (let i = 0; i < 40; i++) y = b.mul(b.add(y, y), b.like(y, 0.49));
      return [b.sum(y, [1])];
    });
  });

  it('may join thousands of parts', () => {
    expectAgreement(device, [drawn('f32', [3000, 4])], (x) => {
      const part = (i: number): GraphNode =>
        b.slice(x!, { start: [i, 0], stop: [i + 1, 4], step: [1, 1] });
      const parts = Array.from({ length: 3000 }, (_, i) => part(2999 - i));
      return [b.concat(parts, 0), b.unary('exp', b.concat(parts.slice(0, 40), 0))];
    });
  });

  it('may be thousands of movements deep', () => {
    expectAgreement(device, [drawn('f32', [40])], (x) => {
      let y = x!;
      for (let i = 0; i < 3000; i++) {
        y = b.flip(b.pad(y, { low: [1], high: [-1], interior: [0], value: 0.5 }), [0]);
      }
      return [y];
    });
  });
});
