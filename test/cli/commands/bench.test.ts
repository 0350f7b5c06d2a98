import { expect, test } from 'vitest';
import { gradus } from '../run-gradus.js';

test('measures products and a training step, as JSON', async () => {
  const { status, stdout, stderr } = await gradus('bench --json');
  expect([status, stderr]).toEqual([0, '']);
  const { device, results } = JSON.parse(stdout) as {
    device: string;
    results: { workload: string; milliseconds: number; gflops: number }[];
  };
  expect(device).toMatch(/^wasm/);
  expect(results.map((r) => r.workload)).toEqual([
    'matmul 256',
    'matmul 512',
    'matmul 1024',
    'MLP training step',
  ]);
  for (const r of results) expect(Math.min(r.milliseconds, r.gflops)).toBeGreaterThan(0);
});
