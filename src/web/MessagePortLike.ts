/** What is asked of a `MessagePort`, a `Worker` or the inside of one. */
export interface MessagePortLike {
  postMessage(message: unknown, transfer?: never[]): void;
  addEventListener(type: string, listener: (event: Event) => void): void;
  removeEventListener(type: string, listener: (event: Event) => void): void;
  start?(): void;
}

/** What the consumer's side sends. */
export type Upstream = { readonly request: number } | { readonly cancel: true };

/** What the producer's side sends. */
export type Downstream =
  | { readonly next: unknown }
  | { readonly error: unknown }
  | { readonly complete: true };

/** Listens to a port; answers what stops that. `lost` is called when nothing can come any more. */
export function listen(
  port: MessagePortLike,
  message: (data: unknown) => void,
  lost: (error: PortError) => void,
): () => void {
  const listeners = {
    message: (event: Event) => message('data' in event ? event.data : undefined),
    messageerror: () => lost(new PortError('a message could not be read')),
    error: () => lost(new PortError('the worker failed')),
    close: () => lost(new PortError('the port was closed')),
  };
  for (const [type, listener] of Object.entries(listeners)) {
    port.addEventListener(type, listener);
  }
  port.start?.();
  return () => {
    for (const [type, listener] of Object.entries(listeners)) {
      port.removeEventListener(type, listener);
    }
  };
}

/** Why a stream over a port ended that neither side has ended. */
export class PortError extends Error {
  override readonly name = 'PortError';
}
