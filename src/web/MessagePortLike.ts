/** What is asked of a `MessagePort`, a `Worker` or the inside of one, which can transfer objects of type `X`. */
export interface MessagePortLike<X> {
  postMessage(message: unknown, transfer?: X[]): void;
  addEventListener(type: string, listener: (event: Event) => void): void;
  removeEventListener(type: string, listener: (event: Event) => void): void;
  start?(): void;
}

/** Listens to a port; answers what stops that. `lost` is called when nothing can come any more. */
export function listen<X>(
  port: MessagePortLike<X>,
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
