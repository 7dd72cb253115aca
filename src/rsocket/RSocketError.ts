/** The error codes of the RSocket protocol. Those above 0x300 are the application's own. */
export const RSocketErrorCode = {
  INVALID_SETUP: 0x001,
  UNSUPPORTED_SETUP: 0x002,
  REJECTED_SETUP: 0x003,
  REJECTED_RESUME: 0x004,
  CONNECTION_ERROR: 0x101,
  CONNECTION_CLOSE: 0x102,
  APPLICATION_ERROR: 0x201,
  REJECTED: 0x202,
  CANCELED: 0x203,
  INVALID: 0x204,
} as const;

/**
 * Why an RSocket stream or connection ended: what the peer said, or what was found on this side.
 *
 * @example
 * ```ts
 * import { RSocketError, RSocketErrorCode } from 'rxjs-backpressure/rsocket';
 *
 * const isLost = (error: unknown) =>
 *   error instanceof RSocketError && error.code === RSocketErrorCode.CONNECTION_ERROR;
 * ```
 */
export class RSocketError extends Error {
  override readonly name = 'RSocketError';

  /**
   * @param code one of {@link RSocketErrorCode}, or of the application's own, 0x301 to 0xfffffffe
   */
  constructor(
    readonly code: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
