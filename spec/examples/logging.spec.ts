import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pino from 'pino';
import { Subject } from 'rxjs';
import { createLogger, transports } from 'winston';
import { toAngular, toConsole, toPino, toWinston } from '../../examples/logging/loggers.js';
import { boundedBuffer, DemandSubscriber, MonitorRegistry, monitor } from '../../src/index.js';
import { onPressure, type PressureEvent } from '../../src/metrics/index.js';

/** Fills a buffer, and lets `listener` hear of it. */
async function underPressure(listener: (event: PressureEvent) => void): Promise<void> {
  const registry = new MonitorRegistry();
  const hot$ = new Subject<number>();
  const consumer = new DemandSubscriber<number>();
  hot$.pipe(monitor('prices', { registry }), boundedBuffer({ capacity: 10 })).subscribe(consumer);
  const looks = onPressure(listener, { registry });
  for (let i = 0; i < 9; i++) hot$.next(i);
  await jest.advanceTimersByTimeAsync(1000);
  looks.unsubscribe();
  consumer.unsubscribe();
}

const message = 'prices: 90 % of the buffer is taken';
const event = { kind: 'filling', monitor: 'prices', fill: 0.9, waiting: 9, dropped: 0 };

describe('pressure in a log', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const lines: string[] = [];
  const sink = () => {
    lines.length = 0;
    return new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
  };

  it.each([
    ['the console', toConsole],
    ['an Angular service', toAngular],
  ])('of %s', async (_title, to) => {
    const log = { info: jest.fn(), warn: jest.fn(), error: jest.fn() };
    await underPressure(to(log));
    expect(log.warn.mock.calls).toEqual([[message, expect.objectContaining(event)]]);
  });

  it('of pino', async () => {
    await underPressure(toPino(pino(sink())));
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 40, msg: message, ...event }]);
  });

  it('of winston', async () => {
    const stream = sink();
    await underPressure(toWinston(createLogger({ transports: [new transports.Stream({ stream })] })));
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 'warn', message, ...event }]);
  });
});
