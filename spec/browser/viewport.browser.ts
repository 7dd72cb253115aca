import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { type Browser, launch } from './launch.js';
import { type Site, serveScripts } from './serveScripts.js';

let browser: Browser;
let site: Site;
let page: Page;

beforeAll(async () => {
  site = await serveScripts({ 'viewport.js': 'spec/browser/pages/viewport.ts' });
  browser = await launch();
  page = await browser.context.newPage();
  await page.goto(site.url);
  await page.addScriptTag({ url: 'viewport.js' });
});

afterAll(async () => {
  await browser.close();
  await site.close();
});

describe('perFrame', () => {
  it('takes at most max values an animation frame, and no more are made', async () => {
    const { taken, made } = await page.evaluate<{ taken: number; made: number }>(
      'script.takePerFrame(3, 10)',
    );
    expect(made).toBe(taken);
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThanOrEqual(30);
  });
});
