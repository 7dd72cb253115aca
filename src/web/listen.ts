import { type MessagePortLike, type Port, PortError } from './MessagePortLike.js';
import { says } from './messages.js';
import { showPresence, watchPresence } from './presence.js';

/**
 * Listens to a port, and shows the other side that this one is there; answers what stops that. `lost` is called when nothing
 * can come any more.
 */
export function listen<X>(
  port: Port<X>,
  message: (data: unknown) => void,
  lost: (error: PortError) => void,
): () => void {
  let unwatch = (): void => {};
  const receive = (data: unknown) => {
    if (says(data, 'alive')) {
      unwatch();
      unwatch = watchPresence(String(data.alive), () => lost(new PortError('the other side is gone')));
    } else {
      message(data);
    }
  };
  const stop = subscribe(port, receive, lost);
  const leave = showPresence((alive) => port.postMessage({ alive }));
  return () => {
    stop();
    leave();
    unwatch();
  };
}

function subscribe<X>(
  port: Port<X>,
  message: (data: unknown) => void,
  lost: (error: PortError) => void,
): () => void {
  const unreadable = () => lost(new PortError('a message could not be read'));
  const closed = () => lost(new PortError('the port was closed'));
  if ('addEventListener' in port) {
    const listeners = {
      message: (event: Event) => message(Reflect.get(event, 'data')),
      messageerror: unreadable,
      close: closed,
      // Inside a worker, this is an error of its own, of whatever part.
      ...('terminate' in port && {
        error: (event: Event) => lost(new PortError(`the worker failed: ${Reflect.get(event, 'message')}`)),
      }),
    };
    for (const [type, listener] of Object.entries(listeners)) {
      port.addEventListener(type, listener);
    }
    const unwatch = watchClosing(port, closed);
    port.start?.();
    return () => {
      unwatch();
      for (const [type, listener] of Object.entries(listeners)) {
        port.removeEventListener(type, listener);
      }
    };
  }
  const listeners = {
    message,
    messageerror: unreadable,
    error: (error: unknown) => lost(new PortError(`the worker failed: ${String(error)}`, { cause: error })),
    exit: (code: unknown) => lost(new PortError(`the worker ended with exit code ${String(code)}`)),
  };
  for (const [event, listener] of Object.entries(listeners)) {
    port.on(event, listener);
  }
  return () => {
    for (const [event, listener] of Object.entries(listeners)) {
      port.off(event, listener);
    }
  };
}

/** Most browsers tell neither side that a port was closed by hand: so `closing` is called while what is said still goes out. */
function watchClosing<X>(port: MessagePortLike<X>, closing: () => void): () => void {
  const { close } = port;
  if (close === undefined) {
    return () => {};
  }
  port.close = () => {
    closing();
    close.call(port);
  };
  return () => {
    port.close = close;
  };
}
