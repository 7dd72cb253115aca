import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deserializeFrame, serializeFrame } from 'rsocket-core';
import { decodeFrame } from '../../src/rsocket/decodeFrame.js';
import * as encode from '../../src/rsocket/encodeFrame.js';
import { Fragments } from '../../src/rsocket/Fragments.js';
import { MAX_31_BITS, MAX_FRAME, type Payload } from '../../src/rsocket/Frame.js';
import { portion } from '../../src/rsocket/portion.js';
import { RSocketError } from '../../src/rsocket/RSocketError.js';

const streamId = fc.integer({ min: 1, max: MAX_31_BITS });
const requestN = fc.integer({ min: 1, max: MAX_31_BITS });
const bytes = fc.uint8Array({ maxLength: 300 });
const metadata = fc.option(bytes, { nil: undefined });
const mime = fc.string({ unit: 'grapheme-ascii', maxLength: 255 }).filter((text) => text.length <= 255);

/** Equal whatever kind of array the bytes are in. */
const plain = (frame: object) =>
  Object.fromEntries(
    Object.entries(frame)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([key, value]) => [key, ArrayBuffer.isView(value) ? [...(value as Uint8Array)] : value]),
  );

describe('a frame', () => {
  it('comes out of its bytes as it went in', () => {
    fc.assert(
      fc.property(streamId, requestN, metadata, bytes, fc.boolean(), (id, n, metadata, data, flag) => {
        const payload = { metadata, data };
        const request = { type: 'REQUEST_STREAM', streamId: id, requestN: n, follows: false };
        expect(decodeFrame(encode.encodeRequestStream(id, n, payload))).toEqual({ ...request, ...payload });
        expect(decodeFrame(encode.encodeRequestN(id, n))).toEqual({
          type: 'REQUEST_N',
          streamId: id,
          requestN: n,
        });
        expect(decodeFrame(encode.encodeCancel(id))).toEqual({ type: 'CANCEL', streamId: id });
        const value = { type: 'PAYLOAD', streamId: id, follows: false };
        expect(decodeFrame(encode.encodeNext(id, payload))).toEqual({
          ...value,
          complete: false,
          next: true,
          ...payload,
        });
        expect(decodeFrame(encode.encodeComplete(id))).toMatchObject({
          ...value,
          complete: true,
          next: false,
        });
        expect(decodeFrame(encode.encodeKeepAlive(flag, data))).toEqual({
          type: 'KEEPALIVE',
          streamId: 0,
          respond: flag,
          data,
        });
      }),
    );
  });

  it('comes out of its bytes as it went in: SETUP and ERROR', () => {
    fc.assert(
      fc.property(
        requestN,
        mime,
        mime,
        metadata,
        bytes,
        fc.boolean(),
        fc.string(),
        (n, metadataMimeType, dataMimeType, metadata, data, lease, message) => {
          const setup = {
            majorVersion: 1,
            minorVersion: 0,
            keepAlive: n,
            lifetime: MAX_31_BITS,
            resume: false,
          };
          const whole = { ...setup, lease, metadataMimeType, dataMimeType, metadata, data };
          expect(decodeFrame(encode.encodeSetup(whole))).toEqual({ type: 'SETUP', streamId: 0, ...whole });
          const text = Buffer.from(message).toString();
          expect(decodeFrame(encode.encodeError(n, 0xfffffffe, message))).toEqual({
            type: 'ERROR',
            streamId: n,
            code: 0xfffffffe,
            message: text,
          });
        },
      ),
    );
  });

  it('is read by rsocket-js as it was meant, and the other way round', () => {
    fc.assert(
      fc.property(streamId, requestN, metadata, bytes, (id, n, metadata, data) => {
        const payload: Payload = { metadata, data };
        for (const frame of [
          encode.encodeRequestStream(id, n, payload),
          encode.encodeRequestN(id, n),
          encode.encodeCancel(id),
          encode.encodeNext(id, payload),
          encode.encodeComplete(id),
          encode.encodeError(id, 0x201, 'why'),
          encode.encodeKeepAlive(true, data),
          encode.encodeSetup({
            ...{ majorVersion: 1, minorVersion: 0, keepAlive: n, lifetime: n, resume: false, lease: true },
            ...{ metadataMimeType: 'a/b', dataMimeType: 'c/d' },
            ...payload,
          }),
        ]) {
          const theirs = deserializeFrame(Buffer.from(frame));
          const { type: _type, ...ours } = plain(decodeFrame(frame));
          const known = Object.keys(ours).filter((key) => key in theirs);
          const empty = ours['data']?.length === 0 ? { data: [] } : {};
          expect({ ...empty, ...plain(theirs) }).toMatchObject(
            Object.fromEntries(
              known.filter((key) => key !== 'metadata' || metadata?.length).map((key) => [key, ours[key]]),
            ),
          );
          // Theirs, of what they have read, are the same bytes again.
          if (metadata === undefined || metadata.length > 0) {
            expect([...serializeFrame(theirs)]).toEqual([...frame]);
          }
        }
      }),
    );
  });

  it('of garbage is an RSocketError or a frame, never anything else', () => {
    const types = fc.tuple(fc.integer({ min: 0, max: 0xffff }), fc.uint8Array({ maxLength: 40 }));
    const shaped = types.map(([header, rest]) =>
      Uint8Array.of(0, 0, 0, 1, header >> 8, header & 255, ...rest),
    );
    fc.assert(
      fc.property(fc.oneof(bytes, shaped), (garbage) => {
        try {
          expect(decodeFrame(garbage).type).toMatch(/^[A-Z_]+$/);
        } catch (error) {
          expect(error).toBeInstanceOf(RSocketError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('that is cut short is an RSocketError', () => {
    const whole = encode.encodeRequestStream(1, 1, { metadata: Uint8Array.of(1, 2), data: Uint8Array.of() });
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeFrame(whole.subarray(0, length))).toThrow(RSocketError);
    }
  });

  it('is never longer than the protocol allows', () => {
    const data = new Uint8Array(MAX_FRAME - 6);
    expect(encode.encodeNext(1, { metadata: undefined, data }).length).toBe(MAX_FRAME);
    expect(() => encode.encodeNext(1, { metadata: Uint8Array.of(), data })).toThrow(RSocketError);
  });
});

describe('fragments', () => {
  it('are put together, the metadata first', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(metadata, bytes), { minLength: 1, maxLength: 8 }), (parts) => {
        const fragments = new Fragments(100_000, { unfinished: 0 });
        const whole = parts
          .map(([metadata, data], i) => fragments.add({ metadata, data, follows: i < parts.length - 1 }))
          .at(-1);
        expect([...(whole?.data ?? [])]).toEqual(parts.flatMap(([, data]) => [...data]));
        expect(whole?.metadata && [...whole.metadata]).toEqual(
          parts.some(([metadata]) => metadata !== undefined)
            ? parts.flatMap(([metadata]) => [...(metadata ?? [])])
            : undefined,
        );
      }),
    );
  });

  it('keep nothing of what the socket has read', () => {
    const read = new Uint8Array(64).fill(7);
    const fragments = new Fragments(100, { unfinished: 0 });
    fragments.add({ metadata: read.subarray(0, 1), data: read.subarray(1, 3), follows: true });
    read.fill(0);
    const whole = fragments.add({ metadata: undefined, data: read.subarray(9, 10), follows: false });
    expect([whole?.metadata, whole?.data]).toEqual([Uint8Array.of(7), Uint8Array.of(7, 7, 0)]);
  });

  it('take no more than the limit, also when they are empty', () => {
    const fragments = new Fragments(60, { unfinished: 0 });
    const empty = { metadata: undefined, data: new Uint8Array(0), follows: true };
    for (let i = 0; i < 10; i++) expect(fragments.add(empty)).toBe(undefined);
    expect(() => fragments.add(empty)).toThrow(RSocketError);
  });
});

describe('portion', () => {
  it('passes on all in the end, and never more than the capacity', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 100 }),
        fc.array(fc.integer({ min: 1, max: 100 })),
        (total, capacity, answers) => {
          let [wanted, outstanding, passed, most] = [total, 0, 0, 0];
          const pass = () => {
            const n = portion(wanted, outstanding, capacity);
            wanted -= n;
            outstanding += n;
            passed += n;
            most = Math.max(most, outstanding);
          };
          for (const n of [...answers, ...Array<number>(total * 2).fill(capacity)]) {
            pass();
            outstanding = Math.max(outstanding - n, 0);
          }
          expect(passed).toBe(total);
          expect(most).toBeLessThanOrEqual(capacity);
        },
      ),
    );
    expect([
      portion(Infinity, 0, 8),
      portion(Infinity, 5, 8),
      portion(Infinity, 4, 8),
      portion(5, 3, 8),
    ]).toEqual([8, 0, 4, 5]);
  });
});
