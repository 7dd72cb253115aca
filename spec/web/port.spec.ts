import { describe, expect, it } from '@jest/globals';
import { defer, EMPTY, mergeMap, NEVER, type Observable, Subject, throwError } from 'rxjs';
import { DemandSubscriber, forEachWithDemand, pullFrom } from '../../src/index.js';
import { PortError, pullFromPort, serve } from '../../src/web/index.js';
import { counter, turns } from '../boundary.js';

/** What a stream over a channel delivers, until the ports are closed. */
async function over<T>(source$: Observable<T>, requests: readonly number[]) {
  const { port1, port2 } = new MessageChannel();
  serve(source$, port1);
  const got: unknown[] = [];
  const subscriber = new DemandSubscriber<T>({
    next: (value) => got.push(value),
    error: (error) => got.push(error),
    complete: () => got.push('|'),
  });
  pullFromPort<T>(port2).subscribe(subscriber);
  for (const n of requests) subscriber.request(n);
  await turns(20);
  return { got, subscriber, port1, port2 };
}

describe('serve and pullFromPort', () => {
  it('carry demand: no more is under way than was asked for', async () => {
    const source = counter();
    const { got, subscriber, port1 } = await over(source.source$, [2, 1]);
    expect([got, source.drawn]).toEqual([[0, 1, 2], 3]);
    subscriber.request(2);
    await turns(20);
    expect([got, source.drawn]).toEqual([[0, 1, 2, 3, 4], 5]);
    subscriber.unsubscribe();
    await turns(20);
    expect(source.released).toBe(1);
    port1.close();
  });

  it('carry all of a stream and its completion, and unbounded demand', async () => {
    const { got, port1 } = await over(pullFrom([1, 2, 3]), [Infinity]);
    expect(got).toEqual([1, 2, 3, '|']);
    port1.close();
  });

  it('carry an error', async () => {
    const { got, port1 } = await over(
      throwError(() => new Error('source')),
      [],
    );
    expect(got).toEqual([expect.objectContaining({ message: 'source' })]);
    port1.close();
  });

  it('carry the message of an error that cannot be cloned', async () => {
    const { got, port1 } = await over(
      throwError(() => () => {}),
      [],
    );
    expect(got).toEqual([expect.objectContaining({ message: '() => { }' })]);
    port1.close();
  });

  it('end with the error of a value that cannot be sent', async () => {
    const { got, port1 } = await over(pullFrom([() => {}]), [1]);
    expect(got).toEqual([
      expect.objectContaining({ message: expect.stringContaining('could not be cloned') }),
    ]);
    port1.close();
  });

  it('end with an OverflowError for a source that cannot stop', async () => {
    const subject = new Subject<number>();
    const { got, port1 } = await over(subject, [1]);
    for (let i = 0; i < 1026; i++) subject.next(i);
    await turns(20);
    expect(got).toEqual([0, expect.objectContaining({ message: expect.stringContaining('1024') })]);
    port1.close();
  });

  it('transfer what they are told to', async () => {
    const { port1, port2 } = new MessageChannel();
    const bytes = new Uint8Array(8);
    serve(pullFrom([bytes]), port1, { transfer: (value) => [value.buffer] });
    const got: Uint8Array[] = [];
    pullFromPort<Uint8Array>(port2).subscribe((value) => got.push(value));
    await turns(20);
    expect([got[0]?.length, bytes.length]).toEqual([8, 0]);
    port1.close();
  });

  it.each(['serve', 'pullFromPort'] as const)(
    'end with a named error when the port is closed by hand on the side of %s, and release the source',
    async (side) => {
      const source = counter();
      const { got, port1, port2 } = await over(source.source$, [1]);
      (side === 'serve' ? port1 : port2).close();
      await turns(20);
      expect(got).toEqual([0, expect.any(PortError)]);
      expect(source.released).toBe(1);
    },
  );

  it('end with a named error where only the platform tells that the port is closed', async () => {
    const source = counter();
    const { got, port1 } = await over(source.source$, [1]);
    MessagePort.prototype.close.call(port1);
    await turns(20);
    expect(got).toEqual([0, expect.objectContaining({ name: 'PortError', message: 'the port was closed' })]);
    expect(source.released).toBe(1);
  });

  it('leave the port as it was', async () => {
    const { port1, port2 } = await over(pullFrom([1]), [2]);
    expect([port1.close, port2.close]).toEqual([MessagePort.prototype.close, MessagePort.prototype.close]);
    port1.close();
  });

  it('end with a named error for a message of somebody else, and release the source', async () => {
    for (const message of ['text', null, {}, { next: 1 }, { request: 1 }]) {
      const source = counter();
      const { port1, port2 } = new MessageChannel();
      serve(source.source$, port1);
      const got: unknown[] = [];
      const subscriber = new DemandSubscriber<number>({ error: (error) => got.push(error) });
      pullFromPort<number>(port2).subscribe(subscriber);
      await turns(20);
      port1.postMessage(message);
      await turns(20);
      expect(got).toEqual([expect.any(PortError)]);
      expect(source.released).toBe(1);
      port1.close();
    }
    const source = counter();
    const { port1, port2 } = new MessageChannel();
    serve(source.source$, port1);
    const answers: unknown[] = [];
    port2.addEventListener('message', (event) => answers.push('data' in event ? event.data : event));
    port2.start();
    port2.postMessage({ request: 1 });
    port2.postMessage({ request: -1 });
    await turns(20);
    expect(answers).toEqual([
      { next: 0 },
      { error: expect.objectContaining({ message: expect.stringContaining('-1') }), name: 'RangeError' },
    ]);
    expect(source.released).toBe(1);
    port1.close();
  });

  it('subscribe to the source when the other side subscribes, and carry an end that nobody asked for', async () => {
    const { port1, port2 } = new MessageChannel();
    let subscriptions = 0;
    serve(
      defer(() => {
        subscriptions++;
        return EMPTY;
      }),
      port1,
    );
    await turns(20);
    expect(subscriptions).toBe(0);
    const got: unknown[] = [];
    pullFromPort(port2).subscribe(new DemandSubscriber({ complete: () => got.push('|') }));
    await turns(20);
    expect([subscriptions, got]).toEqual([1, ['|']]);
    port1.close();
  });

  it('have no more than inFlight values under way, also where all are asked for', async () => {
    for (const inFlight of [1, 2, 16]) {
      const source = counter(200);
      const { port1, port2 } = new MessageChannel();
      serve(source.source$, port1);
      let came = 0;
      let most = 0;
      await new Promise<void>((resolve) => {
        pullFromPort<number>(port2, { inFlight }).subscribe({
          next: (value) => {
            expect(value).toBe(came++);
            most = Math.max(most, source.drawn - came);
          },
          complete: resolve,
        });
      });
      expect(came).toBe(200);
      expect(most).toBeLessThanOrEqual(inFlight);
      port1.close();
    }
    expect(() => pullFromPort(new MessageChannel().port1, { inFlight: 0 })).toThrow(RangeError);
  });

  it('ask for more as values are consumed, not as they arrive', async () => {
    const source = counter();
    const { port1, port2 } = new MessageChannel();
    serve(source.source$, port1);
    const work: (() => void)[] = [];
    let done = 0;
    const stopped = forEachWithDemand(
      pullFromPort<number>(port2).pipe(mergeMap(async (n) => n, 4)),
      async () => {
        await new Promise<void>((resolve) => work.push(resolve));
        done++;
      },
    ).catch(() => {});
    for (let i = 0; i < 30; i++) {
      await turns(20);
      expect(source.drawn - done).toBeLessThanOrEqual(17);
      work.shift()?.();
    }
    expect(done).toBeGreaterThan(20);
    port1.close();
    for (let i = 0; i < 40; i++) {
      await turns(2);
      work.shift()?.();
    }
    await stopped;
  });

  it('carry one stream: a second subscription is a named error, and disturbs nobody', async () => {
    const { port1, port2 } = new MessageChannel();
    serve(pullFrom([1, 2]), port1);
    const got: unknown[] = [];
    const stream$ = pullFromPort<number>(port2);
    stream$.subscribe({ next: (value) => got.push(value), complete: () => got.push('|') });
    stream$.subscribe({ error: (error) => got.push(error) });
    await turns(20);
    expect(got).toEqual([expect.any(PortError), 1, 2, '|']);
    port1.close();
  });

  it('tell the other side when this one stops serving', async () => {
    const { port1, port2 } = new MessageChannel();
    const subscription = serve(NEVER, port1);
    const got: unknown[] = [];
    pullFromPort(port2).subscribe({ error: (error) => got.push(error) });
    await turns(20);
    subscription.unsubscribe();
    await turns(20);
    expect(got).toEqual([
      expect.objectContaining({ name: 'PortError', message: 'the other side has stopped serving' }),
    ]);
    port1.close();
  });

  it('keep the name of an error, which cloning takes away', async () => {
    class HttpError extends Error {
      override readonly name = 'HttpError';
    }
    const { got, port1 } = await over(
      throwError(() => new HttpError('404')),
      [],
    );
    expect(got).toEqual([expect.objectContaining({ name: 'HttpError', message: '404' })]);
    port1.close();
  });
});
