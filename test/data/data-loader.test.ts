import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArgumentError, ShapeError } from '../../src/engine/core/errors.js';
import {
  ArrayDataset,
  asArrays,
  DataLoader as Loader,
  RandomHorizontalFlip,
  Subset,
  type Batch,
  type DataLoaderOptions,
  type DataLoaderState,
  type Dataset,
  type ImageTransform,
} from '../../src/data/index.js';

const memory = (n: number): ArrayDataset<'x' | 'y'> =>
  new ArrayDataset({
    x: { dtype: 'f32', shape: [n, 2], values: Float32Array.from({ length: 2 * n }, (_, i) => i) },
    y: { dtype: 'i32', shape: [n], values: Int32Array.from({ length: n }, (_, i) => i) },
  });

/** Without tensors: what is under test is which samples come when. */
class DataLoader<K extends string> extends Loader<K, Batch<K>> {
  constructor(dataset: Dataset<K>, options: Omit<DataLoaderOptions<K, Batch<K>>, 'collate'> = {}) {
    super(dataset, { ...options, collate: asArrays });
  }
}

/** The same without the fast path. */
const plain = (n: number): Dataset<'x' | 'y'> => {
  const set = memory(n);
  return { length: n, get: (i) => set.get(i) };
};

/** Samples that arrive later, the earlier ones last; counts those under way. */
function remote(n: number, fail?: number) {
  const set = memory(n);
  const asked: number[] = [];
  const dataset: Dataset<'x' | 'y'> = {
    length: n,
    async get(i) {
      asked.push(i);
      for (let k = n - i; k > 0; k--) await Promise.resolve();
      if (i === fail) throw new Error(`sample ${i} is lost`);
      return set.get(i);
    },
  };
  return { dataset, asked };
}

const ids = (batch: Batch<'x' | 'y'>): number[] => {
  expect(batch.x.shape).toEqual([batch.y.values.length, 2]);
  const y = [...batch.y.values];
  expect([...batch.x.values]).toEqual(y.flatMap((i) => [2 * i, 2 * i + 1]));
  return y;
};
const epoch = (loader: Iterable<Batch<'x' | 'y'>>) => Array.from(loader, ids);
async function epochAsync(loader: AsyncIterable<Batch<'x' | 'y'>>): Promise<number[][]> {
  const out: number[][] = [];
  for await (const batch of loader) out.push(ids(batch));
  return out;
}

const arbitrary = fc.integer({ min: 1, max: 40 }).chain((n) =>
  fc.record({
    n: fc.constant(n),
    batchSize: fc.integer({ min: 1, max: n }),
    shuffle: fc.boolean(),
    dropLast: fc.boolean(),
    seed: fc.nat(),
    reuse: fc.boolean(),
    prefetch: fc.nat({ max: 4 }),
  }),
);

describe('laws', () => {
  test('each sample once per epoch; batches are full but for the last', () => {
    fc.assert(
      fc.property(arbitrary, ({ n, ...options }) => {
        const loader = new DataLoader(memory(n), options);
        for (let e = 0; e < 2; e++) {
          expect(loader.epoch).toBe(e);
          const batches = epoch(loader);
          expect(batches.length).toBe(loader.length);
          const rest = n % options.batchSize;
          const sizes = new Array<number>(Math.floor(n / options.batchSize)).fill(
            options.batchSize,
          );
          if (rest > 0 && !options.dropLast) sizes.push(rest);
          expect(batches.map((b) => b.length)).toEqual(sizes);
          const seen = batches.flat();
          expect(new Set(seen).size).toBe(options.dropLast ? n - rest : n);
          if (!options.shuffle) expect(seen).toEqual(seen.map((_, i) => i));
        }
      }),
    );
  });

  test('fast path, samples, and promises give the same batches', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ n, ...options }) => {
        const expected = epoch(new DataLoader(memory(n), options));
        expect(epoch(new DataLoader(plain(n), options))).toEqual(expected);
        expect(await epochAsync(new DataLoader(memory(n), options))).toEqual(expected);
        expect(await epochAsync(new DataLoader(plain(n), options))).toEqual(expected);
        expect(await epochAsync(new DataLoader(remote(n).dataset, options))).toEqual(expected);
      }),
    );
  });

  test('stopped anywhere and restored, it goes on with the same batches', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrary, fc.nat(), async ({ n, ...options }, at) => {
        const reference = new DataLoader(memory(n), options);
        const expected = [epoch(reference), epoch(reference), epoch(reference)];
        const stop = at % (2 * reference.length);
        const found: number[][] = [];
        let saved: DataLoaderState | undefined;
        const first = new DataLoader(memory(n), options);
        outer: for (let e = 0; e < 2; e++) {
          for (const batch of first) {
            found.push(ids(batch));
            if (found.length - 1 < stop) continue;
            saved = JSON.parse(JSON.stringify(first.state())) as DataLoaderState;
            break outer;
          }
        }
        const second = new DataLoader(remote(n).dataset, { ...options, seed: 99 });
        second.restore(saved!);
        expect(second.epoch).toBe(Math.floor(stop / reference.length));
        while (second.epoch < 3) found.push(...(await epochAsync(second)));
        expect(found).toEqual(expected.flat());
      }),
    );
  });
});

