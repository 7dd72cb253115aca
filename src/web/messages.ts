/** What `pullFromPort` sends: how many more values it takes (0 only subscribes), or that it takes no more. */
export type Upward = { readonly request: number } | { readonly cancel: true } | Alive;

/** What `serve` sends: a value, or how the stream has ended. An error's name is lost where it is cloned. */
export type Downward =
  | { readonly next: unknown }
  | { readonly error: unknown; readonly name?: unknown }
  | { readonly complete: true }
  | Alive;

/** What both send: the lock that each holds while it lives. */
interface Alive {
  readonly alive: string;
}

/** Whether a message is one of a stream: an object that says `word`. */
export function says<K extends string>(message: unknown, word: K): message is Record<K, unknown> {
  return typeof message === 'object' && message !== null && word in message;
}
