import type { Observable } from 'rxjs';
import { on, tryLaws, type Verification } from './laws/ConformanceError.js';
import { NATIVE_LAWS, type NativeSubject } from './laws/nativeLaws.js';
import { PUBLISHER_LAWS, type PublisherSubject } from './laws/publisherLaws.js';
import { publisherOf } from './laws/publisherOf.js';
import { fewTurns } from './laws/settle.js';
import type { VerifyOptions } from './verifyPublisher.js';

/**
 * Tries sections 1 and 3 of Reactive Streams, and the laws of this library, on a source that claims to honour demand.
 *
 * @param create makes a new source of `count` values, which then completes
 * @param options how to make it fail, to see what it holds, to wait for it
 * @returns a promise of what was tested; it rejects with a {@link ConformanceError} that names every rule that does not hold
 *
 * @example
 * ```ts
 * import { pullFrom } from 'rxjs-backpressure';
 * import { verifySource } from 'rxjs-backpressure/testing';
 *
 * await verifySource((count) => pullFrom(Array(count).fill('row')));
 * ```
 */
export function verifySource<T>(
  create: (count: number) => Observable<T>,
  { settle = fewTurns, failing, ...options }: VerifyOptions<Observable<T>> = {},
): Promise<Verification> {
  const subject: Omit<PublisherSubject<unknown>, 'create'> = {
    ...options,
    ...(failing !== undefined && { failing: (error: unknown) => publisherOf<unknown>(failing(error)) }),
    settle,
    guarded: true,
  };
  const asPublisher = on(PUBLISHER_LAWS, {
    ...subject,
    create: (count) => publisherOf<unknown>(create(count)),
  });
  const natives = on<NativeSubject<unknown>>(NATIVE_LAWS, { create, settle, most: options.most });
  return tryLaws([...asPublisher, ...natives], settle);
}