describe('shuffle', () => {
  const order = (seed: number, shuffle = true) => {
    const loader = new DataLoader(memory(50), { batchSize: 8, shuffle, seed });
    return [epoch(loader).flat(), epoch(loader).flat()];
  };

  test('the seed decides the order; each epoch has its own', () => {
    expect(order(1)).toEqual(order(1));
    expect(order(1)[0]).not.toEqual(order(2)[0]);
    expect(order(1)[0]).not.toEqual(order(1)[1]);
  });

  test('batch size, prefetch and the kind of loop do not change it', async () => {
    const other = new DataLoader(remote(50).dataset, { batchSize: 3, shuffle: true, seed: 1 });
    expect((await epochAsync(other)).flat()).toEqual(order(1)[0]);
  });
});

describe('position', () => {
  test('a loop left early is an epoch of its own', () => {
    const loader = new DataLoader(memory(10), { batchSize: 4, shuffle: true });
    for (const _ of loader) break;
    expect(loader.state()).toEqual({ seed: 0, epoch: 0, position: 4, length: 10 });
    const second = epoch(loader);
    expect(second.flat().length).toBe(10);
    expect(loader.state()).toEqual({ seed: 0, epoch: 2, position: 0, length: 10 });
    const reference = new DataLoader(memory(10), { batchSize: 4, shuffle: true });
    epoch(reference);
    expect(second).toEqual(epoch(reference));
  });

  test('saved at the last batch, the rest of the epoch is empty', () => {
    const loader = new DataLoader(memory(10), { batchSize: 4 });
    const states = Array.from(loader, () => loader.state());
    expect(states.map((s) => s.position)).toEqual([4, 8, 10]);
    loader.restore(states[2]!);
    expect(epoch(loader)).toEqual([]);
    expect(loader.epoch).toBe(1);
    expect(epoch(loader).length).toBe(3);
  });

  test('batches fetched ahead do not count', async () => {
    const { dataset, asked } = remote(12);
    const loader = new DataLoader(dataset, { batchSize: 2, prefetch: 3 });
    for await (const _ of loader) break;
    expect(loader.state().position).toBe(2);
    expect(asked.length).toBe(8);
  });

  test('an older loop does not move it', () => {
    const loader = new DataLoader(memory(6), { batchSize: 2 });
    const older = loader[Symbol.iterator]();
    older.next();
    const newer = loader[Symbol.iterator]();
    newer.next();
    older.next();
    older.next();
    older.next();
    expect(loader.state()).toMatchObject({ epoch: 1, position: 2 });
  });

  test('refuses a state of another set', () => {
    const loader = new DataLoader(memory(6));
    const state = { seed: 0, epoch: 0, position: 0, length: 6 };
    const restore = (change: Partial<DataLoaderState>) => () =>
      loader.restore({ ...state, ...change });
    expect(restore({ length: 7 })).toThrow('a set of 7, this set has 6');
    expect(restore({ position: 7 })).toThrow('at sample 7 of a set of 6');
    expect(restore({ epoch: -1 })).toThrow('epoch is -1');
    expect(restore({ seed: NaN })).toThrow('seed is NaN');
    expect(restore({})).not.toThrow();
  });
});

