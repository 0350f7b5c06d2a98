/** Debian's Chromium, driven by Playwright; where there is none, the tests are skipped. */
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { findChromium } from '../../scripts/chromium.mjs';

export type { Page } from 'playwright-core';

const path = process.env['GRADUS_BROWSER'] === '0' ? undefined : findChromium();

/** `describe`, with a browser that is started before and closed after; skipped where there is none. */
export function describeInChromium(
  name: string,
  tests: (browser: () => Browser) => void,
  flags: readonly string[] = [],
): void {
  describe.skipIf(path === undefined)(`in Chromium: ${name}`, () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      // Root has no sandbox; the pages are the tests' own.
      const args = ['--no-sandbox', ...flags];
      browser = await chromium.launch({ executablePath: path!, args });
    }, 120_000);
    afterAll(() => browser?.close());
    tests(() => browser!);
  });
}

/** A page of a context of its own; what it prints as an error or throws is an error of the test. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`page: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') console.error(`page: ${message.text()}`);
  });
  await page.goto(url);
  return page;
}

/** What `run` gives in a page of a window that is minimized. */
export async function evaluateHidden<R>(
  browser: Browser,
  url: string,
  run: () => Promise<R>,
): Promise<R> {
  // Not by Playwright's own means, with which every page believes that it is seen.
  const session = await browser.newBrowserCDPSession();
  const { targetId } = await session.send('Target.createTarget', {
    url,
    newWindow: true,
    windowState: 'minimized',
  });
  const { sessionId } = await session.send('Target.attachToTarget', { targetId });
  let last = 0;
  const evaluate = (expression: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++last;
      session.on('Target.receivedMessageFromTarget', ({ message }) => {
        const answer = JSON.parse(message) as Answer;
        if (answer.id !== id) return;
        const { exceptionDetails, result } = answer.result;
        if (exceptionDetails) reject(new Error(exceptionDetails.exception?.description));
        else resolve(result.value);
      });
      const params = { expression, awaitPromise: true, returnByValue: true };
      const message = JSON.stringify({ id, method: 'Runtime.evaluate', params });
      session.send('Target.sendMessageToTarget', { sessionId, message }).catch(reject);
    });
  while ((await evaluate('document.readyState')) !== 'complete') {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const result = await evaluate(`(${run.toString()})()`);
  await session.send('Target.closeTarget', { targetId });
  return result as R;
}

interface Answer {
  readonly id: number;
  readonly result: {
    readonly result: { readonly value: unknown };
    readonly exceptionDetails?: { readonly exception?: { readonly description: string } };
  };
}
