import type { Actor } from './actions.js';

/**
 * What an operator is, said as simply as can be: a list of what waits, a number that is wanted, an ending. Nothing is
 * quick here, and nothing is shared with `src`. As it stands it lets values and requests through, and keeps without bound.
 */
export class Naive implements Actor {
  readonly log: string[] = [];
  now = 0;
  asked = 0;
  /** Values that came from above. */
  arrived = 0;
  /** Requested from below and not delivered. */
  wanted = 0;
  /** Arrived, and not yet let through. */
  waiting: number[] = [];
  /** How the source has ended; told once nothing waits. */
  ending: string | undefined;
  /** The ending was told, or the consumer has left. */
  over = false;
  /** Calls back from inside a delivery. */
  inside: () => void = () => {};
  /** Asks a source that answers at once. */
  supply: () => boolean = () => false;
  #settling = false;
  #delivering = false;
  /** What the consumer has done wrong. */
  #refusal: string | undefined;

  constructor(
    readonly plain: boolean,
    readonly errors: 'first' | 'last' = 'last',
  ) {
    if (plain) this.asked = Infinity;
  }

  // What happens to it.

  emit(value: number): void {
    this.arrived++;
    if (!this.over && this.ending === undefined) {
      // What somebody waits for needs no room.
      if (this.waiting.length < this.open) this.waiting.push(value);
      else this.admit(value);
      this.settle();
    }
  }

  complete(): void {
    this.ending ??= 'complete';
    this.settle();
  }

  error(): void {
    if (this.ending === undefined && !this.over) {
      this.ending = 'error the source';
      if (this.errors === 'first') this.discard();
      this.settle();
    }
  }

  request(n: number, _who = 0): void {
    if (this.over) return;
    if (n < 1) {
      this.#refusal = `request(n): n must be a positive integer or Infinity, got ${n}`;
      this.#refuse();
      return;
    }
    // Beyond unbounded demand there is nothing left to say.
    if (this.wanted !== Infinity) this.requested(n);
    this.wanted += n;
    this.ask();
    this.settle();
  }

  leave(): void {
    if (!this.over) {
      this.over = true;
      this.discard();
    }
  }

  notify(_n: number): void {}

  note(asked: boolean): void {
    this.tell(this.over ? 'over' : `alive${asked ? ` asked ${this.asked}` : ''}`);
  }

  tell(what: string): void {
    this.log.push(`${this.now.toFixed(3)} ${what}`);
  }

  /** It is subscribed to. */
  begin(): void {
    this.ask();
    this.settle();
  }

  /** Time passes, up to and with `time`. */
  advance(time: number): void {
    for (let due = this.due(); due <= time; due = this.due()) {
      this.now = due;
      this.fire();
      this.ask();
      this.settle();
    }
    this.now = time;
  }

  // What a model says differently.

  /** How many of those that wait may pass. */
  get open(): number {
    return this.wanted;
  }

  /** How many values may have been asked for above, all in all. */
  get target(): number {
    return this.arrived - this.waiting.length + this.open;
  }

  /** Downstream asked for `n` more. */
  requested(_n: number): void {}

  /** A value that nobody waits for. */
  admit(value: number): void {
    this.waiting.push(value);
  }

  /** Lets the oldest value that waits pass. */
  pass(): void {
    this.deliver(this.waiting.shift());
  }

  /** When the next timer fires. */
  due(): number {
    return Infinity;
  }

  fire(): void {}

  /** Whether the ending may be told. */
  get drained(): boolean {
    return this.waiting.length === 0;
  }

  // What models are made of.

  settle(): void {
    if (this.#settling) return;
    this.#settling = true;
    while (this.step() || this.supply() || this.#raise());
    this.#settling = false;
  }

  step(): boolean {
    if (this.over) return false;
    if (this.waiting.length > 0 && this.open > 0) {
      this.pass();
      return true;
    }
    if (this.ending !== undefined && this.drained) {
      this.over = true;
      this.tell(`${this.ending}`);
    }
    return false;
  }

  deliver(value: unknown): void {
    this.wanted--;
    this.tell(`next ${String(value)}`);
    this.#delivering = true;
    try {
      this.inside();
    } catch (thrown) {
      this.#refusal = String(thrown).replace('Error: ', '');
    }
    this.#delivering = false;
    this.#refuse();
    this.ask();
  }

  /** More may be asked for than before. */
  ask(): void {}

  /** Asks for it, once the source has given what it was asked for before. */
  #raise(): boolean {
    const more = !this.over && this.ending === undefined && this.target > this.asked;
    if (more) this.asked = this.target;
    return more;
  }

  drop(value: unknown, reason: string): void {
    this.tell(`drop ${String(value)} ${reason}`);
  }

  discard(): void {
    for (const value of this.waiting.splice(0)) this.drop(value, 'unsubscribed');
  }

  /** The stream ends at once, with an error that is not the source's; what waits is dropped. */
  fail(error: string): void {
    // Also while the last value is delivered: the ending behind it has not been told.
    if (this.over) return;
    this.discard();
    this.ending = `error ${error}`;
    this.settle();
  }

  /** The consumer's own subscription ends with what it did wrong, as soon as it has had its value, and leaves. */
  #refuse(): void {
    if (this.#refusal !== undefined && !this.#delivering && !this.over) {
      this.tell(`error ${this.#refusal}`);
      this.leave();
    }
  }

  overflow(value: number): void {
    const carried = [...this.waiting.splice(0), value];
    this.fail(`overflow ${carried.join()}`);
  }
}
