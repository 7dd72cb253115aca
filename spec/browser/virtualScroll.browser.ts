import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OpenPage, openPage } from './openPage.js';

let page: OpenPage;
beforeAll(async () => {
  page = await openPage({ 'virtualScroll.js': 'spec/browser/pages/virtualScroll.ts' });
});
afterAll(() => page.close());

interface Seen {
  readonly drawn: number;
  readonly first: string;
  readonly last: string;
}

/** Scrolls, and waits until a row is there. */
async function scrollTo(row: number, last: string): Promise<Seen> {
  await page.call('scrollTo', row);
  await page.page.waitForFunction(`script.seen().last === '${last}'`);
  await page.page.evaluate('new Promise(requestAnimationFrame)');
  return page.call<Seen>('seen');
}

describe("a demandList in the CDK's virtual scroll", () => {
  it('draws from the source what is rendered and five rows ahead, each once, and releases it with the page', async () => {
    await page.call('open');
    // Five rows fill the box; the scroll renders up to 120 pixels more, three rows, before it or behind it.
    expect(await scrollTo(0, 'row 7')).toEqual({ drawn: 8 + 5, first: 'row 0', last: 'row 7' });
    expect(await scrollTo(8, 'row 15')).toEqual({ drawn: 16 + 5, first: 'row 6', last: 'row 15' });
    expect(await scrollTo(12, 'row 19')).toEqual({ drawn: 20 + 5, first: 'row 10', last: 'row 19' });
    expect(await scrollTo(0, 'row 6')).toEqual({ drawn: 20 + 5, first: 'row 0', last: 'row 6' });
    expect(await page.call('close')).toBe(true);
  });
});
