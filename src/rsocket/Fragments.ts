import { HEADER_LENGTH, type Payload } from './Frame.js';
import { RSocketError, RSocketErrorCode } from './RSocketError.js';

/** Puts a payload together from the frames it comes in. */
export class Fragments {
  #metadata: Uint8Array[] = [];
  #data: Uint8Array[] = [];
  /** Of what waits, in bytes, each frame with its header: also empty ones take room. From 0 to `limit`. */
  #length = 0;

  constructor(private readonly limit: number) {}

  /** Answers the payload with its last fragment. Throws an `RSocketError` when it is too long. */
  add(part: Payload & { readonly follows: boolean }): Payload | undefined {
    if (!part.follows && this.#length === 0) {
      return part;
    }
    this.#length += HEADER_LENGTH + part.data.length + (part.metadata?.length ?? 0);
    if (this.#length > this.limit) {
      this.clear();
      throw new RSocketError(
        RSocketErrorCode.INVALID,
        `the fragments of a payload have more than maxPayload = ${this.limit} bytes`,
      );
    }
    this.#data.push(part.data);
    if (part.metadata !== undefined) {
      this.#metadata.push(part.metadata);
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
    this.#length = 0;
    this.#metadata = [];
    this.#data = [];
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
