import { HEADER_LENGTH, type Payload } from './Frame.js';
import { RSocketError, RSocketErrorCode } from './RSocketError.js';

/** So many payloads of the longest can be unfinished at a time over one connection: a peer may have a thousand streams. */
const MOST_UNFINISHED = 16;

/** What all streams of a connection have of unfinished payloads, in bytes. */
export interface Unfinished {
  unfinished: number;
}

/** Puts a payload together from the frames it comes in. */
export class Fragments {
  #metadata: Uint8Array[] = [];
  #data: Uint8Array[] = [];
  /** Of what waits, in bytes, each frame with its header: also empty ones take room. From 0 to `limit`. */
  #length = 0;

  constructor(
    private readonly limit: number,
    private readonly connection: Unfinished,
  ) {}

  /** Answers the payload with its last fragment. Throws an `RSocketError` when it is too long. */
  add(part: Payload & { readonly follows: boolean }): Payload | undefined {
    if (!part.follows && this.#length === 0) {
      return part;
    }
    const length = HEADER_LENGTH + part.data.length + (part.metadata?.length ?? 0);
    this.#length += length;
    this.connection.unfinished += length;
    this.#check();
    // What came in is a part of what the socket has read, which would be kept as a whole.
    this.#data.push(part.data.slice());
    if (part.metadata !== undefined) {
      this.#metadata.push(part.metadata.slice());
    }
    if (part.follows) {
      return undefined;
    }
    const metadata = this.#metadata.length === 0 ? undefined : joined(this.#metadata);
    const whole = { metadata, data: joined(this.#data) };
    this.clear();
    return whole;
  }

  clear(): void {
    this.connection.unfinished -= this.#length;
    this.#length = 0;
    this.#metadata = [];
    this.#data = [];
  }

  #check(): void {
    const all = MOST_UNFINISHED * this.limit;
    if (this.#length > this.limit || this.connection.unfinished > all) {
      const problem =
        this.#length > this.limit
          ? `the fragments of a payload have more than maxPayload = ${this.limit} bytes`
          : `the unfinished payloads of this connection have more than ${MOST_UNFINISHED} * maxPayload = ${all} bytes`;
      this.clear();
      throw new RSocketError(RSocketErrorCode.INVALID, problem);
    }
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
