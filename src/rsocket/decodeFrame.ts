import { ByteReader } from './ByteReader.js';
import { FLAG, FRAME_TYPES, type Frame, type Payload, TYPE_SHIFT } from './Frame.js';

const TEXT = new TextDecoder();

/**
 * Reads one frame. Its bytes are not copied.
 *
 * **Errors.** Whatever the bytes are, only an `RSocketError` with the code `CONNECTION_ERROR` is thrown: a frame that is too
 * short for what it says it has.
 */
export function decodeFrame(bytes: Uint8Array): Frame {
  const reader = new ByteReader(bytes);
  const streamId = reader.uint31();
  const typeAndFlags = reader.uint16();
  const has = (flag: number) => (typeAndFlags & flag) !== 0;
  const type = FRAME_TYPES.get(typeAndFlags >> TYPE_SHIFT) ?? 'UNKNOWN';
  switch (type) {
    case 'SETUP':
      return decodeSetup(reader, streamId, has);
    case 'REQUEST_STREAM':
    case 'REQUEST_CHANNEL': {
      const requestN = reader.uint31();
      return { type, streamId, follows: has(FLAG.follows), requestN, ...decodePayload(reader, has) };
    }
    case 'REQUEST_RESPONSE':
    case 'REQUEST_FNF':
      return { type, streamId, follows: has(FLAG.follows), requestN: 0, ...decodePayload(reader, has) };
    case 'PAYLOAD': {
      const complete = has(FLAG.complete);
      const { metadata, data } = decodePayload(reader, has);
      // A last payload is whole, whatever it says.
      const follows = has(FLAG.follows) && !complete;
      return { type, streamId, follows, complete, next: has(FLAG.next), metadata, data };
    }
    case 'REQUEST_N':
      return { type, streamId, requestN: reader.uint31() };
    case 'ERROR':
      return { type, streamId, code: reader.uint32(), message: TEXT.decode(reader.rest()) };
    case 'KEEPALIVE':
      reader.bytes(8); // the position, for resumption
      return { type, streamId, respond: has(FLAG.respond), data: reader.rest() };
    case 'UNKNOWN':
      return { type, streamId, ignore: has(FLAG.ignore) };
    default:
      return { type, streamId };
  }
}

function decodeSetup(reader: ByteReader, streamId: number, has: (flag: number) => boolean): Frame {
  const majorVersion = reader.uint16();
  const minorVersion = reader.uint16();
  const keepAlive = reader.uint31();
  const lifetime = reader.uint31();
  const resume = has(FLAG.resume);
  if (resume) {
    reader.bytes(reader.uint16());
  }
  return {
    type: 'SETUP',
    streamId,
    majorVersion,
    minorVersion,
    keepAlive,
    lifetime,
    resume,
    lease: has(FLAG.lease),
    metadataMimeType: TEXT.decode(reader.bytes(reader.uint8())),
    dataMimeType: TEXT.decode(reader.bytes(reader.uint8())),
    ...decodePayload(reader, has),
  };
}

function decodePayload(reader: ByteReader, has: (flag: number) => boolean): Payload {
  const metadata = has(FLAG.metadata) ? reader.bytes(reader.uint24()) : undefined;
  return { metadata, data: reader.rest() };
}
