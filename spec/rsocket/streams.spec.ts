import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EMPTY, firstValueFrom, map, NEVER, of, retry, Subject, take, throwError, toArray } from 'rxjs';
import { pullFrom } from '../../src/index.js';
import { decodeFrame } from '../../src/rsocket/decodeFrame.js';
import {
  binaryCodec,
  connectRSocket,
  jsonCodec,
  RSocketError,
  RSocketErrorCode,
  routeMetadata,
} from '../../src/rsocket/index.js';
import { consumer, counter, joined, rawPeer } from './peers.js';
import { MemorySocket } from './socketPair.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('a stream over RSocket', () => {
  it('carries demand one to one: the first request travels in REQUEST_STREAM, each other one in a REQUEST_N', () => {
    const source = counter();
    const { rsocket, pairs } = joined(() => source.source$);
    const { got, demand } = consumer(rsocket.requestStream<number>('numbers'));
    expect(source.requests).toEqual([]);
    demand.request(2);
    expect([got, source.drawn, source.requests]).toEqual([[0, 1], 2, [2]]);
    demand.request(1);
    demand.request(3);
    expect([got, source.requests]).toEqual([
      [0, 1, 2, 3, 4, 5],
      [2, 1, 3],
    ]);
    const sent = pairs[0]?.[0].sent
      .map(decodeFrame)
      .map((frame) => [frame.type, 'requestN' in frame && frame.requestN]);
    expect(sent).toEqual([
      ['SETUP', false],
      ['REQUEST_STREAM', 2],
      ['REQUEST_N', 1],
      ['REQUEST_N', 3],
    ]);
    demand.unsubscribe();
    expect([source.released, pairs[0]?.[0].sent.map(decodeFrame).at(-1)?.type]).toEqual([1, 'CANCEL']);
  });

  it('asks for 2,147,483,647 where demand is unbounded, and holds the source at 128', () => {
    const source = counter(1000);
    const { rsocket, pairs } = joined(() => source.source$);
    const got: number[] = [];
    rsocket.requestStream<number>().subscribe((n) => got.push(n));
    expect(got.length).toBe(1000);
    expect(pairs[0]?.[0].sent.map(decodeFrame)[1]).toMatchObject({ requestN: 2 ** 31 - 1 });
    expect(Math.max(...source.requests)).toBe(128);
  });

  it('carries the end of the source, also of an empty one, and every kind of value', async () => {
    const values = [0, '', null, false, undefined, { a: [1] }, 'ä😀'];
    const { rsocket } = joined((data: string) => (data === 'empty' ? EMPTY : pullFrom(values)));
    expect(await firstValueFrom(rsocket.requestStream('all').pipe(toArray()))).toEqual(values);
    expect(consumer(rsocket.requestStream('empty'), 1).got).toEqual(['|']);
  });

  it('carries bytes as they are, in memory of their own', () => {
    const { rsocket, pairs } = joined((data: Uint8Array) => of(data, new Uint8Array(0)), {
      client: { codec: binaryCodec },
      server: { codec: binaryCodec },
    });
    const got: Uint8Array[] = [];
    rsocket.requestStream<Uint8Array>(Uint8Array.of(1, 2, 3)).subscribe((value) => got.push(value));
    expect(got.map((value) => [...value])).toEqual([[1, 2, 3], []]);
    expect(got[0]?.buffer.byteLength).toBe(3);
    expect(consumer(rsocket.requestStream('no bytes'), 1).got).toEqual([expect.any(TypeError)]);
    expect(pairs.length).toBe(1);
  });

  it.each([false, true])(
    'fails alone where its request is too long for a frame; connected before: %s',
    (before) => {
      const [ours, theirs] = [new MemorySocket(), new MemorySocket()];
      [ours.peer, theirs.peer] = [theirs, ours];
      const { frames } = rawPeer(theirs);
      const open = () => {
        theirs.open();
        ours.open();
      };
      const rsocket = connectRSocket(() => ours);
      if (before) open();
      const long = consumer(rsocket.requestStream('x'.repeat(2 ** 24)), 1);
      const short = consumer(rsocket.requestStream('x'), 1);
      if (!before) open();
      expect(long.got).toMatchObject([{ name: 'RSocketError', code: RSocketErrorCode.INVALID }]);
      expect([short.got, frames.map(({ type }) => type)]).toEqual([[], ['SETUP', 'REQUEST_STREAM']]);
      rsocket.close();
    },
  );

  it('carries metadata: a route', () => {
    const routes: unknown[] = [];
    const { rsocket } = joined((_data, { metadata }) => {
      routes.push(metadata && new TextDecoder().decode(metadata.subarray(1)), metadata?.[0]);
      return EMPTY;
    });
    rsocket.requestStream('data', { metadata: routeMetadata('prices') }).subscribe();
    rsocket.requestStream('data').subscribe();
    expect(routes).toEqual(['prices', 6, undefined, undefined]);
    expect(() => routeMetadata('x'.repeat(256))).toThrow(RangeError);
  });

  it('carries an error: its message, and the code of an RSocketError', () => {
    const { rsocket } = joined((data: string) => {
      if (data === 'throws') throw new Error('at once');
      return throwError(() => (data === 'own' ? new RSocketError(0x301, 'mine') : new Error('source')));
    });
    const errorOf = (data: string) => consumer(rsocket.requestStream(data), 1).got;
    expect(errorOf('any')).toEqual([new RSocketError(RSocketErrorCode.APPLICATION_ERROR, 'source')]);
    expect(errorOf('own')).toMatchObject([{ code: 0x301, message: 'mine', name: 'RSocketError' }]);
    expect(errorOf('throws')).toMatchObject([{ code: 0x201, message: 'at once' }]);
  });

  it('ends with an error for a value that cannot be written', () => {
    const source = counter();
    const { rsocket } = joined(() => source.source$.pipe(map(() => () => {})));
    expect(consumer(rsocket.requestStream(), 1).got).toMatchObject([
      { code: 0x201, message: 'jsonCodec: a function cannot be written as JSON' },
    ]);
    expect(source.released).toBe(1);
  });

  it('keeps what a source without demand sends, up to 1024 values', () => {
    const subject = new Subject<number>();
    const { rsocket } = joined(() => subject);
    const { got } = consumer(rsocket.requestStream(), 1);
    for (let i = 0; i < 1026; i++) subject.next(i);
    expect(got).toMatchObject([0, { code: 0x201, message: expect.stringContaining('1024') }]);
    expect(subject.observed).toBe(false);
  });

  it('releases the source when it is left, also from inside next', () => {
    const source = counter();
    const { rsocket, pairs } = joined(() => source.source$);
    const got: number[] = [];
    rsocket
      .requestStream<number>()
      .pipe(take(3))
      .subscribe((n) => got.push(n));
    expect([got, source.released]).toEqual([[0, 1, 2], 1]);
    expect(pairs[0]?.[0].readyState).toBe(1);
  });

  it('shares its socket with many, each with its own demand', () => {
    const { rsocket, pairs } = joined((n: number) =>
      pullFrom(Array.from({ length: 20 }, (_, i) => n * 100 + i)),
    );
    const all = Array.from({ length: 1000 }, (_, n) => consumer(rsocket.requestStream<number>(n)));
    for (const [n, { demand }] of all.entries()) demand.request((n % 3) + 1);
    expect(all.map(({ got }) => got.length)).toEqual(all.map((_, n) => (n % 3) + 1));
    expect(all.every(({ got }, n) => got.every((value) => Math.floor(Number(value) / 100) === n))).toBe(true);
    expect(pairs.length).toBe(1);
  });

  it('is rejected beyond maxStreams', () => {
    const { rsocket } = joined(() => NEVER, { server: { maxStreams: 2 } });
    const [first, , third] = [1, 2, 3].map((n) => consumer(rsocket.requestStream(n), 1));
    expect([first?.got, third?.got]).toMatchObject([[], [{ code: RSocketErrorCode.REJECTED }]]);
    first?.demand.unsubscribe();
    expect(consumer(rsocket.requestStream(4), 1).got).toEqual([]);
  });
});

