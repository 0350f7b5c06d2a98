import type { Field, Prepared } from '../field.js';
import type { Check } from '../measure/check.js';
import type { MatmulTask, PeakTask } from '../measure/protocol.js';
import type { Workload } from './index.js';
import { randomNumbers, uniform } from './random.js';
import { takeTimings } from './timings.js';

const SIZES = [256, 255, 257, 512, 1024];
const QUICK_SIZES = [256, 257, 512];

/** The product of two square matrices, in f64. */
function product(a: Float32Array, b: Float32Array, n: number): Float64Array {
  const c = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = c.subarray(i * n, (i + 1) * n);
    for (let k = 0; k < n; k++) {
      const factor = a[i * n + k]!;
      for (let j = 0; j < n; j++) row[j]! += factor * b[k * n + j]!;
    }
  }
  return c;
}

function makeTask(field: Field, n: number): { task: MatmulTask; check: Check } {
  const random = randomNumbers(n);
  const a = uniform(random, n * n, -1, 1);
  const b = uniform(random, n * n, -1, 1);
  const shape = [n, n];
  const task = { kind: 'matmul', a: field.store(a, shape), b: field.store(b, shape) } as const;
  // Well above what rounding gives with sums of n terms, well below one wrong term.
  return { task, check: { runs: 1, expected: product(a, b, n), tolerance: n * 2 ** -23 } };
}

/** The peaks, which take part in the rounds of every size, so that shares hold for the moment. */
async function preparePeaks(field: Field, name: string): Promise<Prepared[]> {
  const check: Check = { runs: 1, expected: Float64Array.of(1), tolerance: 1e-6 };
  const prepared: Prepared[] = [];
  for (const [id, relaxed] of [
    ['peak', false],
    ['peak-relaxed', true],
    ['peak-native', false],
  ] as const) {
    const started = await field.start(id);
    if (!started) continue;
    const task: PeakTask = { kind: 'peak', relaxed };
    const ready = await field.prepare(started.peer, name, task, check);
    if (ready) prepared.push(ready);
  }
  return prepared;
}

export const matmul: Workload = {
  name: 'matmul',
  title: 'Matrix product, f32',
  about:
    'C = A B with n × n matrices that are in place already, so that neither operands nor result ' +
    'are copied. Every element is checked against a product in f64. The peak is a WebAssembly ' +
    'loop of independent multiply-adds on 128-bit vectors which stay in registers: once ' +
    'with the separate instructions that Node 20 has by default, once with the fused one of ' +
    'relaxed SIMD. The native peak is such a loop as the C compiler makes it, with the widest ' +
    'vectors of this machine. Peaks are those of one thread, the others have one unless they say more. ' +
    'ONNX Runtime makes its result anew each time.',
  async run(field) {
    const sizes = field.options.quick ? QUICK_SIZES : SIZES;
    const peers = await field.startAll([
      'gradus',
      'gradus-native',
      'gradus-all',
      'gradus-native-all',
      'tfjs',
      'jax-js',
      'deepbox',
      'onnx',
      'onnx-all',
      'pytorch',
      'pytorch-best',
      'jax',
    ]);
    const prepared: Prepared[] = [];
    for (const n of sizes) {
      const { task, check } = makeTask(field, n);
      for (const peer of peers) {
        const ready = await field.prepare(peer, String(n), task, check);
        if (ready) prepared.push(ready);
      }
    }
    const peaks = await preparePeaks(field, 'peak');
    return await takeTimings([...peaks, ...prepared], field.options.pace, {
      flops: (n) => 2 * Number(n) ** 3,
    });
  },
};
