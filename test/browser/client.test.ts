// covers: src/browser/worker.ts, src/browser/connect.ts, src/browser/remote-tensor.ts
// covers: src/browser/remote.ts, src/browser/protocol.ts, src/browser/errors.ts
/** Page and worker in a real browser. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../src/browser/index.js';
import { bundle, pageOf } from './bundle.js';
import { describeInChromium, openPage, type Page } from './chromium.js';
import type { api } from './pages/client-worker.js';
import { ISOLATION, POLICY, serve, type PageServer } from '../../scripts/serve.mjs';

declare global {
  interface Window {
    api: Client<typeof api>;
    worker: Worker;
  }
}

/** Opens a page with a new client of a worker. */
async function connected(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.worker = new Worker('/worker.js', { type: 'module' });
    window.api = window.gradus.connect<typeof api>(window.worker);
  });
}

describeInChromium('the client', (browser) => {
  let server: PageServer;
  let strict: PageServer;
  let page: Page;
  beforeAll(async () => {
    const names = ['page.ts', 'client-worker.ts', 'own-worker.ts'];
    const [script, worker, own] = await Promise.all(names.map((name) => bundle(name)));
    const texts = {
      '/': pageOf('/page.js'),
      '/page.js': script!,
      '/worker.js': worker!,
      '/own.js': own!,
      '/silent.js': 'export {};',
      '/broken.js': "throw new Error('no such thing');",
    };
    server = await serve({ texts, headers: { ...ISOLATION, ...POLICY } });
    const noWasm = { 'Content-Security-Policy': "default-src 'self'" };
    strict = await serve({ texts, headers: noWasm });
    page = await openPage(browser(), server.url);
  }, 120_000);
  beforeEach(() => connected(page));
  afterAll(async () => {
    await server?.close();
    await strict?.close();
  });

  describe('calls', () => {
    test('tensors stay in the worker; their values can be read, and they can be sent back', async () => {
      const result = await page.evaluate(async () => {
        const { weight, scale, name } = await window.api.call.weight();
        const y = await window.api.call.apply({ w: weight, x: Float32Array.of(10, 1) });
        return {
          name,
          shape: weight.shape,
          text: weight.toString(),
          values: [...(await weight.data())],
          scale: await scale.item(),
          y: [...(await y.data())],
        };
      });
      expect(result).toEqual({
        name: 'weight',
        shape: [2, 2],
        text: 'RemoteTensor f32[2, 2]',
        values: [1, 2, 3, 4],
        scale: 0.5,
        y: [12, 34],
      });
    });

    test('what a page cannot have at once is refused in a sentence', async () => {
      const said = await page.evaluate(async () => {
        const { weight } = await window.api.call.weight();
        const messages: string[] = [];
        try {
          weight.dataSync();
        } catch (error) {
          messages.push((error as Error).message);
        }
        await weight.item().catch((error: Error) => messages.push(error.message));
        weight.release();
        await weight.data().catch((error: Error) => messages.push(error.message));
        return messages;
      });
      expect(said[0]).toContain('use `await t.data()`');
      expect(said[1]).toMatch(/shape \[2, 2\] has 4 elements/);
      expect(said[2]).toMatch(/has been released/);
    });

    test('errors keep their class, their message and their cause', async () => {
      const said = await page.evaluate(async () => {
        const { call } = window.api;
        const shape: unknown = await call.wrongShape().catch((error: unknown) => error);
        const kind = (await call.wrongKind().catch((error: unknown) => error)) as RangeError;
        const sent = (await call.unsendable().catch((error: unknown) => error)) as Error;
        const other = call as unknown as { nothing(): Promise<unknown> };
        const unknown = (await other.nothing().catch((error: unknown) => error)) as Error;
        return {
          isShapeError: shape instanceof window.core.ShapeError,
          shape: (shape as Error).message,
          stack: (shape as Error).stack!.includes('worker.js'),
          kind: [kind instanceof RangeError, kind.message, (kind.cause as Error).name],
          sent: sent.message,
          unknown: unknown.message,
        };
      });
      expect(said.isShapeError).toBe(true);
      expect(said.shape).toMatch(/^matmul/);
      expect(said.stack).toBe(true);
      expect(said.kind).toEqual([true, 'too far', 'TypeError']);
      expect(said.sent).toMatch(/what 'unsendable' returns cannot be sent to the page/);
      expect(said.unknown).toMatch(/no function 'nothing'; it has weight, apply/);
    });

    test('events come in order and before the result; inputs are what they were at the call', async () => {
      const seen = await page.evaluate(async () => {
        const at: number[] = [];
        const onEvent = (event: { at: number }): void => void at.push(event.at);
        const to = await window.api.call.count({ to: 100 }, { onEvent });
        const x = Float32Array.of(1, 2, 3);
        const sum = window.api.call.sum(x);
        x.fill(0);
        const fresh = new Worker('/worker.js', { type: 'module' });
        const early = window.gradus.connect<typeof api>(fresh);
        const y = Float32Array.of(4, 5);
        const waiting = early.call.sum(y);
        y.fill(0);
        const z = Float32Array.of(6, 7);
        const handed = early.call.sum(z, { transfer: [z.buffer] });
        return { at, to, sums: [await sum, await waiting, await handed], left: z.length };
      });
      expect(seen.at).toEqual(Array.from({ length: 100 }, (_, i) => i));
      expect(seen.to).toBe(100);
      expect(seen.sums).toEqual([6, 9, 13]);
      expect(seen.left).toBe(0);
    });

    test('a signal reaches the function, also one that has fired before the call', async () => {
      const said = await page.evaluate(async () => {
        const controller = new AbortController();
        const late = window.api.call.forever(undefined, { signal: controller.signal });
        controller.abort(new Error('enough'));
        const early = window.api.call.forever(undefined, { signal: AbortSignal.abort() });
        return [await late, await early];
      });
      expect(said).toEqual(['Error: enough', 'AbortError: signal is aborted without reason']);
    });

    test('what another worker has is not sent to this one', async () => {
      const said = await page.evaluate(async () => {
        const other = window.gradus.connect<typeof api>(
          new Worker('/worker.js', { type: 'module' }),
        );
        const { weight } = await other.call.weight();
        const wrong = window.api.call.apply({ w: weight, x: Float32Array.of(1, 2) });
        return wrong.catch((error: Error) => error.message);
      });
      expect(said).toMatch(/RemoteTensor f32\[2, 2\] lies in another worker/);
    });
  });

  describe('training', () => {
    test('stops within one step, and the page is free meanwhile', async () => {
      const result = await page.evaluate(async () => {
        const controller = new AbortController();
        let stoppedAt = 0;
        const timers: number[] = [];
        const timer = setInterval(() => timers.push(performance.now()), 5);
        const onEvent = ({ step }: { step: number }): void => {
          if (step !== 10) return;
          stoppedAt = performance.timeOrigin + performance.now();
          controller.abort();
        };
        const options = { signal: controller.signal, onEvent };
        const { stopped, steps } = await window.api.call.train({ width: 2048 }, options);
        clearInterval(timer);
        const times = await window.api.call.times();
        return { stopped, steps, stoppedAt, times, ticks: timers.length };
      });
      expect(result.stopped).toBe('signal');
      expect(result.times).toHaveLength(result.steps);
      // The step in progress ends, and one may begin while the message is on its way.
      expect(result.times.filter((t) => t > result.stoppedAt).length).toBeLessThanOrEqual(2);
      expect(result.ticks).toBeGreaterThan(5);
    });

    test('a worker that is ended from outside, or by itself, leaves no call pending', async () => {
      const said = await page.evaluate(async () => {
        const lost: string[] = [];
        const make = (): [Worker, Client<typeof api>] => {
          const worker = new Worker('/worker.js', { type: 'module' });
          const onLost = (error: Error): void => void lost.push(error.name);
          return [worker, window.gradus.connect<typeof api>(worker, { onLost })];
        };
        const [worker, killed] = make();
        const { weight } = await killed.call.weight();
        const training = killed.call.train({ width: 512 }, { onEvent: () => worker.terminate() });
        const first = await training.catch((error: Error) => error);
        const after = await weight.data().catch((error: Error) => error);
        const [, closing] = make();
        const second = await closing.call.close().catch((error: Error) => error);
        const [, closed] = make();
        const third = closed.call.forever().catch((error: Error) => error);
        closed.close();
        const name = (error: unknown): string =>
          `${(error as Error).name}: ${(error as Error).message}`;
        return { lost, said: [first, after, second, await third].map(name) };
      });
      expect(said.said[0]).toMatch(/^WorkerLostError: connect: the worker has ended/);
      expect(said.said[1]).toBe(said.said[0]);
      expect(said.said[2]).toBe(said.said[0]);
      expect(said.said[3]).toMatch(/^WorkerLostError: connect: the client has been closed/);
      // One that is closed on purpose is not lost.
      expect(said.lost).toEqual(['WorkerLostError', 'WorkerLostError']);
    });
  });

  describe('a worker that does not start', () => {
    const attempt = (script: string, timeout: number): Promise<string> =>
      page.evaluate(
        async ([path, ms]) => {
          const worker = new Worker(path, { type: 'module' });
          const client = window.gradus.connect<typeof api>(worker, { timeout: ms });
          const refused = client.ready.then(
            () => 'ready',
            (error: Error) => error.message,
          );
          const called = await client.call.sum(new Float32Array(1)).catch((e: Error) => e.message);
          return called === (await refused) ? called : 'two messages';
        },
        [script, timeout] as const,
      );

    test('its script is not there', async () => {
      expect(await attempt('/nowhere.js', 20_000)).toMatch(/cannot be started: its script is not/);
    });
    test('its script throws', async () => {
      expect(await attempt('/broken.js', 20_000)).toMatch(/cannot be started: .*no such thing/);
    });
    test('its script exposes nothing', async () => {
      expect(await attempt('/silent.js', 300)).toMatch(/within 0.3 s; does its script call expose/);
    });
    test('a timeout that is none', async () => {
      expect(
        await page.evaluate(() => {
          try {
            window.gradus.connect(window.worker, { timeout: -1 });
            return 'no error';
          } catch (error) {
            return (error as Error).message;
          }
        }),
      ).toMatch(/timeout is -1/);
    });
  });

  test('a worker of one’s own does without a client', async () => {
    const [w, b] = await page.evaluate(async () => {
      const own = new Worker('/own.js', { type: 'module' });
      const answer = new Promise<number[]>((resolve) => {
        own.addEventListener('message', ({ data }: MessageEvent<number[]>) => resolve(data));
      });
      own.postMessage(200);
      return answer;
    });
    expect(w).toBeCloseTo(2, 3);
    expect(b).toBeCloseTo(1, 3);
  });

  describe('where it runs', () => {
    test('an isolated page has threads', async () => {
      const where = await page.evaluate(async () => {
        return { ...(await window.api.call.where()), cores: navigator.hardwareConcurrency };
      });
      expect(where.threads).toBe(where.cores);
      expect(where.explained).not.toContain('one thread');
    });

    test('a page that is not isolated has one, and explain() says why', async () => {
      const texts = { '/': pageOf('/page.js'), '/page.js': await bundle('page.ts') };
      const worker = await bundle('client-worker.ts');
      const plain = await serve({ texts: { ...texts, '/worker.js': worker } });
      const other = await openPage(browser(), plain.url);
      await connected(other);
      const { explained } = await other.evaluate(() => window.api.call.where());
      expect(explained).toMatch(/one thread: the page is not cross-origin isolated/);
      await plain.close();
    });

    test('a page whose policy forbids WebAssembly is told what to allow', async () => {
      const other = await openPage(browser(), strict.url);
      await connected(other);
      const said = await other.evaluate(() =>
        window.api.call.where().catch((e: Error) => e.message),
      );
      expect(said).toMatch(/add 'wasm-unsafe-eval' to its script-src/);
    });
  });
});
