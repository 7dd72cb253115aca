import type { Observable } from 'rxjs';
import { DemandSubscriber } from '../kernel/DemandSubscriber.js';
import type { Connection, Stream } from './Connection.js';
import { type Bytes, encodeComplete, encodeError, encodeNext } from './encodeFrame.js';
import { Fragments } from './Fragments.js';
import { type Frame, MAX_31_BITS, type Payload, type RequestFrame } from './Frame.js';
import { portion } from './portion.js';
import { RSocketError, RSocketErrorCode } from './RSocketError.js';

/** So many values a source is asked for ahead of what was sent, as more could not be taken back from it. */
const AHEAD = 128;
/** The most that a peer can have requested and not received: it asks without end. Far above what any can use. */
const MOST_OWED = 16 * MAX_31_BITS;
/** An error's message is sent up to so many characters: a frame must hold it. */
const MOST_WORDS = 4096;

/** A stream on the side that answers: demand comes in, values go out. */
export class StreamResponder implements Stream {
  /** Requested by the peer, and not of the source: from 0 to `MOST_OWED`. */
  #owed = 0;
  #started = false;
  readonly #fragments: Fragments;
  readonly #subscriber: DemandSubscriber<unknown>;
  readonly #streamId: number;
  readonly #pump = () => this.#ask();

  constructor(
    private readonly connection: Connection,
    frame: RequestFrame,
    private readonly respond: (payload: Payload) => Observable<unknown>,
  ) {
    this.#streamId = frame.streamId;
    this.#fragments = new Fragments(connection.settings.maxPayload, connection);
    this.#subscriber = new DemandSubscriber<unknown>(
      {
        start: () => this.#ask(),
        next: (value) => this.#send(value),
        error: (error) => this.#end(this.#errorFrame(error)),
        complete: () => this.#end(encodeComplete(this.#streamId)),
      },
      { operator: 'serveRSocket' },
    );
    connection.streams.set(frame.streamId, this);
    this.#owe(frame.requestN);
    this.#collect(frame);
  }

  receive(frame: Frame): void {
    switch (frame.type) {
      case 'REQUEST_N':
        this.#owe(frame.requestN);
        break;
      case 'PAYLOAD':
        if (!this.#started) {
          this.#collect(frame);
        }
        break;
      case 'CANCEL':
      case 'ERROR':
        this.fail();
        break;
      default:
      // What makes no sense here is ignored, as the protocol has it.
    }
  }

  fail(): void {
    this.#subscriber.unsubscribe();
    this.#end();
  }

  #collect(part: Payload & { readonly follows: boolean }): void {
    try {
      const payload = this.#fragments.add(part);
      if (payload !== undefined && !this.#subscriber.closed) {
        this.#started = true;
        this.respond(payload).subscribe(this.#subscriber);
      }
    } catch (error) {
      this.#subscriber.fail(error);
    }
  }

  #owe(n: number): void {
    this.#owed += n;
    if (n === 0 || this.#owed > MOST_OWED) {
      const problem = n === 0 ? 'nothing was requested' : 'more was requested than can ever be sent';
      this.#subscriber.fail(new RSocketError(RSocketErrorCode.INVALID, problem));
    } else if (this.#started) {
      this.#ask();
    }
  }

  /** Asks the source for what the peer has requested, in portions, and while the socket has room. */
  #ask(): void {
    const n = portion(this.#owed, this.#subscriber.requested, AHEAD);
    if (n === 0 || this.#subscriber.closed) {
      return;
    }
    if (this.connection.buffer.full) {
      this.connection.buffer.whenRoom(this.#pump);
      return;
    }
    this.#owed -= n;
    this.#subscriber.request(n);
  }

  #send(value: unknown): void {
    const data = this.connection.settings.codec.encode(value);
    this.connection.send(encodeNext(this.#streamId, { metadata: undefined, data }));
    if (this.#owed > 0) {
      this.#ask();
    }
  }

  #end(last?: Bytes): void {
    this.#fragments.clear();
    this.connection.buffer.forget(this.#pump);
    this.connection.forget(this.#streamId);
    if (last !== undefined) {
      this.connection.answer(last);
    }
  }

  #errorFrame(error: unknown): Bytes {
    const message = error instanceof Error ? error.message : String(error);
    const code = error instanceof RSocketError ? error.code : RSocketErrorCode.APPLICATION_ERROR;
    return encodeError(this.#streamId, code, message.slice(0, MOST_WORDS));
  }
}
