/** How a stream ended, as data, so that `undefined` stays an ordinary error. */
export type Ending = { readonly kind: 'complete' } | { readonly kind: 'error'; readonly error: unknown };

/** Ends `downstream` so. */
export function deliverEnding(
  ending: Ending,
  downstream: { error(error: unknown): void; complete(): void },
): void {
  if (ending.kind === 'error') {
    downstream.error(ending.error);
  } else {
    downstream.complete();
  }
}

export const COMPLETE: Ending = { kind: 'complete' };
