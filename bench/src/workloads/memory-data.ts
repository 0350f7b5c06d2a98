import type { Field } from '../field.js';
import type { Check } from '../measure/check.js';
import type { ArrayFile, CopyTask, MemoryTask } from '../measure/protocol.js';
import { randomNumbers } from './random.js';

const SIZE = 1e7;
const ROW = 1000;
const TABLE = { rows: 50_000, width: 64, indices: 1e5 };
const F32 = Float32Array.BYTES_PER_ELEMENT;

/** An operation, what it has to give, and the bytes of all arrays that go in or come out. */
export interface MemoryCase {
  readonly name: string;
  readonly task: MemoryTask | CopyTask;
  readonly check: Check;
  readonly bytes: number;
}

export const CHAIN = 'chain of five operations';
export const ADAM = 'Adam';

function draw(count: number, seed: number): Float32Array {
  const random = randomNumbers(seed);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = 2 * random() - 1;
  return values;
}

/** f of all elements in f64, a row at a time. */
function mapped(x: Float32Array, f: (value: number, i: number) => number) {
  return function* parts(): Generator<Float64Array> {
    for (let from = 0; from < x.length; from += ROW) {
      yield Float64Array.from({ length: ROW }, (_, i) => f(x[from + i]!, from + i));
    }
  };
}

function softmaxOf(x: Float32Array) {
  return function* parts(): Generator<Float64Array> {
    for (let from = 0; from < x.length; from += ROW) {
      const row = Float64Array.from(x.subarray(from, from + ROW), Math.exp);
      const sum = row.reduce((a, b) => a + b, 0);
      yield row.map((value) => value / sum);
    }
  };
}

/** What a parameter is after the first and the second step. */
function adamOf(x: Float32Array, gradients: readonly Float32Array[]) {
  const [lr, beta1, beta2, eps] = [1e-3, 0.9, 0.999, 1e-8];
  const after = (steps: number) =>
    mapped(x, (value, i) => {
      let [p, m, v] = [value, 0, 0];
      for (let t = 1; t <= steps; t++) {
        const g = gradients[t - 1]![i]!;
        m = beta1 * m + (1 - beta1) * g;
        v = beta2 * v + (1 - beta2) * g * g;
        p -= (lr * m) / (1 - beta1 ** t) / (Math.sqrt(v / (1 - beta2 ** t)) + eps);
      }
      return p;
    });
  return function* parts(): Generator<Float64Array> {
    yield* after(1)();
    yield* after(2)();
  };
}

/** The rows, then the gradient of the table. */
function embeddingOf(x: Float32Array, index: Int32Array, gradient: Float32Array) {
  const { width } = TABLE;
  return function* parts(): Generator<Float64Array> {
    for (const row of index) yield Float64Array.from(x.subarray(row * width, (row + 1) * width));
    const sums = new Float64Array(x.length);
    for (let e = 0; e < index.length; e++) {
      const to = index[e]! * width;
      for (let d = 0; d < width; d++) sums[to + d]! += gradient[e * width + d]!;
    }
    yield sums;
  };
}

function vectorCases(x: Float32Array, file: ArrayFile): MemoryCase[] {
  const matrix = { ...file, shape: [SIZE / ROW, ROW] };
  const sum = Float64Array.of(x.reduce((a, b) => a + b, 0));
  const check = (expected: Check['expected'], tolerance: number): Check => {
    return { runs: 1, expected, tolerance };
  };
  const chain = mapped(x, (value) => (Math.abs(value) * 0.5 + 1) * value - 0.25);
  const both = 2 * F32 * SIZE;
  return [
    {
      name: CHAIN,
      task: { kind: 'memory', op: 'chain', x: file },
      check: check(chain, 1e-6),
      bytes: both,
    },
    {
      name: 'exp',
      task: { kind: 'memory', op: 'exp', x: file },
      check: check(mapped(x, Math.exp), 1e-6),
      bytes: both,
    },
    {
      name: 'softmax',
      task: { kind: 'memory', op: 'softmax', x: matrix },
      check: { ...check(softmaxOf(x), 1e-5), relative: true },
      bytes: both,
    },
    {
      name: 'sum',
      task: { kind: 'memory', op: 'sum', x: file },
      // A millionth of the sum of the magnitudes would be 5.
      check: check(sum, 0.1),
      bytes: F32 * SIZE,
    },
  ];
}

function adamCase(field: Field, x: Float32Array, file: ArrayFile): MemoryCase {
  const gradients = draw(2 * SIZE, 2);
  const task: MemoryTask = {
    kind: 'memory',
    op: 'adam',
    x: file,
    gradients: field.store(gradients, [2, SIZE]),
  };
  const expected = adamOf(x, [gradients.subarray(0, SIZE), gradients.subarray(SIZE)]);
  // Of four arrays read, three are written.
  return { name: ADAM, task, check: { runs: 2, expected, tolerance: 1e-6 }, bytes: 7 * F32 * SIZE };
}

function embeddingCase(field: Field): MemoryCase {
  const { rows, width, indices } = TABLE;
  const [table, gradient] = [draw(rows * width, 3), draw(indices * width, 4)];
  const random = randomNumbers(5);
  const index = Int32Array.from({ length: indices }, () => Math.floor(random() * rows));
  const task: MemoryTask = {
    kind: 'memory',
    op: 'embedding',
    x: field.store(table, [rows, width]),
    index: field.store(index, [indices]),
    gradient: field.store(gradient, [indices, width]),
  };
  const check = { runs: 1, expected: embeddingOf(table, index, gradient), tolerance: 1e-5 };
  const bytes = 2 * table.byteLength + 2 * gradient.byteLength + index.byteLength;
  return { name: 'embedding and its gradient', task, check, bytes };
}

/** The operations, and the copy that they are set against. */
export function makeMemoryCases(field: Field): { copy: MemoryCase; cases: MemoryCase[] } {
  const x = draw(SIZE, 1);
  const file = field.store(x, [SIZE]);
  const copy: MemoryCase = {
    name: 'copy',
    task: { kind: 'copy', x: file },
    check: { runs: 1, expected: mapped(x, (value) => value), tolerance: 0 },
    bytes: 2 * F32 * SIZE,
  };
  const cases = [...vectorCases(x, file), adamCase(field, x, file), embeddingCase(field)];
  return { copy, cases };
}
