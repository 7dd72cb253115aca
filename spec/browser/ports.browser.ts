import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OpenPage, openPage } from './openPage.js';

let page: OpenPage;
beforeAll(async () => {
  page = await openPage({
    'ports.js': 'spec/browser/pages/ports.ts',
    'feedingWorker.js': 'spec/browser/pages/feedingWorker.ts',
  });
});
afterAll(() => page.close());

describe('a fast web worker', () => {
  it('is never further ahead of a page that blocks than the window, whoever subscribes', async () => {
    for (const ahead of await page.call<number[]>('aheadOfBlockingPage', 8)) {
      expect(ahead).toBeLessThanOrEqual(8);
    }
  });

  it('is never further ahead of a page that stops than its prefetch', async () => {
    expect(await page.call('aheadOfStoppedPage', 5)).toEqual({ made: 5, came: 5 });
  });

  it.each([
    ['terminate', 'true the other side is gone'],
    ['close', 'true the other side is gone'],
    ['fail', 'true the worker failed: Uncaught Error: out of order'],
    ['gone', 'true the worker failed: undefined'],
  ] as const)('that dies ends the stream with a named error: %s', async (how, ending) => {
    expect(await page.call('endingOf', how)).toBe(ending);
  });

  it('that closes itself at the end of its stream has said all before', async () => {
    expect(await page.call('endingOfLastWords')).toBe('last words|');
  });
});

describe('a ReadableStream that is transferred to a web worker', () => {
  it('holds the source back there, and releases it when it is cancelled there', async () => {
    const { drawn, released } = await page.call<{ drawn: number; released: boolean }>('heldBackByWorker', 5);
    expect(drawn).toBeLessThanOrEqual(5 + 3);
    expect(released).toBe(true);
  });
});
