import { FLAG, HEADER_LENGTH, MAX_FRAME, type Payload, type SetupFrame, TYPE_SHIFT } from './Frame.js';
import { RSocketError, RSocketErrorCode } from './RSocketError.js';

/** The bytes of a frame, as a socket takes them. */
export type Bytes = Uint8Array<ArrayBuffer>;

const TEXT = new TextEncoder();

export function encodeSetup({
  keepAlive,
  lifetime,
  metadataMimeType,
  dataMimeType,
  ...setup
}: Omit<SetupFrame, 'type' | 'streamId'>): Bytes {
  const metadataMime = TEXT.encode(metadataMimeType);
  const dataMime = TEXT.encode(dataMimeType);
  const fixed = 14 + metadataMime.length + dataMime.length;
  const flags = (setup.resume ? FLAG.resume : 0) | (setup.lease ? FLAG.lease : 0);
  return encode(0, 0x01, flags, fixed, setup, (bytes, view) => {
    view.setUint16(6, setup.majorVersion);
    view.setUint16(8, setup.minorVersion);
    view.setUint32(10, keepAlive);
    view.setUint32(14, lifetime);
    bytes[18] = metadataMime.length;
    bytes.set(metadataMime, 19);
    bytes[19 + metadataMime.length] = dataMime.length;
    bytes.set(dataMime, 20 + metadataMime.length);
  });
}

export function encodeRequestStream(streamId: number, requestN: number, payload: Payload): Bytes {
  return encode(streamId, 0x06, 0, 4, payload, (_bytes, view) => view.setUint32(6, requestN));
}

export function encodeRequestN(streamId: number, requestN: number): Bytes {
  return encode(streamId, 0x08, 0, 4, NOTHING, (_bytes, view) => view.setUint32(6, requestN));
}

export function encodeCancel(streamId: number): Bytes {
  return encode(streamId, 0x09, 0, 0, NOTHING);
}

export function encodeNext(streamId: number, payload: Payload): Bytes {
  return encode(streamId, 0x0a, FLAG.next, 0, payload);
}

export function encodeComplete(streamId: number): Bytes {
  return encode(streamId, 0x0a, FLAG.complete, 0, NOTHING);
}

export function encodeError(streamId: number, code: number, message: string): Bytes {
  const data = TEXT.encode(message);
  return encode(streamId, 0x0b, 0, 4, { metadata: undefined, data }, (_bytes, view) =>
    view.setUint32(6, code),
  );
}

/** Without a position, as nothing is resumed here. */
export function encodeKeepAlive(respond: boolean, data: Uint8Array): Bytes {
  return encode(0, 0x03, respond ? FLAG.respond : 0, 8, { metadata: undefined, data });
}

const NOTHING: Payload = { metadata: undefined, data: new Uint8Array(0) };

/** Header, `fixed` bytes that `write` fills, the metadata with its length, the data. */
function encode(
  streamId: number,
  type: number,
  flags: number,
  fixed: number,
  { metadata, data }: Payload,
  write?: (bytes: Bytes, view: DataView) => void,
): Bytes {
  const metadataLength = metadata === undefined ? 0 : 3 + metadata.length;
  const length = HEADER_LENGTH + fixed + metadataLength + data.length;
  if (length > MAX_FRAME) {
    throw new RSocketError(
      RSocketErrorCode.INVALID,
      `a frame of ${length} bytes is longer than the ${MAX_FRAME} that RSocket allows`,
    );
  }
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, streamId);
  view.setUint16(4, (type << TYPE_SHIFT) | flags | (metadata === undefined ? 0 : FLAG.metadata));
  write?.(bytes, view);
  if (metadata !== undefined) {
    const at = HEADER_LENGTH + fixed;
    view.setUint8(at, metadata.length >> 16);
    view.setUint16(at + 1, metadata.length & 0xffff);
    bytes.set(metadata, at + 3);
  }
  bytes.set(data, length - data.length);
  return bytes;
}
