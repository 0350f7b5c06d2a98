/** The package in a page: built by Vite, esbuild and webpack as they are, and without a bundler. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build as esbuild } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import webpack from 'webpack';
import { describeInChromium, openPage } from '../browser/chromium.js';
import { ISOLATION, POLICY, serve } from '../../scripts/serve.mjs';
import { makeConsumer, node, rootBin, XOR_STEP, type Consumer } from './consumer.js';

/** A page with a worker of its own, and the ready-made one. */
const page = (from: string, engine: string): string => `
import { connect, startEngine } from '${from}';

const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
const { call } = connect(worker);

async function run() {
  const own = await call.train();
  const engine = await startEngine(${engine});
  const classes = ['no', 'yes'];
  const model = await engine.createModel({ family: 'mlp', inputShape: [2], classes });
  const x = { dtype: 'f32', shape: [4, 2], values: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1) };
  const y = { dtype: 'i32', shape: [4], values: Int32Array.of(0, 1, 1, 0) };
  const data = await engine.createDataset({ x, y });
  await model.fit(data, { epochs: 200, batchSize: 4, lr: 0.01 });
  const { labels } = await model.predict(x);
  return { own, labels: [...labels], threads: engine.info.threads };
}
globalThis.result = run();
`;

/** Learns XOR, and has a second thread start. */
const worker = (at: (entry: string) => string): string => `
import { compile, manualSeed, ones, setThreads, tensor } from '${at('')}';
import { expose } from '${at('/browser/worker')}';
import { Linear, ReLU, Sequential, mseLoss } from '${at('/nn')}';
import { Adam } from '${at('/optim')}';

expose({
  async train() {
    ${XOR_STEP}
    const before = step().item();
    for (let i = 0; i < 100; i++) step();
    setThreads(2);
    const square = compile((a) => a.matmul(a).sum());
    const a = ones([512, 512]);
    let sum = 0;
    for (let i = 0; i < 20; i++) {
      sum = square(a).item();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return { learns: before > 2 * step().item(), sum };
  },
});
`;

const specifier = (entry: string): string => `gradus${entry}`;

let consumer: Consumer;
beforeAll(() => {
  consumer = makeConsumer();
}, 300_000);
afterAll(() => consumer?.remove());

function writeProject(name: string, engine = ''): string {
  consumer.write(`${name}/index.html`, html('./main.js'));
  consumer.write(`${name}/main.js`, page('gradus/browser', engine));
  consumer.write(`${name}/worker.js`, worker(specifier));
  return join(consumer.folder, name);
}

const html = (script: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>test</title></head>` +
  `<body><script type="module" src="${script}"></script></body></html>`;

describeInChromium('the package', (browser) => {
  /** Opens a folder as a page does that is as safe as can be, and isolated. */
  async function expectToTrain(
    folder: string,
    index = readFileSync(join(folder, 'index.html'), 'utf8'),
    folders: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const headers = { ...ISOLATION, ...POLICY };
    const server = await serve({
      texts: { '/': index },
      headers,
      folders: { ...folders, '/': folder },
    });
    const opened = await openPage(browser(), server.url);
    const result = await opened.evaluate(
      () => (globalThis as unknown as { result: Promise<unknown> }).result,
    );
    expect(result).toEqual({
      own: { learns: true, sum: 512 ** 3 },
      labels: [0, 1, 1, 0],
      threads: await opened.evaluate(() => navigator.hardwareConcurrency),
    });
    // The page's worker with a thread of its own, and the engine, whose steps are too small for one.
    await expect.poll(() => opened.workers().length).toBe(3);
    await opened.context().close();
    await server.close();
  }

  test('built by Vite', async () => {
    const folder = writeProject('vite');
    node([rootBin('vite/bin/vite.js'), 'build', '--logLevel', 'warn'], folder);
    await expectToTrain(join(folder, 'dist'));
  });

  test('built by webpack', async () => {
    const folder = writeProject('webpack');
    const problem = await new Promise<string | undefined>((resolve) => {
      const output = { path: join(folder, 'dist') };
      const options = { mode: 'production', context: folder, entry: './main.js', output } as const;
      webpack(options, (error, stats) => {
        resolve(
          error?.message ?? (stats!.hasErrors() ? stats!.toString('errors-only') : undefined),
        );
      });
    });
    expect(problem).toBeUndefined();
    await expectToTrain(join(folder, 'dist'), html('/main.js'));
  });

  test('built by esbuild, where a worker is an entry like any other', async () => {
    const given =
      "{ worker: new Worker(new URL('./engine.js', import.meta.url), { type: 'module' }) }";
    const folder = writeProject('esbuild', given);
    consumer.write('esbuild/engine.js', "import 'gradus/browser/engine';");
    await esbuild({
      absWorkingDir: folder,
      entryPoints: ['main.js', 'worker.js', 'engine.js'],
      bundle: true,
      minify: true,
      format: 'esm',
      outdir: 'dist',
    });
    await expectToTrain(join(folder, 'dist'), html('/main.js'));
  });

  test('as it is, from a script of type module', async () => {
    const dist = join(consumer.folder, 'node_modules/gradus/dist');
    const at = (entry: string): string => {
      if (entry === '/browser/worker') return '/gradus/browser/worker.js';
      return `/gradus${entry}/index.js`;
    };
    consumer.write('plain/main.js', page('/gradus/browser/index.js', ''));
    consumer.write('plain/worker.js', worker(at));
    await expectToTrain(join(consumer.folder, 'plain'), html('/main.js'), { '/gradus/': dist });
  });
});
