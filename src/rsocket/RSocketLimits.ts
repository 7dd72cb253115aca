import { checkCount } from '../protocol/check.js';
import type { ConnectionSettings } from './Connection.js';
import { MAX_FRAME } from './Frame.js';
import { jsonCodec, type RSocketCodec } from './RSocketCodec.js';

/** What both sides of a connection can be told. */
export interface RSocketLimits {
  /** How values become bytes. Default {@link jsonCodec}. */
  readonly codec?: RSocketCodec;
  /** How long a frame that comes in may be, and a payload that comes in fragments, in bytes. Default 1,048,576. */
  readonly maxPayload?: number;
  /** How many bytes may wait to be sent before sources are asked for no more. Default 1,048,576. */
  readonly maxBuffered?: number;
}

export function settingsOf(name: string, options: RSocketLimits): ConnectionSettings {
  const { codec = jsonCodec, maxPayload = 2 ** 20, maxBuffered = 2 ** 20 } = options;
  checkRange(`${name}: maxPayload`, maxPayload, 64, MAX_FRAME);
  checkCount(`${name}: maxBuffered`, maxBuffered, 1);
  checkMimeType(`${name}: codec.mimeType`, codec.mimeType);
  return { codec, maxPayload, maxBuffered };
}

/** Throws where `value` is no integer between the two. */
export function checkRange(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} must be an integer from ${least} to ${most}, got ${String(value)}`);
  }
}

/** Throws where a SETUP frame cannot say `mimeType`: it has one byte for the length. */
export function checkMimeType(name: string, mimeType: string): void {
  const { length } = new TextEncoder().encode(mimeType);
  if (length > 255) {
    throw new RangeError(`${name} must have at most 255 bytes, got ${length}`);
  }
}
