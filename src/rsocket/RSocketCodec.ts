/** How values become bytes. Its MIME type is what the two sides agree on when they connect. */
export interface RSocketCodec {
  readonly mimeType: string;
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder('utf-8', { fatal: true });

/** JSON in UTF-8. `undefined` is no bytes at all. */
export const jsonCodec: RSocketCodec = {
  mimeType: 'application/json',
  encode: (value) => {
    const text: string | undefined = JSON.stringify(value);
    if (text === undefined && value !== undefined) {
      throw new TypeError(`jsonCodec: a ${typeof value} cannot be written as JSON`);
    }
    return ENCODER.encode(text);
  },
  decode: (bytes) => (bytes.length === 0 ? undefined : JSON.parse(DECODER.decode(bytes))),
};

/** Bytes as they are, each value a `Uint8Array` of its own. */
export const binaryCodec: RSocketCodec = {
  mimeType: 'application/octet-stream',
  encode: (value) => {
    if (!ArrayBuffer.isView(value)) {
      throw new TypeError(`binaryCodec: a value must be a Uint8Array, got ${String(value)}`);
    }
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  },
  // What came in is a part of what the socket has read, which would be kept as a whole.
  decode: (bytes) => Uint8Array.from(bytes),
};
