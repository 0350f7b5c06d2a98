/** The example in a real browser: training, drawing by mouse, touch and keyboard, two languages. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildPage } from '../../scripts/build-page.mjs';
import { ISOLATION, POLICY, serve, type PageServer } from '../../scripts/serve.mjs';
import { WasmDevice } from '../../src/index.js';
import { setDevice } from '../../src/tensor/index.js';
import { classify, readModel } from '../../src/train/index.js';
import { describeInChromium, openPage, type Page } from './chromium.js';

/** With this variable, the screenshot in the docs is made anew. */
const SCREENSHOT = process.env['GRADUS_SCREENSHOT'] === '1';

const root = fileURLToPath(new URL('../..', import.meta.url));

describeInChromium('the example', (browser) => {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-example-'));
  let server: PageServer;
  let page: Page;
  beforeAll(async () => {
    await buildPage(join(root, 'examples/browser-digits'), folder);
    server = await serve({ folders: { '/': folder }, headers: { ...ISOLATION, ...POLICY } });
    page = await openPage(browser(), `${server.url}/`, { locale: 'en-GB' });
    await page.getByRole('button', { name: 'Train', disabled: false }).waitFor();
  }, 120_000);
  afterAll(async () => {
    await server?.close();
    rmSync(folder, { recursive: true });
  });

  /** Draws through points of 0 … 1 with the pointer. */
  async function draw(points: readonly (readonly [number, number])[]): Promise<void> {
    const box = (await page.locator('#canvas').boundingBox())!;
    const at = ([x, y]: readonly [number, number]) =>
      [box.x + x * box.width, box.y + y * box.height] as const;
    await page.mouse.move(...at(points[0]!));
    await page.mouse.down();
    for (const point of points.slice(1)) await page.mouse.move(...at(point), { steps: 8 });
    await page.mouse.up();
  }

  const status = (): Promise<string | null> => page.locator('#status').textContent();
  const guess = (): Promise<string | null> => page.locator('#guess').textContent();

  test('trains, shows it, and stops', async () => {
    expect(await page.locator('#where').textContent()).toMatch(/^Runs on wasm.*threads/);
    await page.getByRole('button', { name: 'Train' }).click();
    await expect.poll(status, { timeout: 60_000 }).toMatch(/^loss \d\.\d+, [\d,.]+ digits per s/);
    const epoch = SCREENSHOT ? 10 : 3;
    await expect
      .poll(() => page.locator('#progress').evaluate((of: HTMLProgressElement) => of.value), {
        timeout: 120_000,
      })
      .toBeGreaterThanOrEqual(epoch / 10);
    if (!SCREENSHOT) {
      await page.getByRole('button', { name: 'Stop' }).click();
      await expect.poll(status).toBe('Stopped after the step in progress.');
    }
    await page.getByRole('button', { name: 'Train on' }).waitFor();
    expect(await page.locator('#chart svg path').count()).toBeGreaterThan(2);
    // Of ten digits that it has not seen, most are right.
    expect(await page.locator('#samples figcaption.wrong').count()).toBeLessThanOrEqual(2);
  }, 180_000);

  test('guesses what is drawn with a mouse', async () => {
    await page.getByRole('button', { name: 'Clear' }).click();
    expect(await guess()).toBe('');
    await draw([
      [0.3, 0.25],
      [0.7, 0.25],
      [0.45, 0.85],
    ]);
    await expect.poll(guess).toBe('This looks like a 7.');
    const sum = await page
      .locator('#probabilities meter')
      .evaluateAll((all) => all.reduce((s, meter) => s + (meter as HTMLMeterElement).value, 0));
    expect(sum).toBeCloseTo(1, 4);
    if (SCREENSHOT) {
      await page.evaluate(() => scrollTo(0, 0));
      await page.screenshot({ path: join(root, 'docs/browser-digits.png'), fullPage: true });
    }
  });

  test('guesses what is drawn by keyboard', async () => {
    await page.locator('#canvas').focus();
    await page.keyboard.press('Delete');
    await expect.poll(guess).toBe('');
    await page.keyboard.press(' ');
    for (let i = 0; i < 20; i++) await page.keyboard.press('ArrowDown');
    await expect.poll(guess).toBe('This looks like a 1.');
    // With the pen up nothing is drawn.
    const drawn = (): Promise<string> =>
      page.locator('#canvas').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    const before = await drawn();
    await page.keyboard.press(' ');
    await page.keyboard.press('ArrowLeft');
    expect(await drawn()).toBe(before);
  });

  test('speaks Chinese, and remembers it', async () => {
    await page.getByRole('button', { name: '中文' }).click();
    expect(await guess()).toBe('看起来是 1。');
    expect(await page.locator('html').getAttribute('lang')).toBe('zh');
    await page.getByRole('button', { name: 'English' }).click();
    expect(await guess()).toBe('This looks like a 1.');
  });

  test('saves a model that Node reads', async () => {
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save model' }).click();
    const bytes = readFileSync(await (await saved).path());
    setDevice(new WasmDevice());
    const loaded = readModel(bytes);
    const values = new Uint8Array(784);
    for (let row = 4; row < 24; row++) values.fill(255, 28 * row + 13, 28 * row + 16);
    const { labels } = classify(loaded, { dtype: 'u8', shape: [28, 28], values });
    expect([...labels]).toEqual([1]);
  });

  test('works by touch on a phone, in the dark', async () => {
    const phone = await openPage(browser(), `${server.url}/`, {
      locale: 'zh-CN',
      hasTouch: true,
      isMobile: true,
      viewport: { width: 390, height: 844 },
      colorScheme: 'dark',
    });
    await phone.getByRole('button', { name: '开始训练', disabled: false }).waitFor();
    // Nothing is wider than the screen.
    const widths = await phone.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    expect(widths[0]).toBe(widths[1]);
    await phone.locator('#canvas').scrollIntoViewIfNeeded();
    const box = (await phone.locator('#canvas').boundingBox())!;
    await phone.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
    await expect.poll(() => phone.locator('#guess').textContent()).toMatch(/^看起来是 \d。$/);
    if (SCREENSHOT) {
      await phone.screenshot({ path: join(tmpdir(), 'browser-digits-phone.png'), fullPage: true });
    }
    await phone.context().close();
  });
});
