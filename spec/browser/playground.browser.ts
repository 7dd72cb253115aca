/** The playground as a person sees it: every strategy under a feed of 100,000 items a second, and its looks. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { CDPSession, Page } from 'playwright-core';
import { type Browser, launch } from './launch.js';

const ROOT = join(__dirname, '../..');
const PICTURES = join(ROOT, 'artifacts/playground');
const AXE = readFileSync(join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8');

const FEED_MS = 5_000;
const MOST_BLOCKED_MS = 200;
/** Of each second, in ms of the processor: 60 frames need the other half for what is around it. */
const MOST_BUSY_MS = 500;
const STRATEGIES = [
  'prefetch',
  'controlledRequest',
  'losslessPause',
  'bufferWithCount',
  'rateLimit',
  'dropLatest',
  'dropOldest',
  'keepLatest',
  'lossyPause',
  'conflate',
  'conflateByKey',
  'batchWhileBusy',
  'boundedBuffer',
];
/** Where the server makes what is asked for, nothing can be dropped. */
const WAITING = STRATEGIES.slice(0, 5);

let server: ChildProcess;
let browser: Browser;
let page: Page;
let devtools: CDPSession;
/** What each strategy was seen to do, kept with the pictures. */
const figures: { strategy: string; busy: number; longest: number; frames: number[] }[] = [];
/** What the page has complained about. */
const complaints: string[] = [];

jest.setTimeout(240_000);

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  server = spawn(process.execPath, ['--import', 'tsx', 'examples/playground/main.ts', '--port', '0'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await printedUrl(server);
  browser = await launch();
  page = await browser.context.newPage();
  page.on('console', (message) => {
    if (message.type() !== 'log') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.addInitScript(`
    globalThis.blocked = [];
    new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => blocked.push(duration)))
      .observe({ type: 'longtask' });
    globalThis.counted = [];
    setInterval(() => counted.push(Number(document.querySelector('[data-fps]')?.textContent)), 500);
  `);
  devtools = await browser.context.newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.goto(url);
  await page.locator('[data-count=arrived]').waitFor();
});

afterAll(async () => {
  await browser?.close();
  server.kill('SIGINT');
});

async function printedUrl({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('it does not print');
  for await (const line of createInterface({ input: stdout })) {
    const [url] = /http:\S+/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error('it has ended before it printed where it is');
}

async function count(name: string, column = 'count'): Promise<number> {
  return Number((await page.locator(`[data-${column}=${name}]`).innerText()).replaceAll(',', ''));
}

/** Waits, frame by frame, until a counter is as wanted. */
async function becomes(name: string, wanted: (n: number) => boolean, column = 'count'): Promise<void> {
  for (const since = Date.now(); !wanted(await count(name, column)); ) {
    if (Date.now() - since > 20_000) throw new Error(`${name} stays ${await count(name, column)}`);
    await page.evaluate('new Promise(requestAnimationFrame)');
  }
}

/** The longest task since the last time, in ms. */
function longestTask(): Promise<number> {
  return page.evaluate('Math.max(0, ...blocked.splice(0))');
}

/** What the page's counter of frames has said since the last time. */
function framesCounted(): Promise<number[]> {
  return page.evaluate('counted.splice(0)');
}

/** How long the page has been at work until now, in ms of the processor: what other processes take of it is not in it. */
async function worked(): Promise<number> {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
}

const choose = (strategy: string) => page.locator(`input[value=${strategy}]`).check();

describe('the playground', () => {
  it('shows every strategy that there is', async () => {
    const shown = await page
      .locator('input[name=strategy]')
      .evaluateAll((all) => all.map((it) => it.getAttribute('value')));
    expect(shown).toEqual(STRATEGIES);
  });

  describe('with demand, under 100,000 items a second', () => {
    beforeAll(async () => {
      await page.getByLabel('Plain RxJS beside it').uncheck();
      await page.locator('#rate').fill('15');
    });

    it.each(STRATEGIES)(
      '%s leaves the page the time for 60 frames a second, and its counters add up',
      async (strategy) => {
        await choose(strategy);
        await page.locator('rb-code', { hasText: `${strategy}(` }).waitFor();
        // What the strategy says about itself stands above the diagram.
        expect(await page.locator('rb-code').innerText()).not.toContain('says =');
        await longestTask();
        await framesCounted();
        const before = await worked();
        if (strategy === 'controlledRequest') {
          await page.getByRole('button', { name: 'Request 10' }).click();
        }
        // The feed is to last that long.
        await page.waitForTimeout(FEED_MS);
        const longest = await longestTask();
        const busy = ((await worked()) - before) / (FEED_MS / 1000);
        figures.push({ strategy, busy, longest, frames: await framesCounted() });
        expect(await count('delivered')).toBeGreaterThan(0);
        if (WAITING.includes(strategy)) {
          expect(await count('dropped')).toBe(0);
          expect(await count('waiting')).toBeLessThanOrEqual(16);
        } else if (strategy !== 'boundedBuffer') {
          expect(await count('arrived')).toBeGreaterThan(100_000);
        }
        // What has arrived was either delivered or dropped, once the feed gives the consumer the time: each of the three is
        // counted where it happens. An array that is not full yet waits.
        await page.locator('#rate').fill('0');
        await becomes('waiting', (n) => n >= 0 && n <= (strategy === 'bufferWithCount' ? 9 : 0));
        await page.locator('#rate').fill('15');
        expect(longest).toBeLessThan(MOST_BLOCKED_MS);
        expect(busy).toBeLessThan(MOST_BUSY_MS);
      },
    );

    it('says how many frames that makes', () => {
      writeFileSync(join(PICTURES, 'figures.json'), JSON.stringify(figures, null, 2));
      // Other processes keep the screen waiting, too, and the counter says so: not each of its figures can be 60.
      expect(Math.max(...figures.flatMap(({ frames }) => frames))).toBeGreaterThanOrEqual(59);
    });
  });

  it('is kept busy by plain RxJS beside it, which waits for what nobody asked for', async () => {
    await choose('keepLatest');
    await page.getByLabel('Plain RxJS beside it').check();
    await becomes('waiting', (n) => n > 10_000, 'plain');
    expect(await count('waiting')).toBeLessThanOrEqual(1);
    await page.locator('#rate').fill('6');
  });

  it('shows the files below its folder', async () => {
    await page.getByLabel('files').check();
    await becomes('delivered', (n) => n > 10);
    await page.getByLabel('generated').check();
  });

  it('is used with the keyboard alone', async () => {
    await page.locator('input[value=prefetch]').focus();
    await page.keyboard.press('ArrowDown');
    await page.locator('h2', { hasText: 'controlledRequest' }).waitFor();
    await page.locator('#delay').focus();
    await page.keyboard.press('Home');
    await page.locator('label[for=delay]', { hasText: ' 0 ms' }).waitFor();
    await page.locator('#delay').fill('4');
    await choose('dropOldest');
  });

  describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
    it.each([360, 768, 1440])('fits a page of %i px, and axe finds nothing', async (width) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.evaluate(AXE);
      const violations = await page.evaluate<string[]>(
        "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html)))",
      );
      await page.screenshot({ path: join(PICTURES, `${colorScheme}-${width}.png`), fullPage: true });
      expect(violations).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    });
  });

  it('has complained about nothing', () => {
    expect(complaints).toEqual([]);
  });

  it('ends when it is interrupted', async () => {
    server.kill('SIGINT');
    const [code] = await once(server, 'exit');
    expect(code).toBe(0);
  });
});
