import { reportUnhandled } from '../kernel/reportUnhandled.js';
import { decodeFrame } from './decodeFrame.js';
import { type Bytes, encodeError, encodeKeepAlive } from './encodeFrame.js';
import type { Unfinished } from './Fragments.js';
import type { Frame } from './Frame.js';
import { KeepAlive } from './KeepAlive.js';
import type { RSocketCodec } from './RSocketCodec.js';
import { RSocketError, RSocketErrorCode } from './RSocketError.js';
import { SendBuffer } from './SendBuffer.js';
import { bytesOf, type WebSocketLike } from './WebSocketLike.js';

/** The codes of sockets that were closed on purpose: normally, by one who goes away, without a code. */
const CLEAN = [1000, 1001, 1005];

/** What both sides of a connection are told. */
export interface ConnectionSettings {
  readonly codec: RSocketCodec;
  readonly maxPayload: number;
  readonly maxBuffered: number;
}

/** One of the streams of a connection. Neither call throws. */
export interface Stream {
  receive(frame: Frame): void;
  /** The connection has ended. */
  fail(error: RSocketError): void;
}

/** One socket: its frames, its streams, and its ending. The two sides differ in what they do with a frame of no stream. */
export abstract class Connection implements Unfinished {
  readonly streams = new Map<number, Stream>();
  readonly buffer: SendBuffer;
  unfinished = 0;
  #ended = false;
  /** Whether the server has accepted the connection, as far as is known. */
  protected established = false;
  #keepAlive: KeepAlive | undefined;

  constructor(
    readonly socket: WebSocketLike,
    readonly settings: ConnectionSettings,
  ) {
    this.buffer = new SendBuffer(socket, settings.maxBuffered);
    if (socket.binaryType === 'blob') {
      socket.binaryType = 'arraybuffer';
    }
    // The listeners stay: a socket may fail once more after it was closed, and `ws` throws where nobody listens to that.
    socket.addEventListener('message', ({ data }) => this.#message(data));
    socket.addEventListener('error', ({ message }) => {
      const problem = message === undefined ? 'the socket failed' : `the socket failed: ${message}`;
      this.end(new RSocketError(RSocketErrorCode.CONNECTION_ERROR, problem));
    });
    socket.addEventListener('close', ({ code = 1006, reason = '' }) => {
      const kind = CLEAN.includes(code)
        ? RSocketErrorCode.CONNECTION_CLOSE
        : RSocketErrorCode.CONNECTION_ERROR;
      this.end(new RSocketError(kind, `the socket was closed (${`${code} ${reason}`.trim()})`));
    });
  }

  get ended(): boolean {
    return this.#ended;
  }

  get open(): boolean {
    return !this.#ended && this.socket.readyState === 1;
  }

  send(bytes: Bytes): void {
    if (this.open) {
      this.buffer.send(bytes);
    }
  }

  /** Sends what the peer's demand does not bound. */
  answer(bytes: Bytes): void {
    if (this.open && !this.buffer.answer(bytes)) {
      const problem = `the peer reads no answers: more than maxBuffered = ${this.settings.maxBuffered} bytes of them wait`;
      this.fail(RSocketErrorCode.CONNECTION_ERROR, problem);
    }
  }

  /** Takes the peer for dead after `lifetime` milliseconds in which nothing was heard. */
  watch(every: number, lifetime: number, tick: () => void = () => {}): void {
    this.#keepAlive?.stop();
    this.#keepAlive = new KeepAlive(every, lifetime, tick, () =>
      this.fail(RSocketErrorCode.CONNECTION_ERROR, `nothing was heard of the peer for ${lifetime} ms`),
    );
  }

  /** Ends the connection by an error of this side, which the peer is told. */
  fail(code: number, message: string): void {
    this.send(encodeError(0, code, message));
    this.end(new RSocketError(code, message));
  }

  /** Ends the connection and with it every stream. */
  end(error: RSocketError): void {
    if (this.#ended) {
      return;
    }
    this.#ended = true;
    this.#keepAlive?.stop();
    this.buffer.close();
    this.socket.close();
    const streams = [...this.streams.values()];
    this.streams.clear();
    for (const stream of streams) {
      stream.fail(error);
    }
    this.atEnd(error);
  }

  /** A stream has ended. */
  forget(streamId: number): void {
    this.streams.delete(streamId);
  }

  /** A frame of no stream that is here. May throw an `RSocketError`, which ends the connection. */
  protected abstract receive(frame: Frame): void;

  protected abstract atEnd(error: RSocketError): void;

  /** What both sides do with a frame of the whole connection. */
  protected control(frame: Frame): void {
    if (frame.type === 'KEEPALIVE' && frame.respond) {
      this.answer(encodeKeepAlive(false, frame.data));
    } else if (
      frame.type === 'ERROR' &&
      !(this.established && frame.code <= RSocketErrorCode.REJECTED_RESUME)
    ) {
      this.end(new RSocketError(frame.code, frame.message));
    }
  }

  #message(data: unknown): void {
    if (this.#ended) {
      return;
    }
    this.#keepAlive?.heard();
    try {
      this.#receive(decodeFrame(this.#check(data)));
    } catch (error) {
      if (error instanceof RSocketError) {
        this.fail(error.code, error.message);
      } else {
        reportUnhandled(error);
      }
    }
  }

  #check(data: unknown): Uint8Array {
    const bytes = bytesOf(data);
    const { maxPayload } = this.settings;
    if (bytes === undefined || bytes.length > maxPayload) {
      const problem =
        bytes === undefined
          ? 'a message was no bytes'
          : `a frame of ${bytes.length} bytes is longer than maxPayload = ${maxPayload}`;
      throw new RSocketError(RSocketErrorCode.CONNECTION_ERROR, problem);
    }
    return bytes;
  }

  #receive(frame: Frame): void {
    if (frame.type === 'UNKNOWN') {
      if (!frame.ignore) {
        throw new RSocketError(RSocketErrorCode.CONNECTION_ERROR, 'a frame of an unknown type');
      }
      return;
    }
    const stream = this.streams.get(frame.streamId);
    if (stream === undefined) {
      this.receive(frame);
    } else {
      this.established = true;
      stream.receive(frame);
    }
  }
}
