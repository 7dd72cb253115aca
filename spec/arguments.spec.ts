/** What is no Observable and no function is refused where it is written, by name: not when the first value meets it. */
import { Writable } from 'node:stream';
import { expect, it } from '@jest/globals';
import * as main from '../src/index.js';
import * as node from '../src/node/index.js';
import * as web from '../src/web/index.js';

const none = undefined as never;
const wrong = 'no such thing' as never;

it.each<[string, () => unknown, string]>([
  ['losslessPause', () => main.losslessPause(none), 'paused$ must be an Observable, got undefined'],
  ['lossyPause', () => main.lossyPause(wrong), "paused$ must be an Observable, got 'no such thing'"],
  ['controlledRequest', () => main.controlledRequest(none), 'requests$ must be an Observable'],
  ['forEachWithDemand', () => main.forEachWithDemand(none, () => {}), 'source$ must be an Observable'],
  ['toAsyncIterable', () => main.toAsyncIterable(none), 'source$ must be an Observable'],
  ['toPublisher', () => main.toPublisher(wrong), 'source$ must be an Observable'],
  ['writeTo', () => node.writeTo(none, new Writable()), 'source$ must be an Observable'],
  ['toReadable', () => node.toReadable(wrong), 'source$ must be an Observable'],
  ['toReadableStream', () => web.toReadableStream(none), 'source$ must be an Observable'],
  ['serve', () => web.serve(none, new MessageChannel().port1), 'source$ must be an Observable'],
  [
    'limitConcurrency',
    () => main.limitConcurrency(none, async () => {}),
    'semaphore.acquire must be a function',
  ],
  ['dropOldest', () => main.dropOldest({ capacity: 1, onDrop: wrong }), 'onDrop must be a function'],
  ['prefetch', () => main.prefetch(1, none, { onDrop: wrong }), 'onDrop must be a function'],
  [
    'boundedBuffer',
    () => main.boundedBuffer({} as never),
    'capacity must be an integer of at least 0 or Infinity',
  ],
  ['conflateByKey', () => main.conflateByKey((n) => n, { merge: wrong }), 'merge must be a function'],
  ['tapDemand', () => main.tapDemand({ unsubscribe: wrong }), 'unsubscribe must be a function'],
  [
    'adaptiveDemand',
    () => main.adaptiveDemand({ min: 1, max: 2, onLimit: wrong }),
    'onLimit must be a function',
  ],
  [
    'adaptiveDemand',
    () => main.adaptiveDemand({ min: 1, max: 2, clock: wrong }),
    'clock.now must be a function, got undefined',
  ],
  ['windowWithCount', () => main.windowWithCount(1, { onDrop: wrong }), 'onDrop must be a function'],
  [
    'conflate',
    () => main.conflate((a: number, b: number) => a + b, undefined, { onDrop: wrong }),
    'onDrop must be a function',
  ],
  ['shareWithDemand', () => main.shareWithDemand({ onDrop: wrong }), 'onDrop must be a function'],
  ['shareWithDemand', () => main.shareWithDemand({ errors: wrong }), 'errors must be one of last, first'],
  ['shareAs', () => main.shareAs('fastest', { onDrop: wrong }), 'onDrop must be a function'],
  ['shareAs', () => main.shareAs(wrong), 'policy must be one of slowest, fastest'],
  ['monitor', () => main.monitor(none), "the type of name must be one of string, got 'undefined'"],
])('%s says what is wrong', (name, call, says) => {
  expect(call).toThrow(
    expect.objectContaining({ name: 'TypeError', message: expect.stringContaining(`${name}: ${says}`) }),
  );
});

it('web writeTo says what is wrong, and leaves the stream free', () => {
  const writable = new WritableStream();
  expect(() => web.writeTo(none, writable)).toThrow('source$ must be an Observable');
  expect(writable.locked).toBe(false);
});
