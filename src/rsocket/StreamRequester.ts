import { addDemand } from '../protocol/arithmetic.js';
import type { DemandSink, Producer } from '../protocol/Demand.js';
import type { ClientConnection, WaitingStream } from './ClientConnection.js';
import { type Bytes, encodeCancel, encodeRequestN, encodeRequestStream } from './encodeFrame.js';
import { Fragments } from './Fragments.js';
import { type Frame, MAX_31_BITS, type Payload, type PayloadFrame } from './Frame.js';
import { portion } from './portion.js';
import { RSocketError, RSocketErrorCode } from './RSocketError.js';

/** A stream on the side that asked for it: demand goes out as it is made, values come in. */
export class StreamRequester<T> implements WaitingStream, Producer {
  readonly later = true;
  /** Requested by the consumer, and not of the peer: from 0, or `Infinity`. */
  #wanted = 0;
  /** Requested of the peer, and not received: from 0 to the most that the wire can say. */
  #credit = 0;
  /** 0 until the request was sent. */
  #streamId = 0;
  /** After its ending a stream sends nothing, and delivers nothing. */
  #ended = false;
  readonly #fragments: Fragments;

  constructor(
    private readonly connection: ClientConnection,
    private readonly payload: Payload,
    private readonly sink: DemandSink<T>,
  ) {
    this.#fragments = new Fragments(connection.settings.maxPayload, connection);
    if (!connection.open) {
      connection.wait(this);
    }
  }

  request(n: number): void {
    this.#wanted = addDemand(this.#wanted, n);
    this.opened();
  }

  /** Passes on what the consumer wants, once there is a connection. */
  opened(): void {
    const n = portion(this.#wanted, this.#credit, MAX_31_BITS);
    if (n === 0 || this.#ended || !this.connection.open) {
      return;
    }
    this.#wanted -= n;
    this.#credit += n;
    if (this.#streamId === 0) {
      this.#begin(n);
    } else {
      this.connection.send(encodeRequestN(this.#streamId, n));
    }
  }

  unsubscribe(): void {
    if (this.#end() && this.#streamId !== 0) {
      this.connection.send(encodeCancel(this.#streamId));
    }
  }

  receive(frame: Frame): void {
    if (frame.type === 'ERROR') {
      this.fail(new RSocketError(frame.code, frame.message));
    } else if (frame.type === 'PAYLOAD') {
      try {
        this.#receive(frame);
      } catch (error) {
        this.#refuse(error);
      }
    }
  }

  fail(error: unknown): void {
    if (this.#end()) {
      this.sink.error(error);
    }
  }

  #begin(n: number): void {
    const streamId = this.connection.begin(this);
    let request: Bytes;
    try {
      request = encodeRequestStream(streamId, n, this.payload);
    } catch (error) {
      this.connection.forget(streamId);
      this.fail(error);
      return;
    }
    this.#streamId = streamId;
    this.connection.send(request);
  }

  #receive(frame: PayloadFrame): void {
    if ((frame.next || frame.follows) && this.#credit === 0) {
      throw new RSocketError(RSocketErrorCode.INVALID, 'the peer sent more than was requested');
    }
    const payload = frame.next || frame.follows ? this.#fragments.add(frame) : undefined;
    const value = payload === undefined ? undefined : this.connection.settings.codec.decode(payload.data);
    if (frame.complete) {
      this.#end();
    }
    if (payload !== undefined) {
      this.#credit--;
      this.sink.next(value as T);
      if (this.#wanted > 0) {
        this.opened();
      }
    }
    if (frame.complete) {
      this.sink.complete();
    }
  }

  /** Ends the stream by an error of this side. */
  #refuse(error: unknown): void {
    this.connection.send(encodeCancel(this.#streamId));
    this.fail(
      error instanceof RSocketError
        ? error
        : new RSocketError(RSocketErrorCode.INVALID, `a value could not be decoded: ${String(error)}`, {
            cause: error,
          }),
    );
  }

  #end(): boolean {
    if (this.#ended) {
      return false;
    }
    this.#ended = true;
    this.#fragments.clear();
    this.connection.leave(this);
    this.connection.forget(this.#streamId);
    return true;
  }
}
