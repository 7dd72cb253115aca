import type { Item } from '../../wire/Item.js';

/** What is delivered: an item, several of them, or what they were merged into. */
export type Delivered = Item | readonly Item[] | Merged;

export interface Merged {
  readonly merged: number;
  readonly last: Item | undefined;
}

/** What has passed since the run began, in items. */
export interface Counts {
  /** Of the socket, where demand reaches it. */
  readonly requestedUpstream: number;
  readonly arrived: number;
  /** By the consumer, in what it is delivered: arrays count as one. */
  readonly requested: number;
  readonly delivered: number;
  readonly dropped: number;
  readonly handled: number;
  readonly inFlight: number;
  readonly waiting: number;
}

/** Counts items on their way. Its methods are called for each of them, and allocate nothing. */
export class Gauge implements Counts {
  requestedUpstream = 0;
  arrived = 0;
  requested = 0;
  delivered = 0;
  dropped = 0;
  handled = 0;
  /** The most that an item's age was when the consumer had done with it, in ms, since it was asked for the last time. */
  private oldest = 0;
  private last = 0;

  /** Delivered, and the consumer is not done yet. */
  get inFlight(): number {
    return this.delivered - this.handled;
  }

  /** Arrived, and neither delivered nor dropped. */
  get waiting(): number {
    return this.arrived - this.delivered - this.dropped;
  }

  requestUpstream(n: number): void {
    this.requestedUpstream += n;
  }

  arrive(): void {
    this.arrived++;
  }

  request(n: number): void {
    this.requested += n;
  }

  drop(items: Delivered): void {
    this.dropped += countOf(items);
  }

  /** An error carries so many that waited. */
  giveUp(items: number): void {
    this.dropped += items;
  }

  deliver(items: Delivered): void {
    this.delivered += countOf(items);
  }

  handle(items: Delivered): void {
    this.handled += countOf(items);
    const newest = newestOf(items);
    if (newest !== undefined) {
      this.last = Math.max(0, Date.now() - newest.at);
      this.oldest = Math.max(this.oldest, this.last);
    }
  }

  /** The greatest age since the last time, or the last one where nothing was handled meanwhile. */
  takeLatency(): number {
    const latency = this.oldest || this.last;
    this.oldest = 0;
    return latency;
  }

  counts(): Counts {
    const { requestedUpstream, arrived, requested, delivered, dropped, handled, inFlight, waiting } = this;
    return { requestedUpstream, arrived, requested, delivered, dropped, handled, inFlight, waiting };
  }

  reset(): void {
    this.requestedUpstream = 0;
    this.arrived = 0;
    this.requested = 0;
    this.delivered = 0;
    this.dropped = 0;
    this.handled = 0;
    this.oldest = 0;
    this.last = 0;
  }
}

function countOf(items: Delivered): number {
  return 'length' in items ? items.length : 'merged' in items ? items.merged : 1;
}

function newestOf(items: Delivered): Item | undefined {
  return 'length' in items ? items.at(-1) : 'merged' in items ? items.last : items;
}
