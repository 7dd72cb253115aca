import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { EMPTY, NEVER, of, throwError } from 'rxjs';
import { DemandObservable } from '../../src/index.js';
import * as encode from '../../src/rsocket/encodeFrame.js';
import { RSocketError, RSocketErrorCode, serveRSocket } from '../../src/rsocket/index.js';
import { unhandledDuring } from '../unhandled.js';
import { consumer, counter, frameOf, json, rawClient, rawPeer, rawServer, SETUP } from './peers.js';
import { socketPair } from './socketPair.js';

const MOST = 2 ** 31 - 1;
const data = (length: number) => ({ metadata: undefined, data: new Uint8Array(length) });
const codes = RSocketErrorCode;

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** A SETUP with other bytes at some places. */
function setupWith(...changes: [at: number, byte: number][]): Uint8Array {
  const bytes = Uint8Array.from(SETUP);
  for (const [at, byte] of changes) bytes[at] = byte;
  return bytes;
}

/** A raw server with two streams of our client, one value requested of each. */
function twoStreams(options = {}) {
  const { rsocket, peers } = rawServer(options);
  const [one, two] = [consumer(rsocket.requestStream(1), 1), consumer(rsocket.requestStream(2), 1)];
  const [peer] = peers;
  if (one === undefined || two === undefined || peer === undefined) throw new Error('no peer');
  return { rsocket, peers, peer, one, two };
}

/** A raw client with a stream of our server that goes on. */
function served(options = {}) {
  const source = counter();
  const peer = rawClient<string>(
    (asked) =>
      asked === 'fails' ? throwError(() => new Error('source')) : asked === 'empty' ? EMPTY : source.source$,
    options,
  );
  peer.send(SETUP, encode.encodeRequestStream(1, 1, json('numbers')));
  const errorOf = (streamId: number) =>
    peer.frames.find((frame) => frame.type === 'ERROR' && frame.streamId === streamId);
  return { ...peer, source, errorOf };
}

