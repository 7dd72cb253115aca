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
    // A browser whose ports have an event for it says the second.
    ['terminate', /^true (the other side is gone|the port was closed)$/],
    ['close', /^true (the other side is gone|the port was closed)$/],
    ['fail', /^true the worker failed: Uncaught Error: out of order$/],
    ['gone', /^true the worker failed: undefined$/],
  ] as const)('that dies ends the stream with a named error: %s', async (how, ending) => {
    expect(await page.call('endingOf', how)).toMatch(ending);
  });

  it.each([
    ['page', 'true the port was closed, released'],
    ['worker', 'true the other side has stopped serving, released'],
  ] as const)(
    'whose port is closed by hand in the %s ends the stream with a named error',
    async (where, ending) => {
      expect(await page.call('endingOfClosedPort', where)).toBe(ending);
    },
  );

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
