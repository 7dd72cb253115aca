/** What went wrong where an Observable was written to a stream by hand, in nestjs/nest. */
import { once } from 'node:events';
import { connect, createServer, type Http2Server } from 'node:http2';
import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { concat, from, throwError } from 'rxjs';
import { writeTo } from '../../src/node/index.js';

const numbers = Array.from({ length: 1000 }, (_, i) => i);

/** A call as slow as a network: it takes one message a turn, and is full at once, again and again. */
function slowCall() {
  const written: number[] = [];
  const call = new Writable({
    objectMode: true,
    highWaterMark: 2,
    write: (value, _, callback) => {
      written.push(value);
      setImmediate(callback);
    },
  });
  return { written, call };
}

async function listen(server: Http2Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

describe('an Observable that pushes, written to a stream that is full again and again', () => {
  it('is written whole, and ended after it: none dropped (nestjs/nest #12751)', async () => {
    const { written, call } = slowCall();
    await writeTo(from(numbers), call);
    expect(written).toEqual(numbers);
    expect(call.writableFinished).toBe(true);
  });

  it('is written whole before its error ends it (nestjs/nest #12752)', async () => {
    const { written, call } = slowCall();
    const failing$ = concat(
      from(numbers),
      throwError(() => new Error('handler')),
    );
    await expect(writeTo(failing$, call)).rejects.toThrow('handler');
    expect(written).toEqual(numbers);
    expect([call.writableFinished, call.destroyed]).toEqual([false, true]);
  });

  it('is written each once, in order, also in large messages over HTTP/2 (nestjs/nest #12768)', async () => {
    const size = 32_768;
    const messages = numbers.slice(0, 500).map((n) => Buffer.alloc(size, n & 0xff));
    const server = createServer();
    const served = new Promise<void>((resolve, reject) => {
      server.on('stream', (stream) => {
        stream.respond();
        writeTo(from(messages), stream).then(resolve, reject);
      });
    });
    const client = connect(await listen(server));
    const request = client.request();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    await served;
    const all = Buffer.concat(chunks);
    expect(all.equals(Buffer.concat(messages))).toBe(true);
    client.close();
    await new Promise((resolve) => server.close(resolve));
  });
});