describe('a server that misbehaves', () => {
  it('by sending more than was requested ends that stream alone', () => {
    const { peer, one, two } = twoStreams();
    peer.send(
      encode.encodeNext(1, json('a')),
      encode.encodeNext(1, json('b')),
      encode.encodeNext(1, json('c')),
    );
    expect(one.got).toEqual(['a', new RSocketError(codes.INVALID, 'the peer sent more than was requested')]);
    expect(peer.frames.filter(({ type }) => type === 'CANCEL')).toEqual([{ type: 'CANCEL', streamId: 1 }]);
    peer.send(encode.encodeNext(3, json('x')), encode.encodeComplete(3));
    expect(two.got).toEqual(['x', '|']);
  });

  it('by sending a fragment that was not requested ends that stream alone, before it is kept', () => {
    const { peer, one, two } = twoStreams();
    peer.send(encode.encodeNext(1, json('a')), frameOf(1, 0x0a, 0xa0, 1, 2, 3));
    expect(one.got).toMatchObject(['a', { code: codes.INVALID }]);
    expect(two.got).toEqual([]);
  });

  it('by sending a value that cannot be decoded ends that stream alone', () => {
    const { peer, one, two } = twoStreams();
    peer.send(encode.encodeNext(1, { metadata: undefined, data: Uint8Array.of(0xff) }));
    expect(one.got).toMatchObject([{ code: codes.INVALID, cause: expect.anything() }]);
    peer.send(encode.encodeNext(3, json('x')));
    expect(two.got).toEqual(['x']);
  });

  it.each([
    ['garbage', Uint8Array.of(1, 2)],
    ['text', 'hello'],
    ['a frame of an unknown type', frameOf(1, 0x20, 0)],
    ['a frame longer than maxPayload', encode.encodeNext(1, data(995))],
    ['metadata longer than its frame', frameOf(1, 0x0a, 0x120, 255, 255, 255)],
  ])('by sending %s ends the connection, and says so', (_what, bytes) => {
    const { peer, peers, one, two, rsocket } = twoStreams({ maxPayload: 1000 });
    peer.send(bytes);
    for (const { got } of [one, two])
      expect(got).toMatchObject([{ name: 'RSocketError', code: codes.CONNECTION_ERROR }]);
    expect(peer.frames.at(-1)).toMatchObject({ type: 'ERROR', streamId: 0, code: codes.CONNECTION_ERROR });
    expect(peer.socket.readyState).toBe(3);
    // The next stream has a connection of its own.
    const next = consumer(rsocket.requestStream(), 1);
    peers[1]?.send(encode.encodeNext(1, json('again')));
    expect(next.got).toEqual(['again']);
  });

  it('may send what can be ignored', () => {
    const { peer, one } = twoStreams();
    peer.send(
      frameOf(1, 0x20, 0x200),
      frameOf(1, 0x09, 0),
      frameOf(1, 0x0a, 0),
      encode.encodeNext(77, json('unknown stream')),
      encode.encodeCancel(77),
      SETUP,
      frameOf(0, 0x0c, 0x100, 1),
      frameOf(0, 0x02, 0, 0, 0, 0, 1, 0, 0, 0, 1),
      encode.encodeError(99, 0x201, 'unknown stream'),
    );
    expect(one.got).toEqual([]);
    peer.send(encode.encodeNext(1, json('a')));
    expect(one.got).toEqual(['a']);
  });

  it('by fragments without end ends that stream alone', () => {
    const { peer, one, two } = twoStreams({ maxPayload: 1000 });
    for (let i = 0; i < 5; i++) peer.send(frameOf(1, 0x0a, 0xa0, ...new Array<number>(300).fill(32)));
    expect(one.got).toMatchObject([
      { code: codes.INVALID, message: expect.stringContaining('maxPayload = 1000') },
    ]);
    expect(two.got).toEqual([]);
  });

  it('may send fragments: they count as one value', () => {
    const { peer, one } = twoStreams();
    const [first, second, third] = ['"a', 'b', 'c"'].map((text) => [...Buffer.from(text)]);
    peer.send(frameOf(1, 0x0a, 0xa0, ...(first ?? [])), frameOf(1, 0x0a, 0xa0, ...(second ?? [])));
    peer.send(frameOf(1, 0x0a, 0x60, ...(third ?? [])));
    expect(one.got).toEqual(['abc', '|']);
  });

  it('by requesting something is told that a client answers nothing', () => {
    const { peer, one } = twoStreams();
    peer.send(encode.encodeRequestStream(2, 1, json('x')), frameOf(4, 0x04, 0), frameOf(6, 0x05, 0));
    expect(peer.frames.filter(({ type }) => type === 'ERROR')).toMatchObject([
      { streamId: 2, code: codes.REJECTED },
      { streamId: 4, code: codes.REJECTED },
    ]);
    expect(one.got).toEqual([]);
  });

  it('may reject the connection, and close it once its streams have ended', () => {
    const rejected = twoStreams();
    rejected.peer.send(encode.encodeError(0, codes.REJECTED_SETUP, 'no'));
    expect([rejected.one.got, rejected.two.got]).toMatchObject([
      [{ code: codes.REJECTED_SETUP }],
      [{ message: 'no' }],
    ]);
    const { peer, peers, one, two, rsocket } = twoStreams();
    peer.send(encode.encodeNext(1, json('a')), encode.encodeError(0, codes.REJECTED_SETUP, 'too late'));
    peer.send(encode.encodeError(0, codes.CONNECTION_CLOSE, 'bye'));
    peer.send(encode.encodeComplete(1));
    expect([one.got, peer.socket.readyState]).toEqual([['a', '|'], 1]);
    consumer(rsocket.requestStream(), 1);
    expect(peers.length).toBe(2);
    peer.send(encode.encodeComplete(3));
    expect([two.got, peer.socket.readyState]).toEqual([['|'], 3]);
  });

  it('that is silent for longer than lifetime is taken for dead; its answers keep it alive', () => {
    const { peer, one } = twoStreams({ keepAlive: 100, lifetime: 300 });
    const beats = () => peer.frames.filter(({ type }) => type === 'KEEPALIVE');
    for (let i = 1; i < 10; i++) {
      jest.advanceTimersByTime(100);
      expect(beats()).toHaveLength(i);
      expect(beats()[0]).toMatchObject({ streamId: 0, respond: true });
      peer.send(encode.encodeKeepAlive(false, new Uint8Array(0)));
    }
    expect(one.got).toEqual([]);
    jest.advanceTimersByTime(399);
    expect(one.got).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(one.got).toMatchObject([
      { code: codes.CONNECTION_ERROR, message: expect.stringContaining('300 ms') },
    ]);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('a client that misbehaves', () => {
  it('by requesting 2,147,483,647 over and over ends that stream alone', () => {
    const idle = { requests: 0, released: 0 };
    const idle$ = new DemandObservable<number>(() => ({
      request: () => {
        idle.requests++;
      },
      unsubscribe: () => {
        idle.released++;
      },
    }));
    const peer = rawClient((asked) => (asked === 'idle' ? idle$ : NEVER));
    peer.send(
      SETUP,
      encode.encodeRequestStream(1, MOST, json('idle')),
      encode.encodeRequestStream(3, 1, json('other')),
    );
    for (let i = 0; i < 15; i++) peer.send(encode.encodeRequestN(1, MOST));
    expect([idle, peer.frames]).toEqual([{ requests: 1, released: 0 }, []]);
    for (let i = 0; i < 15; i++) peer.send(encode.encodeRequestN(1, MOST));
    expect(peer.frames).toMatchObject([{ type: 'ERROR', streamId: 1, code: codes.INVALID }]);
    expect([idle.released, peer.socket.readyState]).toEqual([1, 1]);
  });

  it('by requesting nothing ends that stream alone', () => {
    const { send, errorOf, source, frames } = served();
    send(encode.encodeRequestN(1, 0), encode.encodeRequestStream(3, 0, json('numbers')));
    expect([errorOf(1), errorOf(3)]).toMatchObject([{ code: codes.INVALID }, { code: codes.INVALID }]);
    expect([source.drawn, source.released]).toEqual([1, 1]);
    send(encode.encodeRequestStream(5, 2, json('numbers')));
    expect(frames.filter(({ streamId }) => streamId === 5)).toHaveLength(2);
  });

  it.each([
    ['garbage', Uint8Array.of(1, 2)],
    ['text', 'hello'],
    ['a frame of an unknown type', frameOf(1, 0x20, 0)],
    ['a frame longer than maxPayload', encode.encodeRequestStream(3, 1, data(2000))],
  ])('by sending %s ends its connection, and no other', (_what, bytes) => {
    const other = served();
    const { send, errors, errorOf, socket, source } = served({ maxPayload: 1000 });
    send(bytes);
    expect(errors).toMatchObject([{ name: 'RSocketError', code: codes.CONNECTION_ERROR }]);
    expect(errorOf(0)).toMatchObject({ code: codes.CONNECTION_ERROR });
    expect([socket.readyState, source.released, jest.getTimerCount()]).toEqual([3, 1, 1]);
    send(encode.encodeRequestStream(5, 1, json('numbers')));
    expect(source.drawn).toBe(1);
    other.send(encode.encodeRequestN(1, 1));
    expect(other.source.drawn).toBe(2);
  });

  it('whatever it sends, nothing is thrown, and the other connection lives', () => {
    const any = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .tuple(fc.nat(3), fc.nat(16), fc.nat(1023), fc.array(fc.nat(255), { maxLength: 30 }))
        .map(([id, type, flags, rest]) => frameOf(id, type, flags, ...rest)),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(any, { maxLength: 20 }), fc.boolean(), (messages, settled) => {
        const other = served();
        const peer = rawClient(() => of(1));
        if (settled) peer.send(SETUP);
        peer.send(...messages);
        other.send(encode.encodeRequestN(1, 1));
        expect([other.source.drawn, peer.errors.every((error) => error instanceof RSocketError)]).toEqual([
          2,
          true,
        ]);
        peer.serving.unsubscribe();
        other.serving.unsubscribe();
        expect(jest.getTimerCount()).toBe(0);
      }),
    );
  });

  it.each([
    ['no SETUP', encode.encodeRequestN(1, 1), codes.INVALID_SETUP],
    ['a SETUP of version 2', setupWith([7, 2]), codes.UNSUPPORTED_SETUP],
    ['a SETUP with leases', setupWith([5, 0x40]), codes.REJECTED_SETUP],
    ['a SETUP without keep-alive', setupWith([12, 0], [13, 0]), codes.INVALID_SETUP],
    ['a SETUP of another MIME type', setupWith([SETUP.length - 8, 0x21]), codes.UNSUPPORTED_SETUP],
    ['a SETUP of another stream', setupWith([3, 1]), codes.INVALID_SETUP],
    [
      'a SETUP that can be resumed',
      frameOf(0, 1, 0x80, ...SETUP.slice(6, 18), 0, 0, ...SETUP.slice(18)),
      codes.REJECTED_SETUP,
    ],
    ['a resumption', frameOf(0, 0x0d, 0), codes.REJECTED_RESUME],
  ])('by beginning with %s is refused', (_what, first, code) => {
    const peer = rawClient(() => of(1));
    peer.send(first);
    expect(peer.frames).toMatchObject([{ type: 'ERROR', streamId: 0, code }]);
    expect([peer.socket.readyState, peer.errors]).toMatchObject([3, [{ code }]]);
  });

  it('by saying nothing is given up, at first and later', () => {
    const silent = rawClient(() => of(1));
    jest.advanceTimersByTime(30_000);
    expect(silent.errors).toMatchObject([{ code: codes.CONNECTION_ERROR }]);
    const { send, errors, source } = served();
    jest.advanceTimersByTime(89_999);
    send(encode.encodeKeepAlive(true, new Uint8Array(0)));
    jest.advanceTimersByTime(89_999);
    expect(errors).toEqual([]);
    jest.advanceTimersByTime(2);
    expect([errors.length, source.released, jest.getTimerCount()]).toEqual([1, 1, 0]);
  });

  it('is answered for what is not served, and not for what needs no answer', () => {
    const { send, frames, source } = served();
    send(
      frameOf(3, 0x04, 0),
      frameOf(5, 0x05, 0),
      frameOf(7, 0x07, 0, 0, 0, 0, 1),
      SETUP,
      frameOf(9, 0x0a, 0x20),
    );
    expect(frames.filter(({ type }) => type === 'ERROR')).toMatchObject([
      { streamId: 3, code: codes.REJECTED, message: expect.stringContaining('REQUEST_RESPONSE') },
      { streamId: 7, code: codes.REJECTED },
    ]);
    send(encode.encodeRequestN(1, 1));
    expect(source.drawn).toBe(2);
    send(encode.encodeKeepAlive(true, Uint8Array.of(1, 2)));
    expect(frames.at(-1)).toEqual({
      type: 'KEEPALIVE',
      streamId: 0,
      respond: false,
      data: Uint8Array.of(1, 2),
    });
  });

  it('may send a request in fragments, and more demand before the last of them', () => {
    const peer = rawClient((asked) => of(asked, 2, 3, 4));
    const bytes = [...Buffer.from('"ask"')];
    peer.send(SETUP, frameOf(1, 0x06, 0x80, 0, 0, 0, 1, ...bytes.slice(0, 2)), encode.encodeRequestN(1, 1));
    expect(peer.frames).toEqual([]);
    peer.send(frameOf(1, 0x0a, 0x20, ...bytes.slice(2)));
    expect(peer.frames.map((frame) => 'data' in frame && Buffer.from(frame.data).toString())).toEqual([
      '"ask"',
      '2',
    ]);
    peer.send(frameOf(3, 0x06, 0x80, 0, 0, 0, 1, 1), encode.encodeCancel(3), frameOf(3, 0x0a, 0x20, 1));
    expect(peer.frames).toHaveLength(2);
  });

  it('by beginning requests in fragments on ever more streams is held at sixteen of the longest', () => {
    const { send, errorOf, frames } = served({ maxPayload: 1000 });
    const begin = (streamId: number) =>
      send(frameOf(streamId, 0x06, 0x80, 0, 0, 0, 1, ...new Array<number>(900).fill(32)));
    for (let i = 1; i <= 20; i++) begin(2 * i + 1);
    const refused = frames.filter(({ type }) => type === 'ERROR');
    expect(refused).toMatchObject(
      [35 + 2, 35 + 4, 35 + 6].map((streamId) => ({ streamId, code: codes.INVALID })),
    );
    // What is finished, or given up, makes room.
    send(encode.encodeCancel(3), frameOf(5, 0x0a, 0x20, ...Buffer.from('"numbers"')));
    begin(101);
    expect(errorOf(101)).toBe(undefined);
    expect(frames.filter(({ streamId }) => streamId === 5)).toHaveLength(1);
  });

  it('hears of an error with a message that no frame can hold', () => {
    const peer = rawClient(() => throwError(() => new Error('x'.repeat(2 ** 24))));
    peer.send(SETUP, encode.encodeRequestStream(1, 1, json('x')));
    expect(peer.frames).toMatchObject([
      { type: 'ERROR', streamId: 1, code: codes.APPLICATION_ERROR, message: expect.stringMatching(/^x+$/) },
    ]);
    // Nobody keeps the stream: its number is free.
    peer.send(encode.encodeRequestStream(1, 1, json('x')));
    expect(peer.frames).toHaveLength(2);
  });

  it('ends its connection also where onError throws, which is reported as unhandled', () => {
    const thrown = new Error('onError');
    const [theirs, ours] = socketPair();
    const peer = rawPeer(theirs);
    serveRSocket(ours, () => of(1), {
      onError: () => {
        throw thrown;
      },
    });
    expect(unhandledDuring(() => peer.send(SETUP, Uint8Array.of(1, 2)))).toEqual([thrown]);
    expect([peer.socket.readyState, peer.frames.at(-1)]).toMatchObject([3, { type: 'ERROR' }]);
  });

  it('by reading nothing holds its source, however much it has requested', () => {
    const source = counter();
    const peer = rawClient(() => source.source$, { maxBuffered: 1000 });
    peer.ours.held = true;
    peer.send(SETUP, encode.encodeRequestStream(1, MOST, json('x')));
    const held = source.drawn;
    expect([held <= 256, peer.ours.bufferedAmount < 1000 + 128 * 10]).toEqual([true, true]);
    jest.advanceTimersByTime(1000);
    expect(source.drawn).toBe(held);
    peer.ours.held = false;
    peer.ours.flush();
    jest.advanceTimersByTime(10);
    expect(source.drawn).toBeGreaterThan(held + 1000);
    peer.send(encode.encodeCancel(1));
    expect(source.released).toBe(1);
    peer.serving.unsubscribe();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('by leaving a stream that is held leaves nobody looking for room', () => {
    const { ours, send, source, serving } = served({ maxBuffered: 1000 });
    ours.held = true;
    send(encode.encodeRequestN(1, MOST));
    expect(jest.getTimerCount()).toBe(2);
    send(encode.encodeCancel(1));
    jest.advanceTimersByTime(20);
    expect([source.released, jest.getTimerCount()]).toEqual([1, 1]);
    serving.unsubscribe();
  });

  it.each([
    ['signs of life that it wants answered', () => encode.encodeKeepAlive(true, new Uint8Array(100))],
    ['requests that fail', (i: number) => encode.encodeRequestStream(i, 1, json('fails'))],
    ['requests for what is empty', (i: number) => encode.encodeRequestStream(i, 1, json('empty'))],
    ['requests that are rejected', (i: number) => frameOf(i, 0x04, 0)],
  ])('by sending %s, and reading nothing, ends its connection', (_what, frame) => {
    const { ours, send, errors, source } = served({ maxBuffered: 1000 });
    ours.held = true;
    for (let i = 0; i < 400; i++) send(frame(2 * i + 3));
    expect(errors).toMatchObject([{ message: expect.stringContaining('reads no answers') }]);
    expect([ours.bufferedAmount < 2300, source.released]).toEqual([true, 1]);
  });

  it('by leaving releases its sources', () => {
    const { socket, source, errors } = served();
    socket.close(1006);
    expect([source.released, errors.length, jest.getTimerCount()]).toEqual([1, 1, 0]);
  });
});

describe('a server of ours that is stopped', () => {
  it('tells its clients, and releases its sources', () => {
    const { serving, errorOf, source, socket, errors } = served();
    serving.unsubscribe();
    expect(errorOf(0)).toMatchObject({ code: codes.CONNECTION_CLOSE });
    expect([source.released, socket.readyState, errors, jest.getTimerCount()]).toEqual([1, 3, [], 0]);
  });
});