describe('memory', () => {
  test('reuse hands out the same arrays, the rest as a part of them', () => {
    const loader = new DataLoader(memory(10), { batchSize: 4, reuse: true });
    const buffers = [...loader, ...loader].map((batch) => batch.x.values.buffer);
    expect(new Set(buffers).size).toBe(1);
  });

  test('without it every batch is its own', () => {
    const batches = [...new DataLoader(memory(10), { batchSize: 4 })];
    expect(new Set(batches.map((batch) => batch.x.values.buffer)).size).toBe(3);
    expect(batches.map(ids).flat()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('reuse with a resumed epoch that begins with its small rest', () => {
    const loader = new DataLoader(memory(10), { batchSize: 4, reuse: true });
    loader.restore({ seed: 0, epoch: 0, position: 8, length: 10 });
    expect(epoch(loader)).toEqual([[8, 9]]);
    expect(epoch(loader).flat().length).toBe(10);
  });
});

describe('collate', () => {
  test('by default tensors', async () => {
    const loader = new Loader(memory(3), { batchSize: 2 });
    const [first, last] = [...loader];
    expect([first!.x.shape, first!.x.dtype, first!.y.dtype]).toEqual([[2, 2], 'f32', 'i32']);
    expect(first!.x.dataSync()).toEqual(Float32Array.of(0, 1, 2, 3));
    expect(last!.y.dataSync()).toEqual(Int32Array.of(2));
    for await (const { x, y } of loader) expect(x.shape[0]).toBe(y.shape[0]);
  });

  test('any function of the arrays', () => {
    const loader = new Loader(memory(4), { batchSize: 2, collate: ({ y }) => [...y.values] });
    expect([...loader]).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });
});

test('a subset takes the fast path', () => {
  const loader = new DataLoader(new Subset(memory(9), [8, 4, 1]), { batchSize: 2, reuse: true });
  expect(epoch(loader)).toEqual([[8, 4], [1]]);
});

describe('failures of the set', () => {
  test('reach the loop at their turn', async () => {
    const loader = new DataLoader(remote(10, 5).dataset, { batchSize: 2, prefetch: 4 });
    const found: number[][] = [];
    const run = async () => {
      for await (const batch of loader) found.push(ids(batch));
    };
    await expect(run()).rejects.toThrow('sample 5 is lost');
    expect(found).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(loader.state().position).toBe(4);
  });

  test('are nobody’s business after a break', async () => {
    for await (const _ of new DataLoader(remote(10, 5).dataset, { batchSize: 2, prefetch: 4 })) {
      break;
    }
    // An unhandled rejection would fail the test run.
    await new Promise((resolve) => setTimeout(resolve, 5));
  });

  test('a get that throws at once', async () => {
    const dataset: Dataset = {
      length: 2,
      get: () => {
        throw new Error('broken');
      },
    };
    expect(() => [...new DataLoader(dataset)]).toThrow('broken');
    await expect(new DataLoader(dataset)[Symbol.asyncIterator]().next()).rejects.toThrow('broken');
  });

  test('samples of different shapes', () => {
    const dataset: Dataset<'x'> = {
      length: 2,
      get: (i) => ({ x: { dtype: 'u8', shape: [i], values: new Uint8Array(i) } }),
    };
    expect(() => [...new DataLoader(dataset, { batchSize: 2 })]).toThrow(ShapeError);
  });

  test('promises in a plain loop', () => {
    expect(() => [...new DataLoader(remote(4, 0).dataset)]).toThrow('iterate with `for await`');
  });
});

describe('refuses', () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      'a batch larger than the set',
      () => new DataLoader(memory(10), { batchSize: 64 }),
      /batchSize 64 is larger than the set, which has 10 samples; use at most 10/,
    ],
    ['an empty set', () => new DataLoader(memory(0)), /the set is empty/],
    ['batchSize 0', () => new DataLoader(memory(1), { batchSize: 0 }), /batchSize is 0; give/],
    ['half a batch', () => new DataLoader(memory(9), { batchSize: 1.5 }), /batchSize is 1\.5/],
    ['prefetch -1', () => new DataLoader(memory(1), { prefetch: -1 }), /prefetch is -1/],
    ['reuse with tensors', () => new Loader(memory(1), { reuse: true }), /pass collate: asArrays/],
    ['seed -1', () => new DataLoader(memory(1), { seed: -1 }), /seed is -1; give an integer from/],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(ArgumentError);
    expect(act).toThrow(message);
  });
});

