// covers: src/engine/compiler/program/summary.ts
import { describe, expect, it } from 'vitest';
import { gradients } from '../../../../src/engine/autograd/gradients.js';
import { WasmDevice } from '../../../../src/engine/backends/wasm/device.js';
import { nativeTarget } from '../../../../src/engine/backends/native/compiler.js';
import { NativeDevice } from '../../../../src/engine/backends/native/device.js';
import { DTYPES } from '../../../../src/engine/core/dtype.js';
import { Body, param } from '../../../../src/engine/graph/body.js';
import type { GraphNode } from '../../../../src/engine/graph/node.js';
import { build as b } from '../../../../src/engine/ops/index.js';
import type { RefArray } from '../../../../src/engine/ops/index.js';
import { InputSource } from '../../../../src/engine/runtime/storage.js';
import { drawn, expectAgreement } from '../agree.js';

const device = new WasmDevice();

const mm = (x: GraphNode, w: GraphNode): GraphNode =>
  b.dot(x, w, { batch: [[], []], contract: [[1], [0]] });

type Step = (h: GraphNode, x: GraphNode, u: GraphNode) => readonly GraphNode[];

const STEPS: Record<string, Step> = {
  'a carry that is stacked': (h, x, u) => {
    const next = b.unary('tanh', b.add(mm(h, u), x));
    return [next, next];
  },
  'a carry as it was before each step': (h, x, u) => [b.unary('tanh', b.add(mm(h, u), x)), h],
  both: (h, x, u) => {
    const next = b.unary('sin', b.add(mm(h, u), x));
    return [next, h, b.mul(next, x), next];
  },
  'a carry that is not stacked': (h, x, u) => [b.add(b.mul(h, x), mm(x, u)), b.neg(h)],
  'a carry that stays': (h, x, u) => [h, mm(b.add(x, h), u)],
  'outputs that are nothing new': (h, x, u) => [x, x, b.like(x, 2), mm(h, u)],
  'nothing stacked': (h, x) => [b.add(h, x)],
};

const T = [0, 1, 2, 5];

/** Small values: what saturates tanh would leave little but rounding errors in the gradients. */
function inputsOf(length: number): RefArray[] {
  const shapes = [
    [3, 4],
    [length, 3, 4],
    [4, 4],
  ];
  return shapes.map((shape) => {
    const x = drawn('f32', shape);
    return { ...x, data: x.data.map((v) => Math.fround(v / 4)) };
  });
}

describe.each(Object.entries(STEPS))('a scan with %s', (_, step) => {
  it.each([false, true])('does what the interpreter does, reverse %s', (reverse) => {
    for (const length of T) {
      expectAgreement(device, inputsOf(length), (h, x, u) =>
        scan(step, [h!, x!, u!], length, reverse),
      );
    }
  });

  it('and so do its gradients', () => {
    for (const length of T) {
      for (const save of ['values', 'carry'] as const) {
        expectAgreement(device, inputsOf(length), (...leaves) => {
          const results = scan(step, leaves, length, false, save);
          const seeds = results.map((r, i) => b.like(r, i + 1));
          const first = gradients(b, results, seeds, leaves);
          const kept = first.filter((g) => g !== null);
          const squares = kept.map((g) => b.mul(g, g));
          const again = gradients(
            b,
            squares,
            squares.map((s) => b.like(s, 1)),
            leaves,
          );
          return [...results, ...kept, ...again.filter((g) => g !== null)];
        });
      }
    }
  });
});

function scan(
  step: Step,
  [h, x, u]: readonly GraphNode[],
  length: number,
  reverse = false,
  save: 'values' | 'carry' = 'values',
): GraphNode[] {
  const slice = { shape: x!.shape.slice(1), dtype: x!.dtype };
  const params = [param(b, h!), param(b, slice), param(b, u!)];
  const body = new Body(params, step(params[0]!, params[1]!, params[2]!));
  return b.scan([h!, x!, u!], { body, length, carries: 1, xs: 1, reverse, save });
}

describe('explain()', () => {
  const inputs = inputsOf(5);
  const text = device
    .compile({
      inputs,
      outputs: scan(
        STEPS['a carry that is stacked']!,
        inputs.map((x, i) => b.leaf(new InputSource(i), x.shape, x.dtype)),
        5,
        true,
      ),
      assigns: [],
    })
    .explain();

  it('shows a loop with its kernels, and counts them as often as they run', () => {
    expect(text).toContain(
      '     scan of 5 steps in reverse, 1 carries, 1 stacked outputs:\n    2  ',
    );
    const [total, copy, one] = [...text.matchAll(/(\d+) FLOP,/g)].map((m) => Number(m[1]));
    expect(total).toBe(copy! + 5 * one!);
  });

  it('shows the memory of a carry that is stacked once', () => {
    expect(text.match(/carry 6 × f32\[3, 4\]/g)).toHaveLength(1);
    expect(text).not.toContain('output 5');
  });
});

describe.each(DTYPES)('values of %s', (dtype) => {
  it('are carried and stacked, by C too', () => {
    const devices = nativeTarget() ? [device, new NativeDevice()] : [device];
    const inputs = [drawn(dtype, [3]), drawn(dtype, [4, 3], 2)];
    for (const on of devices) {
      for (const reverse of [false, true]) {
        expectAgreement(on, inputs, (c, xs) => {
          const [p, x] = [param(b, c!), param(b, c!)];
          const first = b.compare('eq', b.iota(p.shape, 0, 'i32'), b.constant(0, p.shape, 'i32'));
          const swapped = b.where(first, x, p);
          const body = new Body([p, x], [swapped, p, x, b.compare('eq', p, x)]);
          const attrs = { body, length: 4, carries: 1, xs: 1, reverse, save: 'values' } as const;
          return b.scan([c!, xs!], attrs);
        });
      }
    }
  });
});

it('is one loop where each operation is a kernel of its own', () => {
  const inputs = inputsOf(3);
  const compile = (fused: boolean): string =>
    new WasmDevice({ fused })
      .compile({
        inputs,
        outputs: scan(
          STEPS['both']!,
          inputs.map((x, i) => b.leaf(new InputSource(i), x.shape, x.dtype)),
          3,
        ),
        assigns: [],
      })
      .explain();
  expect(compile(false).match(/scan of/g)).toHaveLength(1);
  expectAgreement(new WasmDevice({ fused: false }), inputs, (h, x, u) =>
    scan(STEPS['both']!, [h!, x!, u!], 3),
  );
});
