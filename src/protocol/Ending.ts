/** How a stream ended, as data, so that `undefined` stays an ordinary error. */
export type Ending = { readonly kind: 'complete' } | { readonly kind: 'error'; readonly error: unknown };

export const COMPLETE: Ending = { kind: 'complete' };
