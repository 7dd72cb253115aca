/** The frame types of RSocket 1.0 by their number on the wire. */
export const FRAME_TYPES: ReadonlyMap<number, Frame['type']> = new Map([
  [0x01, 'SETUP'],
  [0x02, 'LEASE'],
  [0x03, 'KEEPALIVE'],
  [0x04, 'REQUEST_RESPONSE'],
  [0x05, 'REQUEST_FNF'],
  [0x06, 'REQUEST_STREAM'],
  [0x07, 'REQUEST_CHANNEL'],
  [0x08, 'REQUEST_N'],
  [0x09, 'CANCEL'],
  [0x0a, 'PAYLOAD'],
  [0x0b, 'ERROR'],
  [0x0c, 'METADATA_PUSH'],
  [0x0d, 'RESUME'],
  [0x0e, 'RESUME_OK'],
]);

/** The flags of a frame header. A bit means different things in different frames. */
export const FLAG = {
  ignore: 0x200,
  metadata: 0x100,
  /** SETUP: a resume token is there. */
  resume: 0x80,
  /** SETUP: leases are wanted. */
  lease: 0x40,
  /** KEEPALIVE: to be answered. */
  respond: 0x80,
  /** Requests and PAYLOAD: more fragments follow. */
  follows: 0x80,
  complete: 0x40,
  next: 0x20,
};

/** Of frame type and flags together, in the 16 bits after the stream's number. */
export const TYPE_SHIFT = 10;
/** The largest number that RSocket can write in its 31 bits: of a stream, of a request, of milliseconds. */
export const MAX_31_BITS = 2 ** 31 - 1;
/** A frame is never longer, in bytes. */
export const MAX_FRAME = 2 ** 24 - 1;
/** Stream number, type and flags. */
export const HEADER_LENGTH = 6;

/** What a request or a value carries: bytes, of which this floor knows no more. */
export interface Payload {
  readonly metadata: Uint8Array | undefined;
  readonly data: Uint8Array;
}

export interface SetupFrame extends Payload {
  readonly type: 'SETUP';
  readonly streamId: number;
  readonly majorVersion: number;
  readonly minorVersion: number;
  /** Milliseconds between two KEEPALIVE frames. */
  readonly keepAlive: number;
  /** Milliseconds of silence after which the peer is taken for dead. */
  readonly lifetime: number;
  readonly resume: boolean;
  readonly lease: boolean;
  readonly metadataMimeType: string;
  readonly dataMimeType: string;
}

export interface RequestFrame extends Payload {
  readonly type: 'REQUEST_RESPONSE' | 'REQUEST_FNF' | 'REQUEST_STREAM' | 'REQUEST_CHANNEL';
  readonly streamId: number;
  readonly follows: boolean;
  /** The first request; 0 where the frame has none. */
  readonly requestN: number;
}

export interface PayloadFrame extends Payload {
  readonly type: 'PAYLOAD';
  readonly streamId: number;
  readonly follows: boolean;
  readonly complete: boolean;
  readonly next: boolean;
}

/** One message of the protocol. */
export type Frame =
  | SetupFrame
  | RequestFrame
  | PayloadFrame
  | { readonly type: 'REQUEST_N'; readonly streamId: number; readonly requestN: number }
  | { readonly type: 'CANCEL'; readonly streamId: number }
  | { readonly type: 'ERROR'; readonly streamId: number; readonly code: number; readonly message: string }
  | {
      readonly type: 'KEEPALIVE';
      readonly streamId: number;
      readonly respond: boolean;
      readonly data: Uint8Array;
    }
  | { readonly type: 'LEASE' | 'METADATA_PUSH' | 'RESUME' | 'RESUME_OK'; readonly streamId: number }
  /** A type that the protocol may have one day, or an extension. */
  | { readonly type: 'UNKNOWN'; readonly streamId: number; readonly ignore: boolean };
