import { RSocketError, RSocketErrorCode } from './RSocketError.js';

/** Reads big-endian numbers and bytes one after the other; what is not there is an error of the connection. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2));
  }

  uint24(): number {
    const at = this.#take(3);
    return (this.#view.getUint16(at) << 8) | this.#view.getUint8(at + 2);
  }

  /** The highest of the 32 bits has no meaning. */
  uint31(): number {
    return this.#view.getUint32(this.#take(4)) & 0x7fffffff;
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4));
  }

  bytes(length: number): Uint8Array {
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  rest(): Uint8Array {
    return this.bytes(this.#bytes.length - this.#at);
  }

  #take(length: number): number {
    const at = this.#at;
    if (at + length > this.#bytes.length) {
      throw new RSocketError(
        RSocketErrorCode.CONNECTION_ERROR,
        `a frame of ${this.#bytes.length} bytes is too short`,
      );
    }
    this.#at += length;
    return at;
  }
}
