import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OpenPage, openPage } from './openPage.js';

let page: OpenPage;
beforeAll(async () => {
  page = await openPage({ 'viewport.js': 'spec/browser/pages/viewport.ts' });
});
afterAll(() => page.close());

describe('perFrame', () => {
  it('takes at most max values an animation frame, and no more are made', async () => {
    const { taken, made } = await page.call<{ taken: number; made: number }>('takePerFrame', 3, 10);
    expect(made).toBe(taken);
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThanOrEqual(30);
  });
});

describe('requestsFromViewport', () => {
  it('fills the list, asks for more when it is scrolled to its end, and never for a row before the last has come', async () => {
    const { filled, scrolled, most } = await page.call<{ filled: number; scrolled: number; most: number }>(
      'scrollThrough',
    );
    // Five rows fill it to the pixel, where its end still touches it.
    expect(filled).toBe(6);
    expect(scrolled).toBe(7);
    expect(most).toBe(1);
  });
});

describe('pausedWhileHidden', () => {
  it('stops the source while the page is hidden, and lets it go on', async () => {
    const [before = 0, hidden = 0, after = 0] = await page.call<number[]>('drawnWhileHidden');
    expect(before).toBeGreaterThan(0);
    expect(hidden).toBe(before);
    expect(after).toBeGreaterThan(hidden);
  });
});
