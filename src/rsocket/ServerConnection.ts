import type { Observable } from 'rxjs';
import { Connection, type ConnectionSettings } from './Connection.js';
import { encodeError } from './encodeFrame.js';
import type { Frame, Payload, RequestFrame, SetupFrame } from './Frame.js';
import { RSocketError, RSocketErrorCode } from './RSocketError.js';
import { StreamResponder } from './StreamResponder.js';
import type { WebSocketLike } from './WebSocketLike.js';

/** Milliseconds that a client has for its first frame. */
const SETUP_TIME = 30_000;

export interface ServerSettings extends ConnectionSettings {
  readonly maxStreams: number;
}

/** What the application makes of a connection. */
export interface ServerRole {
  respond(payload: Payload): Observable<unknown>;
  ended(error: RSocketError): void;
}

/** The side that is connected to, and answers. */
export class ServerConnection extends Connection {
  constructor(
    socket: WebSocketLike,
    override readonly settings: ServerSettings,
    private readonly role: ServerRole,
  ) {
    super(socket, settings);
    this.watch(SETUP_TIME, SETUP_TIME);
  }

  protected override receive(frame: Frame): void {
    if (!this.established) {
      const problem = this.#check(frame);
      if (problem !== undefined) {
        throw problem;
      }
    } else if (frame.streamId === 0) {
      this.control(frame);
    } else {
      this.#request(frame);
    }
  }

  protected override atEnd(error: RSocketError): void {
    this.role.ended(error);
  }

  /** Of the first frame. */
  #check(frame: Frame): RSocketError | undefined {
    if (frame.type === 'RESUME') {
      return new RSocketError(RSocketErrorCode.REJECTED_RESUME, 'this server resumes nothing');
    }
    if (frame.type !== 'SETUP' || frame.streamId !== 0) {
      return new RSocketError(RSocketErrorCode.INVALID_SETUP, 'the first frame must be SETUP');
    }
    const problem = problemOf(frame, this.settings.codec.mimeType);
    if (problem === undefined) {
      this.established = true;
      this.watch(Math.ceil(frame.lifetime / 4), frame.lifetime);
    }
    return problem;
  }

  #request(frame: Frame): void {
    switch (frame.type) {
      case 'REQUEST_STREAM':
        this.#stream(frame);
        break;
      case 'REQUEST_RESPONSE':
      case 'REQUEST_CHANNEL':
        this.#reject(frame, `this server answers REQUEST_STREAM, not ${frame.type}`);
        break;
      default:
      // What makes no sense here is ignored, as the protocol has it.
    }
  }

  #stream(frame: RequestFrame): void {
    const { maxStreams } = this.settings;
    if (this.streams.size >= maxStreams) {
      this.#reject(frame, `there are maxStreams = ${maxStreams} streams on this connection`);
    } else {
      new StreamResponder(this, frame, (payload) => this.role.respond(payload));
    }
  }

  #reject({ streamId }: RequestFrame, message: string): void {
    this.answer(encodeError(streamId, RSocketErrorCode.REJECTED, message));
  }
}

/** What is wrong with a SETUP, if anything is. */
function problemOf(setup: SetupFrame, mimeType: string): RSocketError | undefined {
  const { majorVersion, minorVersion, keepAlive, lifetime, resume, lease, dataMimeType } = setup;
  if (majorVersion !== 1) {
    const version = `${majorVersion}.${minorVersion}`;
    return new RSocketError(
      RSocketErrorCode.UNSUPPORTED_SETUP,
      `this server speaks RSocket 1.0, not ${version}`,
    );
  }
  if (keepAlive === 0 || lifetime === 0) {
    return new RSocketError(RSocketErrorCode.INVALID_SETUP, 'keep-alive and lifetime must be above 0');
  }
  if (resume || lease) {
    const wish = resume ? 'resumption' : 'leases';
    return new RSocketError(RSocketErrorCode.REJECTED_SETUP, `this server has no ${wish}`);
  }
  if (essence(dataMimeType) !== essence(mimeType)) {
    const message = `this server speaks ${mimeType}, not ${dataMimeType}`;
    return new RSocketError(RSocketErrorCode.UNSUPPORTED_SETUP, message);
  }
  return undefined;
}

/** A MIME type without its parameters. */
function essence(mimeType: string): string {
  return mimeType.replace(/;.*/, '').trim().toLowerCase();
}
