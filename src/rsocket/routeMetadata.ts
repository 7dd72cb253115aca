/**
 * Metadata that names a route, as Spring and other frameworks read it (`message/x.rsocket.routing.v0`).
 *
 * @param route what the server calls it, at most 255 bytes in UTF-8
 *
 * @example
 * ```ts
 * import { connectRSocket, routeMetadata } from 'rxjs-backpressure/rsocket';
 *
 * const client = connectRSocket('ws://localhost:7000');
 * const prices$ = client.requestStream<number>({ symbol: 'X' }, { metadata: routeMetadata('prices') });
 * ```
 *
 * @see https://github.com/rsocket/rsocket/blob/master/Extensions/Routing.md
 */
export function routeMetadata(route: string): Uint8Array {
  const name = new TextEncoder().encode(route);
  if (name.length > 255) {
    throw new RangeError(`routeMetadata: route must have at most 255 bytes, got ${name.length}`);
  }
  return Uint8Array.of(name.length, ...name);
}