describe('transform', () => {
  const images = new ArrayDataset({
    x: {
      dtype: 'u8',
      shape: [10, 1, 2, 3],
      values: Uint8Array.from({ length: 60 }, (_, i) => i),
    },
    y: { dtype: 'i32', shape: [10], values: Int32Array.from({ length: 10 }, (_, i) => i) },
  });
  const transform = new RandomHorizontalFlip();
  /** The images of an epoch by their number. */
  const byNumber = (loader: Iterable<Batch<'x' | 'y'>>) =>
    new Map(
      Array.from(loader, ({ x, y }) =>
        [...y.values].map((n, i) => [n, x.values.slice(i * 6, i * 6 + 6).join()] as const),
      ).flat(),
    );

  test('what is drawn for an image depends on seed and epoch, not on batches, order or reuse', () => {
    const one = new DataLoader(images, { batchSize: 10, seed: 2, transform });
    const [first, second] = [byNumber(one), byNumber(one)];
    expect(
      new Set(
        [...first].map(([n, text]) => text === [...Array(6).keys()].map((k) => 6 * n + k).join()),
      ).size,
    ).toBe(2);
    expect(second).not.toEqual(first);
    const other = new DataLoader(images, { batchSize: 3, seed: 2, transform, reuse: true });
    expect([byNumber(other), byNumber(other)]).toEqual([first, second]);
    const shuffled = new DataLoader(images, { batchSize: 4, seed: 2, shuffle: true, transform });
    expect(byNumber(shuffled)).toEqual(first);
    expect(byNumber(new DataLoader(images, { batchSize: 10, seed: 3, transform }))).not.toEqual(
      first,
    );
  });

  test('the same for await, from a set without the fast path, and behind a restored place', async () => {
    const sync = Array.from(new DataLoader(images, { batchSize: 4, seed: 2, transform }));
    const slow = { length: 10, get: (i: number) => images.get(i) };
    for (const set of [images, slow]) {
      const found: Batch<'x' | 'y'>[] = [];
      const loader = new DataLoader(set, { batchSize: 4, seed: 2, transform });
      for await (const batch of loader) found.push(batch);
      expect(found).toEqual(sync);
    }
    const resumed = new DataLoader(images, { batchSize: 4, seed: 0, transform });
    resumed.restore({ seed: 2, epoch: 0, position: 4, length: 10 });
    expect([...resumed]).toEqual(sync.slice(1));
  });

  test('refused', () => {
    const other = new DataLoader(images, { transform, transformColumn: 'z' as 'x' });
    expect(() => [...other]).toThrow(
      "there is no column 'z' to transform; give transformColumn one of x, y.",
    );
    expect(() => new DataLoader(images, { workers: 2 })).toThrow(
      'there is no transform for them to do',
    );
    expect(() => new DataLoader(images, { transform, workers: -1 })).toThrow('workers is -1; give');
    const own: ImageTransform = { apply: (image) => image, toJSON: () => ({ transform: 'Own' }) };
    expect(() => new DataLoader(images, { transform: own, workers: 1 })).toThrow(
      "no transform 'Own'",
    );
    const threaded = new DataLoader(images, { transform, workers: 1 });
    expect(() => [...threaded]).toThrow(ArgumentError);
    expect(() => [...threaded]).toThrow(
      'batches come from workers as promises; iterate with `for await`',
    );
  });
});
