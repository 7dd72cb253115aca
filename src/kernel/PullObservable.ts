import type { Observable } from 'rxjs';
import { stageOf } from '../chain/Stage.js';
import type { Cursor } from '../protocol/Cursor.js';
import { ChainObservable } from './ChainObservable.js';
import { PulledSource } from './PulledSource.js';

/**
 * An Observable over something that answers at once, such as an array: nothing is ever asked for ahead. Without demand
 * below, it is `plain`.
 */
export class PullObservable<T> extends ChainObservable<T> {
  constructor(open: () => Cursor<T>, plain: Observable<T>) {
    super((subscriber) => {
      const stage = stageOf(subscriber);
      if (stage !== undefined) {
        return new PulledSource<T>(stage, subscriber, open);
      }
      return subscriber.closed ? undefined : plain.subscribe(subscriber);
    });
  }
}
