import type { KeptOptions } from '../buffer/BufferOptions.js';
import { DemandObservable } from '../kernel/DemandObservable.js';
import type { DemandSink, Producer } from '../protocol/Demand.js';
import type { SharePolicy } from './Share.js';

/** What one subscriber chooses for itself. */
export interface ShareChoice<T> extends KeptOptions<T> {
  readonly policy: SharePolicy;
}

/** What a share is subscribed to through, and remembers how to be subscribed to otherwise. */
export class SharedObservable<T> extends DemandObservable<T> {
  constructor(
    private readonly join: (sink: DemandSink<T>, choice?: ShareChoice<T>) => Producer,
    choice?: ShareChoice<T>,
  ) {
    super((sink) => join(sink, choice));
  }

  choose(choice: ShareChoice<T>): SharedObservable<T> {
    return new SharedObservable<T>(this.join, choice);
  }
}