describe('a connection', () => {
  it('that is lost ends its streams, and is opened anew by retry', () => {
    const source = counter();
    const { rsocket, pairs } = joined(() => source.source$);
    const plain = consumer(rsocket.requestStream<number>(), 1);
    const again = consumer(rsocket.requestStream<number>().pipe(retry(1)), 2);
    pairs[0]?.[1].close(1006);
    expect(plain.got).toMatchObject([
      0,
      { code: RSocketErrorCode.CONNECTION_ERROR, message: expect.stringContaining('1006') },
    ]);
    expect([again.got.length, pairs.length]).toEqual([2, 2]);
    again.demand.request(1);
    expect([again.got, pairs.length, source.released]).toEqual([[1, 2, 3], 2, 2]);
    pairs[1]?.[1].close(1006);
    expect(again.got.at(-1)).toBeInstanceOf(RSocketError);
  });

  it('waits for its socket to open, and sends what was requested meanwhile as one', () => {
    const source = counter();
    const { rsocket, pairs } = joined(() => source.source$);
    // The socket is made open; this one is not yet.
    consumer(rsocket.requestStream(), 1);
    const pair = pairs[0];
    if (pair === undefined) throw new Error('no pair');
    pair[0].close();
    const closed = connectRSocket(() => Object.assign(pair[0], { readyState: 0 }));
    const early = consumer(closed.requestStream());
    const left = consumer(closed.requestStream(), 5);
    early.demand.request(2);
    early.demand.request(3);
    left.demand.unsubscribe();
    const before = pair[0].sent.length;
    pair[0].open();
    expect(pair[0].sent.slice(before).map(decodeFrame)).toMatchObject([
      { type: 'SETUP' },
      { type: 'REQUEST_STREAM', streamId: 1, requestN: 5 },
    ]);
  });

  it('that cannot be made errors the stream', () => {
    const rsocket = connectRSocket(() => {
      throw new SyntaxError('bad URL');
    });
    expect(consumer(rsocket.requestStream(), 1).got).toEqual([new SyntaxError('bad URL')]);
    const without = connectRSocket('ws://127.0.0.1:1');
    if (!('WebSocket' in globalThis)) {
      expect(consumer(without.requestStream(), 1).got).toEqual([expect.any(TypeError)]);
    }
  });

  it('that is closed by its client ends its streams, and takes no more', () => {
    const source = counter();
    const { rsocket, pairs, errors } = joined(() => source.source$);
    const { got } = consumer(rsocket.requestStream(), 1);
    rsocket.close();
    rsocket.close();
    expect(got).toMatchObject([0, { code: RSocketErrorCode.CONNECTION_CLOSE }]);
    expect([source.released, pairs[0]?.[0].readyState, errors]).toEqual([1, 3, []]);
    expect(consumer(rsocket.requestStream(), 1).got).toMatchObject([
      { code: RSocketErrorCode.CONNECTION_CLOSE },
    ]);
  });
});

describe('options', () => {
  it('are checked at once', () => {
    const open = () => {
      throw new Error('not called');
    };
    for (const options of [
      { keepAlive: 0 },
      { lifetime: 10 },
      { lifetime: 2 ** 31 },
      { maxPayload: 63 },
      { maxPayload: 2 ** 24 },
      { maxBuffered: 0.5 },
      { metadataMimeType: 'x'.repeat(256) },
      { codec: { ...jsonCodec, mimeType: 'x'.repeat(256) } },
    ]) {
      expect(() => connectRSocket(open, options)).toThrow(RangeError);
    }
  });
});
