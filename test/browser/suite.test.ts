// covers: src/engine/runtime/thread-browser.ts
/** A browser computes what Node does: every operation, and training, to the bit. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../../src/browser/index.js';
import { bundle, pageOf } from './bundle.js';
import { describeInChromium, openPage, type Page } from './chromium.js';
import { NETWORK_NAMES, operations, resumption, training } from './pages/laws.js';
import type { suite } from './pages/suite-worker.js';
import { ISOLATION, POLICY, serve, type PageServer } from '../../scripts/serve.mjs';

/** Cases for each operation and dtype; the suite in Node has more. */
const CASES = 4;

async function texts(): Promise<Record<string, string>> {
  const [page, worker] = await Promise.all([bundle('page.ts'), bundle('suite-worker.ts')]);
  return { '/': pageOf('/page.js'), '/page.js': page, '/worker.js': worker };
}

describeInChromium('the suite', (browser) => {
  let server: PageServer;
  let page: Page;
  beforeAll(async () => {
    server = await serve({ texts: await texts(), headers: { ...ISOLATION, ...POLICY } });
    page = await openPage(browser(), server.url);
    await page.evaluate(() => {
      const worker = new Worker('/worker.js', { type: 'module' });
      Object.assign(window, { client: window.gradus.connect<typeof suite>(worker) });
    });
  }, 120_000);
  afterAll(() => server?.close());

  test('every op, dtype by dtype, agrees with the interpreter, and with Node to the bit', async () => {
    const inPage = await page.evaluate((cases) => window.client.call.operations(cases), CASES);
    expect(inPage.wrong).toEqual([]);
    expect(inPage.compared).toBeGreaterThan(10_000);
    expect(inPage).toEqual(operations(CASES));
  });

  test.each(NETWORK_NAMES)('training, %s: the bits of Node', async (name) => {
    const inPage = await page.evaluate((of) => window.client.call.training({ name: of }), name);
    expect(inPage.last).toBeLessThan(0.95 * inPage.first);
    expect(inPage).toEqual({ ...training(name), threaded: 0 });
  });

  test.each(NETWORK_NAMES)('training, %s: the same bits on two threads and four', async (name) => {
    const inNode = training(name);
    for (const threads of [2, 4]) {
      const inPage = await page.evaluate(
        ([of, count]) => window.client.call.training({ name: of, threads: count }),
        [name, threads] as const,
      );
      const { threaded, ...result } = inPage;
      expect(result, `${threads} threads`).toEqual(inNode);
      expect(threaded).toBeGreaterThan(30);
    }
  });

  test('a run that goes on from a checkpoint ends with the bits of one that never stopped', async () => {
    const inPage = await page.evaluate(() => window.client.call.resumption());
    expect(inPage.resumed).toBe(inPage.whole);
    expect(inPage).toEqual(await resumption());
  });
});

declare global {
  interface Window {
    client: Client<typeof suite>;
  }
}
