/** What is asked of a `MessagePort`, a `Worker` or the inside of one, which can transfer objects of type `X`. */
export interface MessagePortLike<X> {
  postMessage(message: unknown, transfer: X[]): void;
  postMessage(message: unknown): void;
  addEventListener(type: string, listener: (event: Event) => void): void;
  removeEventListener(type: string, listener: (event: Event) => void): void;
  start?(): void;
  close?(): void;
}

/** What is asked of a `Worker` of `node:worker_threads`, which is no `EventTarget`. */
export interface NodeWorkerLike<X> {
  postMessage(message: unknown, transfer?: readonly X[]): void;
  on(event: string, listener: (value: unknown) => void): unknown;
  off(event: string, listener: (value: unknown) => void): unknown;
}

/** What a stream can go through. */
export type Port<X> = MessagePortLike<X> | NodeWorkerLike<X>;

/** Why a stream over a port ended that neither side has ended. */
export class PortError extends Error {
  override readonly name = 'PortError';
}
