import type { Observable } from 'rxjs';

/** Builds a pipeline from a source of 1, 2, ... and, where it joins two, another one of 1001, 1002, ... */
export type Build = (source$: Observable<number>, other$: Observable<number>) => Observable<unknown>;

/** How many items the operator draws. */
export type Claim =
  /** So many for the first output, so many for three asked one by one or together; of all its sources. */
  | { readonly draws: 'exactly'; readonly first: number; readonly third: number; readonly together: number }
  /** At most `inFlight` items of each source ahead of those that came out; an output holds `each` of them. */
  | { readonly draws: 'a window'; readonly each: number; readonly because: string }
  /** The whole source before its first output. */
  | { readonly draws: 'all'; readonly because: string }
  /** Whatever the source gives until a timer or notifier makes an output; an endless source leaves them their turn. */
  | { readonly draws: 'freely'; readonly because: string }
  /** All of it, requested or not: the chain ends here. What nobody requested waits in the bounded buffer. */
  | { readonly draws: 'unasked'; readonly because: string }
  /** It has no upstream. */
  | { readonly draws: 'nothing' };

/** How its output compares with that of plain RxJS, where the source ends well and where it fails. */
export type Comparison =
  /** The same values in the same order, whatever the source. */
  | 'in order'
  /** The same values; sources that answer at once take turns, where plain RxJS empties one after the other. */
  | 'in any order'
  /** The same values in the same order if the source is slow; of one that answers at once, RxJS loses what demand keeps. */
  | 'when slow';

export interface Row {
  readonly claim: Claim;
  readonly compared: Comparison;
  readonly failureCompared: Comparison;
  /** Whether its outputs depend on how long the consumer takes between its requests. */
  readonly timed: boolean;
  readonly build: Build;
}

/** By operator, with a few words on the case: the first word is the name that RxJS exports. */
export type Rows = Readonly<Record<string, Row>>;

const row = (claim: Claim, build: Build): Row => ({
  ...{ claim, build },
  ...{ compared: 'in order', failureCompared: 'in order', timed: false },
});

export const exact = (first: number, third: number, build: Build, together = third): Row =>
  row({ draws: 'exactly', first, third, together }, build);

export const windowed = (because: string, build: Build, each = 1): Row =>
  row({ draws: 'a window', because, each }, build);

export const all = (because: string, build: Build): Row => row({ draws: 'all', because }, build);

export const freely = (because: string, build: Build): Row => timed(row({ draws: 'freely', because }, build));

export const cut = (because: string, build: Build): Row => row({ draws: 'unasked', because }, build);

export const plain = (build: Build): Row => row({ draws: 'nothing' }, build);

/** Of sources that answer at once, plain RxJS hears the first to its end, or failure, before it looks at the next. */
export const takesTurns = (it: Row): Row => ({ ...it, failureCompared: 'when slow' });

export const timed = (it: Row): Row => ({ ...it, timed: true });

export const inAnyOrder = (it: Row): Row => ({ ...takesTurns(it), compared: 'in any order' });

export const whenSlow = (it: Row): Row => ({ ...it, compared: 'when slow', failureCompared: 'when slow' });
