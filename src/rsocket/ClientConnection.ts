import { Connection, type ConnectionSettings, type Stream } from './Connection.js';
import { encodeError, encodeKeepAlive, encodeSetup } from './encodeFrame.js';
import { type Frame, MAX_31_BITS } from './Frame.js';
import { RSocketError, RSocketErrorCode } from './RSocketError.js';
import type { WebSocketLike } from './WebSocketLike.js';

export interface ClientSettings extends ConnectionSettings {
  readonly keepAlive: number;
  readonly lifetime: number;
  readonly metadataMimeType: string;
  readonly setup: { readonly data: Uint8Array; readonly metadata: Uint8Array | undefined };
}

/** A stream that waits for the connection to open. */
export interface WaitingStream extends Stream {
  opened(): void;
}

/** The side that connects, and requests. */
export class ClientConnection extends Connection {
  readonly #waiting = new Set<WaitingStream>();
  /** The streams of a client have odd numbers. */
  #nextId = 1;
  /** The server has announced that it will close. */
  #leaving: RSocketError | undefined;

  constructor(
    socket: WebSocketLike,
    override readonly settings: ClientSettings,
  ) {
    super(socket, settings);
    const { keepAlive, lifetime } = settings;
    const heartbeat = encodeKeepAlive(true, new Uint8Array(0));
    this.watch(keepAlive, lifetime, () => this.send(heartbeat));
    if (this.open) {
      this.#setUp();
    } else {
      socket.addEventListener('open', () => this.#setUp());
    }
  }

  /** Whether a stream can begin. */
  get usable(): boolean {
    return !this.ended && this.#leaving === undefined;
  }

  wait(stream: WaitingStream): void {
    this.#waiting.add(stream);
  }

  leave(stream: WaitingStream): void {
    this.#waiting.delete(stream);
  }

  /** Gives a stream its number. Numbers are used again when there are no more, as the protocol has it. */
  begin(stream: Stream): number {
    while (this.streams.has(this.#nextId)) {
      this.#advance();
    }
    const streamId = this.#nextId;
    this.#advance();
    this.streams.set(streamId, stream);
    return streamId;
  }

  override forget(streamId: number): void {
    super.forget(streamId);
    if (this.#leaving !== undefined && this.streams.size === 0) {
      this.end(this.#leaving);
    }
  }

  protected override receive(frame: Frame): void {
    if (frame.streamId === 0) {
      this.control(frame);
    } else if (
      frame.type.startsWith('REQUEST_') &&
      frame.type !== 'REQUEST_N' &&
      frame.type !== 'REQUEST_FNF'
    ) {
      const message = 'this client answers no requests';
      this.answer(encodeError(frame.streamId, RSocketErrorCode.REJECTED, message));
    }
  }

  protected override control(frame: Frame): void {
    if (frame.type === 'ERROR' && frame.code === RSocketErrorCode.CONNECTION_CLOSE && this.streams.size > 0) {
      this.#leaving = new RSocketError(frame.code, frame.message);
    } else {
      super.control(frame);
    }
  }

  protected override atEnd(error: RSocketError): void {
    for (const stream of this.#waiting) {
      stream.fail(error);
    }
  }

  #advance(): void {
    this.#nextId = this.#nextId + 2 > MAX_31_BITS ? 1 : this.#nextId + 2;
  }

  #setUp(): void {
    const { keepAlive, lifetime, metadataMimeType, codec, setup } = this.settings;
    this.send(
      encodeSetup({
        majorVersion: 1,
        minorVersion: 0,
        keepAlive,
        lifetime,
        resume: false,
        lease: false,
        metadataMimeType,
        dataMimeType: codec.mimeType,
        ...setup,
      }),
    );
    for (const stream of this.#waiting) {
      stream.opened();
    }
    this.#waiting.clear();
  }
}
