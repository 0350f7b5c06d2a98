// covers: src/browser/engine.ts, src/browser/engine-service.ts, src/browser/start-engine.ts
// covers: src/browser/index.ts, src/browser/model-store.ts
/** The ready-made worker in a real browser, and what can go wrong there. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engineService } from '../../src/browser/engine-service.js';
import type { Engine, NewModel, RemoteModel } from '../../src/browser/index.js';
import { digits, DIGITS_NORMALIZATION } from '../../src/data/index.js';
import { WasmDevice } from '../../src/index.js';
import { setDevice } from '../../src/tensor/index.js';
import { classify, FAMILIES, pixels, readModel, writeModel } from '../../src/train/index.js';
import { bundle, pageOf } from './bundle.js';
import { describeInChromium, evaluateHidden, openPage, type Page } from './chromium.js';
import type { api } from './pages/client-worker.js';
import { ISOLATION, POLICY, serve, type PageServer } from '../../scripts/serve.mjs';

declare global {
  interface Window {
    engine: Engine;
    model: RemoteModel;
  }
}

const NEW: NewModel = {
  family: 'mlp',
  options: { hidden: [32], dropout: 0 },
  inputShape: [1, 28, 28],
  classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  preprocessing: pixels(DIGITS_NORMALIZATION),
};

test('a model of numbers is neither trained nor evaluated in a worker', async () => {
  const linear = FAMILIES.find(({ name }) => name === 'linear')!;
  const bytes = writeModel({
    model: linear.create({ inputShape: [2], classes: 1 }, {}),
    family: 'linear',
    options: {},
    task: { kind: 'regression', inputShape: [2], target: 'price', offset: 0, scale: 1 },
    preprocessing: { kind: 'none' },
  });
  const { id } = engineService.loadModel(bytes);
  const data = engineService.createDataset({
    x: { dtype: 'f32', shape: [1, 2], values: new Float32Array(2) },
    y: { dtype: 'i32', shape: [1], values: new Int32Array(1) },
  });
  const { signal } = new AbortController();
  await expect(
    engineService.evaluate({ model: id, data }, { signal, emit: () => {} }),
  ).rejects.toThrow(
    "the model predicts the number 'price'; a worker trains and evaluates models of",
  );
});

describeInChromium('the engine', (browser) => {
  let server: PageServer;
  let page: Page;
  beforeAll(async () => {
    const names = ['page', 'engine-worker', 'no-simd-worker', 'little-memory-worker'];
    const scripts = await Promise.all(names.map((name) => bundle(`${name}.ts`)));
    const texts = Object.fromEntries(names.map((name, i) => [`/${name}.js`, scripts[i]!]));
    server = await serve({
      texts: { ...texts, '/': pageOf('/page.js') },
      headers: { ...ISOLATION, ...POLICY },
    });
    page = await openPage(browser(), server.url);
    await page.evaluate(async (wanted) => {
      const worker = new Worker('/engine-worker.js', { type: 'module' });
      window.engine = await window.gradus.startEngine({ worker, threads: 2 });
      window.model = await window.engine.createModel(wanted);
    }, NEW);
  }, 120_000);
  afterAll(() => server?.close());

  test('trains, reports, evaluates and predicts', async () => {
    const result = await page.evaluate(async () => {
      const { engine, model } = window;
      const train = await engine.createDataset(window.digitsOf(2000, 'train'));
      const validation = await engine.createDataset(window.digitsOf(300, 'test'));
      const steps: number[] = [];
      const epochs: number[] = [];
      const before = await model.evaluate(validation);
      const { history, steps: done } = await model.fit(train, {
        epochs: 3,
        lr: 3e-3,
        validation,
        onProgress: ({ totalSteps }) => void steps.push(totalSteps),
        onEpoch: ({ epoch }) => void epochs.push(epoch),
      });
      const after = await model.evaluate(validation);
      const { x, y } = window.digitsOf(10, 'test');
      const { labels } = await model.predict(x);
      const hits = labels.filter((label, i) => label === y.values[i]).length;
      await train.release();
      const released = await window.said(model.fit(train, { epochs: 1 }));
      const { info } = engine;
      return { before, after, history, done, steps, epochs, hits, info, released };
    });
    expect(result.after.loss).toBeLessThan(0.5 * result.before.loss);
    expect(result.after.accuracy).toBeGreaterThan(0.8);
    expect(result.history.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(result.history[2]!.valLoss).toBeCloseTo(result.after.loss, 6);
    expect(result.done).toBe(3 * Math.ceil(2000 / 64));
    expect(result.steps.length).toBeGreaterThan(0);
    expect(result.epochs).toEqual([1, 2, 3]);
    expect(result.hits).toBeGreaterThanOrEqual(8);
    expect(result.info).toMatchObject({ threads: 2, crossOriginIsolated: true });
    expect(result.released).toMatch(/ArgumentError: engine: the data set has been released/);
  });

  test('weights saved in the page load in Node, and the other way round', async () => {
    const saved = await page.evaluate(async () => {
      const bytes = await window.model.save('a page');
      const state = await window.model.stateDict();
      const weights: [string, number[]][] = [];
      for (const [name, tensor] of Object.entries(state)) {
        weights.push([name, [...(await tensor.data())]]);
      }
      const { labels } = await window.model.predict(window.digitsOf(50, 'test').x);
      return { bytes: [...bytes], weights, labels: [...labels] };
    });
    setDevice(new WasmDevice());
    const loaded = readModel(Uint8Array.from(saved.bytes));
    expect(loaded.producer).toBe('a page');
    const inNode = Object.entries(loaded.model.stateDict());
    expect(inNode.map(([name, t]) => [name, [...t.dataSync()]])).toEqual(saved.weights);
    const images = digits({ count: 50, part: 'test' }).column('x');
    expect([...classify(loaded, images).labels]).toEqual(saved.labels);

    const back = await page.evaluate(
      async (bytes) => {
        const model = await window.engine.loadModel(Uint8Array.from(bytes));
        const { labels } = await model.predict(window.digitsOf(50, 'test').x);
        return { labels: [...labels], family: model.description.family, n: model.parameters };
      },
      [...writeModel(loaded)],
    );
    expect(back).toEqual({ labels: saved.labels, family: 'mlp', n: 784 * 32 + 32 + 330 });
  });

  test('training goes on in a hidden tab, and answers come', async () => {
    const result = await evaluateHidden(browser(), server.url, async () => {
      const worker = new Worker('/engine-worker.js', { type: 'module' });
      const engine = await window.gradus.startEngine({ worker });
      const classes = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
      const shape = { inputShape: [1, 28, 28], classes };
      const model = await engine.createModel({ family: 'linear', ...shape });
      const train = await engine.createDataset(window.digitsOf(1000, 'train'));
      const { steps } = await model.fit(train, { epochs: 2, batchSize: 100 });
      engine.close();
      return { steps, state: document.visibilityState };
    });
    expect(result).toEqual({ steps: 20, state: 'hidden' });
  });

  test('what cannot be is refused in a sentence that says what can', async () => {
    const said = await page.evaluate(async (wanted) => {
      const { engine, model } = window;
      const train = await engine.createDataset(window.digitsOf(20, 'train'));
      const labels = window.digitsOf(20, 'train');
      labels.y.values[3] = 17;
      const wrong = await engine.createDataset(labels);
      return [
        await window.said(engine.createModel({ ...wanted, family: 'mpl' })),
        await window.said(engine.createModel({ ...wanted, options: { hiden: [3] } })),
        await window.said(engine.createModel({ ...wanted, inputShape: [0] })),
        await window.said(engine.loadModel(new Uint8Array(7))),
        await window.said(model.fit(train, { epochs: 1, optimizer: 'adma', batchSize: 4 })),
        await window.said(model.fit(train, { epochs: 0, batchSize: 4 })),
        await window.said(model.fit(train, { epochs: 1 })),
        await window.said(model.fit(wrong, { epochs: 1, batchSize: 4 })),
      ];
    }, NEW);
    expect(said).toEqual([
      expect.stringMatching(/^ArgumentError: createModel: there is no model family 'mpl'; did you/),
      expect.stringMatching(
        /^ArgumentError: createModel: .*no option "hiden".*nearest is 'hidden'/,
      ),
      expect.stringMatching(/^ArgumentError: .*inFeatures is 0/),
      expect.stringMatching(/^FormatError: /),
      expect.stringMatching(/^ArgumentError: fit: there is no optimizer 'adma'; did you mean 'ada/),
      expect.stringMatching(/^ArgumentError: fit: epochs is 0/),
      expect.stringMatching(/^ArgumentError: .*batchSize 64 is larger than the set/),
      expect.stringMatching(/^IndexError: .*17/),
    ]);
  });

  describe('storage', () => {
    test('keeps models by name', async () => {
      const result = await page.evaluate(async () => {
        const { storeModel, readStored, storedModels, removeStored } = window.gradus;
        const bytes = await window.model.save();
        await storeModel('digits', new Uint8Array(3));
        await storeModel('digits', bytes);
        const listed = (await storedModels()).map(({ name, bytes: size }) => [name, size]);
        const read = (await readStored('digits'))!;
        const loaded = await window.engine.loadModel(read);
        await removeStored('digits');
        const none = await readStored('digits');
        const unnamed = await window.said(storeModel('', bytes));
        return { listed, size: bytes.length, n: loaded.parameters, none, unnamed };
      });
      expect(result.listed).toEqual([['digits', result.size]]);
      expect(result.n).toBe(784 * 32 + 32 + 330);
      expect(result.none).toBeUndefined();
      expect(result.unnamed).toMatch(/ArgumentError: storeModel: the name is ''/);
    });

    test('that is full keeps what it had, and says so', async () => {
      const other = await openPage(browser(), server.url);
      const session = await other.context().newCDPSession(other);
      const quota = { origin: server.url, quotaSize: 200_000 };
      await session.send('Storage.overrideQuotaForOrigin', quota);
      const result = await other.evaluate(async () => {
        const { storeModel, readStored } = window.gradus;
        await storeModel('small', Uint8Array.of(1, 2, 3));
        // Random, as zeros would need no room.
        const block = crypto.getRandomValues(new Uint8Array(2 ** 16));
        const large = new Uint8Array(5_000_000).map((_, i) => block[i % 2 ** 16]! ^ (i >> 16));
        const said = await window.said(storeModel('small', large));
        return { said, kept: [...(await readStored('small'))!] };
      });
      await other.context().close();
      expect(result.said).toMatch(
        /^GradusError: storeModel: there is no room for the 4.8 MiB of .small.: .* of .* in use/,
      );
      expect(result.kept).toEqual([1, 2, 3]);
    });
  });

  describe('a browser that lacks something', () => {
    test('WebAssembly SIMD', async () => {
      const said = await page.evaluate(() => {
        const worker = new Worker('/no-simd-worker.js', { type: 'module' });
        return window.said(window.gradus.startEngine({ worker }));
      });
      expect(said).toMatch(/^GradusError: wasm: this JavaScript engine has no WebAssembly SIMD/);
    });

    test('memory: less of it, or an error with its numbers', async () => {
      const result = await page.evaluate(async () => {
        const start = (name: string) => {
          const worker = new Worker('/little-memory-worker.js', { type: 'module', name });
          return window.gradus.connect<typeof api>(worker);
        };
        const little = await start('little memory').call.where();
        const none: unknown = await start('no memory')
          .call.where()
          .catch((error: unknown) => error);
        const isMemoryError = none instanceof window.core.MemoryError;
        return {
          explained: little.explained,
          isMemoryError,
          said: (none as Error).message,
          limit: isMemoryError ? none.limit : 0,
        };
      });
      expect(result.explained).toMatch(/memory up to 64.0 MiB: more was refused/);
      expect(result.isMemoryError).toBe(true);
      expect(result.said).toMatch(/^out of memory/);
      expect(result.limit).toBe(2 ** 32);
    });
  });

  test('50 starts and stops leave nothing behind', async () => {
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    const round = (count: number): Promise<void> =>
      page.evaluate(
        async ([wanted, times]) => {
          const arrays = window.digitsOf(64, 'train');
          for (let i = 0; i < times; i++) {
            const worker = new Worker('/engine-worker.js', { type: 'module' });
            const engine = await window.gradus.startEngine({ worker, threads: 1 });
            const model = await engine.createModel(wanted);
            const set = await engine.createDataset(arrays);
            await model.fit(set, { epochs: 1, batchSize: 32 });
            engine.close();
          }
        },
        [NEW, count] as const,
      );
    const heap = async (): Promise<number> => {
      await session.send('HeapProfiler.collectGarbage');
      const { metrics } = await session.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'JSHeapUsedSize')!.value;
    };
    await round(5);
    const before = await heap();
    const workers = page.workers().length;
    await round(50);
    const after = await heap();
    expect(after - before).toBeLessThan(500_000);
    await expect.poll(() => page.workers().length).toBe(workers);
  }, 180_000);
});
