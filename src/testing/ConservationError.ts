import type { DropReason } from '../buffer/BufferOptions.js';

/** What became of the values and the demand of one subscription to a checked operator. */
export interface ConservationAccount {
  /** Requested from below; `Infinity` of a plain subscriber. */
  readonly granted: number;
  /** Values that came in from above. */
  readonly arrived: number;
  /** Values that went out below. */
  readonly delivered: number;
  /** Values reported to `onDrop`, by reason. */
  readonly discarded: Readonly<Record<DropReason, number>>;
  /** Values that wait for demand, or are inside native operators. */
  readonly waiting: number;
  /** Asked for above and not yet taken. */
  readonly outstanding: number;
}

/** An operator under {@link checkConservation} has lost or made up a value, or demand. */
export class ConservationError extends Error {
  override readonly name = 'ConservationError';

  /**
   * @param stage the name of the operator
   * @param seen what does not add up
   * @param account as it was after the signal
   */
  constructor(
    readonly stage: string,
    readonly seen: string,
    readonly account: ConservationAccount,
  ) {
    const { granted, arrived, delivered, discarded, waiting, outstanding } = account;
    const reasons = Object.entries(discarded).map(([reason, count]) => `${count} ${reason}`);
    super(
      `${stage} ${seen}: granted ${granted}, arrived ${arrived}, delivered ${delivered}, ` +
        `discarded ${reasons.join(' ')}, waiting ${waiting}, outstanding ${outstanding}`,
    );
  }
}
