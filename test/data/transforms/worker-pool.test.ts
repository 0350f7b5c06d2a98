// covers: src/data/transforms/worker-entry.ts
// The workers run the built package, since Node cannot run their script as it is written.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type * as Data from '../../../src/data/index.js';
import type * as Pool from '../../../src/data/transforms/worker-pool.js';
import type { NamedArray } from '../../../src/io/index.js';

const built = new URL('../../../dist/data/index.js', import.meta.url);
const { ArrayDataset, asArrays, Compose, DataLoader, Normalize, RandomCrop, RandomHorizontalFlip } =
  (await import(built.href)) as typeof Data;

const COUNT = 50;
const set = new ArrayDataset({
  x: {
    dtype: 'u8',
    shape: [COUNT, 1, 6, 5],
    values: Uint8Array.from({ length: COUNT * 30 }, (_, i) => (i * 7) % 256),
  },
  y: { dtype: 'i32', shape: [COUNT], values: Int32Array.from({ length: COUNT }, (_, i) => i) },
});
const transform = new Compose([
  new RandomCrop([6, 5], { padding: 2 }),
  new RandomHorizontalFlip(),
  new Normalize({ mean: 0.5, std: 0.2 }),
]);

function loaderOf(workers: number, options: object = {}) {
  return new DataLoader(set, {
    batchSize: 8,
    shuffle: true,
    seed: 3,
    transform,
    workers,
    collate: asArrays,
    ...options,
  });
}

async function epochOf(
  loader: ReturnType<typeof loaderOf>,
): Promise<Record<'x' | 'y', NamedArray>[]> {
  const out: Record<'x' | 'y', NamedArray>[] = [];
  // Copies: with `reuse` a batch is written over.
  for await (const { x, y } of loader) out.push(structuredClone({ x, y }));
  return out;
}

test('order and bits do not depend on the number of workers, nor on reuse', async () => {
  const none = loaderOf(0);
  const expected = [await epochOf(none), await epochOf(none)];
  expect(expected[0]![0]!.x).toMatchObject({ dtype: 'f32', shape: [8, 1, 6, 5] });
  expect(expected[0]!.at(-1)!.x.shape).toEqual([2, 1, 6, 5]);
  for (const loader of [loaderOf(1), loaderOf(3), loaderOf(2, { reuse: true, prefetch: 0 })]) {
    expect([await epochOf(loader), await epochOf(loader)]).toEqual(expected);
    await loader.close();
    // Closed, it starts anew.
    loader.restore({ seed: 3, epoch: 1, position: 0, length: COUNT });
    expect(await epochOf(loader)).toEqual(expected[1]);
    await loader.close();
  }
});

test('left early and gone on with: the same batches', async () => {
  const expected = await epochOf(loaderOf(0));
  const first = loaderOf(2);
  let seen = 0;
  for await (const { x } of first) {
    expect(x).toEqual(expected[seen++]!.x);
    if (seen === 3) break;
  }
  const second = loaderOf(1);
  second.restore(first.state());
  expect(await epochOf(second)).toEqual(expected.slice(3));
  await Promise.all([first.close(), second.close()]);
});

test('an error in a worker reaches the loop with its class; the loader can be used again', async () => {
  const broken = loaderOf(2, { transform: new RandomCrop(9) });
  const run = epochOf(broken);
  await expect(run).rejects.toMatchObject({ name: 'ShapeError' });
  await expect(run).rejects.toThrow('RandomCrop: the crop is 9×9, the image 6×5');
  await expect(epochOf(broken)).rejects.toThrow('RandomCrop: the crop is 9×9');
  await broken.close();
});

test('closed with a task under way: it is rejected, and the next one starts a worker anew', async () => {
  const script = new URL('./transforms/worker-pool.js', built);
  const { TransformPool } = (await import(script.href)) as typeof Pool;
  const pool = new TransformPool(new RandomHorizontalFlip({ p: 1 }).toJSON(), 1);
  const images = { dtype: 'u8', shape: [1, 1, 1, 3], values: Uint8Array.of(1, 2, 3) } as const;
  const draw = { seed: 0, epoch: 0, samples: [0] };
  const lost = pool.run(images, draw);
  const closing = pool.close();
  await expect(lost).rejects.toThrow(
    'a worker that transforms images has ended (it was stopped); use workers: 0',
  );
  await closing;
  expect([...(await pool.run(images, draw)).values]).toEqual([3, 2, 1]);
  await pool.close();
});

test('workers keep no process alive, and let none end before its batches are there', () => {
  const source = `
    import { ArrayDataset, asArrays, DataLoader, RandomHorizontalFlip } from ${JSON.stringify(built)};
    const x = { dtype: 'u8', shape: [40, 1, 3, 3], values: new Uint8Array(360) };
    const loader = new DataLoader(new ArrayDataset({ x }), {
      batchSize: 4, transform: new RandomHorizontalFlip(), workers: 2, collate: asArrays,
    });
    let count = 0;
    for await (const batch of loader) count += batch.x.shape[0];
    for await (const batch of loader) { count += batch.x.shape[0]; break; }
    console.log(count);
  `;
  const done = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  expect([done.status, done.stdout, done.stderr]).toEqual([0, '44\n', '']);
});
