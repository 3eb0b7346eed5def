import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeReport } from '../../src/report/writeReport.ts';
import { writeFakeRun } from '../support/fakeRun.ts';
import { writeFakeTransitions } from '../support/fakeTransitions.ts';

const EXECUTABLE = '/usr/bin/chromium';
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
];

const absent = !existsSync(EXECUTABLE) && !process.env.CI;
if (absent) console.log(`skipped: no browser at ${EXECUTABLE}, so the report is not looked at`);

describe.skipIf(absent)('the report in a browser', () => {
  const root = mkdtempSync(join(tmpdir(), 'report-browser-'));
  const run = join(root, 'run');
  const trouble: string[] = [];
  const requests: string[] = [];
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    writeFakeRun(run, { repeats: 3, steps: 8000 });
    writeFakeTransitions(run, 16_000, { hops: 5 });
    const url = pathToFileURL(await writeReport(run)).href;
    browser = await chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS });
    page = await browser.newPage({ viewport: { width: 1280, height: 860 }, reducedMotion: 'reduce' });
    page.on('pageerror', (error) => trouble.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') trouble.push(message.text());
    });
    page.on('request', (request) => {
      if (request.url() !== url && !request.url().startsWith('data:')) requests.push(request.url());
    });
    await page.goto(url);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(root, { recursive: true });
  });

  /** How many different colours the drawn structure has: a screenshot is read back, as WebGL keeps no pixels. */
  async function coloursOnCanvas(id = 'canvas'): Promise<number> {
    const shot = (await page.locator(`#${id}`).screenshot()).toString('base64');
    return await page.evaluate(`(async () => {
      const image = new Image();
      image.src = 'data:image/png;base64,${shot}';
      await image.decode();
      const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
      return new Set(new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer)).size;
    })()`);
  }

  test('every figure has a size and stays inside the page', async () => {
    const boxes = await page.locator('figure.plot svg').evaluateAll((all) =>
      all.map((svg) => {
        const { width, height, right } = (
          svg as unknown as { getBoundingClientRect(): { width: number; height: number; right: number } }
        ).getBoundingClientRect();
        return { width, height, right };
      }),
    );
    expect(boxes.length).toBeGreaterThanOrEqual(10);
    for (const { width, height, right } of boxes) {
      expect(width).toBeGreaterThan(200);
      expect(height).toBeGreaterThan(80);
      expect(right).toBeLessThanOrEqual(1280);
    }
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(1280);
  });

  test('the viewer starts only when it comes into sight, and paints', async () => {
    expect(await page.evaluate('typeof window.$3Dmol')).toBe('undefined');
    await page.locator('#viewer').scrollIntoViewIfNeeded();
    await page.locator('#canvas[data-scene="1-patch-1"]').waitFor();
    expect(await coloursOnCanvas()).toBeGreaterThan(100);
  });

  test('a click on a pause shows its environment and what is known of it', async () => {
    await page.locator('#pause-5').click();
    await page.locator('#canvas[data-scene="5-patch-1"]').waitFor();
    expect(await page.locator('#pause-5').getAttribute('class')).toContain('on');
    const facts = page.locator('#viewer .facts:visible');
    expect(await facts.count()).toBe(1);
    expect(await facts.textContent()).toContain('core forces differ by 0.21 eV/Å');
    expect(await page.locator('#pick').inputValue()).toBe('5');
  });

  test('a pause marked in a figure leads there too', async () => {
    await page.locator('#figure-timeline a[href="#pause-3"]').first().click();
    await page.locator('#canvas[data-scene="3-patch-1"]').waitFor();
  });

  test('one can step on, see the whole system, and hide what is known', async () => {
    await page.locator('#next').click();
    await page.locator('#canvas[data-scene="4-patch-1"]').waitFor();
    await page.getByRole('button', { name: 'whole system' }).click();
    await page.locator('#canvas[data-scene="4-frame"]').waitFor();
    expect(await page.locator('#hint').textContent()).toContain('108 atoms');
    await page.locator('#least').fill('0.5');
    expect(Number(await page.locator('#least-value').textContent())).toBeGreaterThan(3);
    expect(await coloursOnCanvas()).toBeGreaterThan(20);
  });

  test('an event is shown before, at and after its saddle, in one view', async () => {
    await page.locator('#class-3').click();
    const canvas = page.locator('#event-canvas');
    await page.locator('#event-canvas[data-scene="class-3-initial"]').waitFor();
    const before = (await canvas.screenshot()).toString('base64');
    const view = page.locator('#event-viewer');
    for (const [name, stage] of [
      ['saddle', 'saddle'],
      ['after', 'final'],
    ]) {
      await view.getByRole('button', { name }).click();
      await page.locator(`#event-canvas[data-scene="class-3-${stage}"]`).waitFor();
      expect(await coloursOnCanvas('event-canvas')).toBeGreaterThan(100);
    }
    expect((await canvas.screenshot()).toString('base64')).not.toBe(before);
    const facts = page.locator('#event-viewer .facts:visible');
    expect(await facts.count()).toBe(1);
    expect(await facts.textContent()).toContain('0.920 eV, without a bar');
    expect(await page.locator('#event-hint').textContent()).toContain('the large blue ones move');
    expect(await page.locator('#canvas').getAttribute('data-scene')).toMatch(/^4-/); // the other view stays
  });

  test('an event marked in the timeline leads there too', async () => {
    await page.locator('#figure-event-timeline a[href="#class-1"]').first().click();
    await page.locator('#event-canvas[data-scene="class-1-initial"]').waitFor();
  });

  test('a dark page has light ink', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    const fill = await page.evaluate("getComputedStyle(document.querySelector('figure.plot svg text')).fill");
    expect(fill).toMatch(/^rgb\([12]\d\d/);
    await page.emulateMedia({ colorScheme: 'light' });
  });

  test('nothing was asked of any server, nothing went wrong', () => {
    expect(requests).toEqual([]);
    expect(trouble).toEqual([]);
  });
});
