import { describe, expect, it } from '@jest/globals';
import { type Observable, Subject, throwError } from 'rxjs';
import { DemandObservable, DemandSubscriber, pullFrom } from '../../src/index.js';
import { PortError, pullFromPort, serve } from '../../src/web/index.js';

const turns = async (n = 20) => {
  for (let i = 0; i < n; i++) await new Promise((resolve) => setImmediate(resolve));
};

function counter() {
  const source = {
    drawn: 0,
    released: 0,
    source$: new DemandObservable<number>((sink) => ({
      request: (n) => {
        for (let i = 0; i < n && !sink.closed; i++) sink.next(source.drawn++);
      },
      unsubscribe: () => {
        source.released++;
      },
    })),
  };
  return source;
}

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
  await turns();
  return { got, subscriber, port1, port2 };
}

describe('serve and pullFromPort', () => {
  it('carry demand: no more is under way than was asked for', async () => {
    const source = counter();
    const { got, subscriber, port1 } = await over(source.source$, [2, 1]);
    expect([got, source.drawn]).toEqual([[0, 1, 2], 3]);
    subscriber.request(2);
    await turns();
    expect([got, source.drawn]).toEqual([[0, 1, 2, 3, 4], 5]);
    subscriber.unsubscribe();
    await turns();
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
    await turns();
    expect(got).toEqual([0, expect.objectContaining({ message: expect.stringContaining('1024') })]);
    port1.close();
  });

  it('transfer what they are told to', async () => {
    const { port1, port2 } = new MessageChannel();
    const bytes = new Uint8Array(8);
    serve(pullFrom([bytes]), port1, { transfer: (value) => [value.buffer] });
    const got: Uint8Array[] = [];
    pullFromPort<Uint8Array>(port2).subscribe((value) => got.push(value));
    await turns();
    expect([got[0]?.length, bytes.length]).toEqual([8, 0]);
    port1.close();
  });

  it('end with a named error when the port is closed, and release the source', async () => {
    const source = counter();
    const { got, port1 } = await over(source.source$, [1]);
    port1.close();
    await turns();
    expect(got).toEqual([0, expect.any(PortError)]);
    expect(source.released).toBe(1);
  });

  it('end with a named error for a message of somebody else', async () => {
    for (const message of ['text', null, {}, { next: 1, request: 1 }]) {
      const { port1, port2 } = new MessageChannel();
      const got: unknown[] = [];
      pullFromPort(port2).subscribe({ next: (value) => got.push(value), error: (error) => got.push(error) });
      port1.postMessage(message);
      await turns();
      expect(got).toEqual([
        message !== null && typeof message === 'object' && 'next' in message ? 1 : expect.any(PortError),
      ]);
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
    await turns();
    expect(answers).toEqual([{ next: 0 }, { error: expect.objectContaining({ name: 'RangeError' }) }]);
    expect(source.released).toBe(1);
    port1.close();
  });
});
