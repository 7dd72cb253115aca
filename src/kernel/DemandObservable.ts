import type { Observable } from 'rxjs';
import { stageOf } from '../chain/Stage.js';
import type { Cursor } from '../protocol/Cursor.js';
import { checkFunction } from '../protocol/check.js';
import type { DemandSink, Producer } from '../protocol/Demand.js';
import { ChainObservable } from './ChainObservable.js';
import { PulledSource } from './PulledSource.js';
import { RequestedSource } from './RequestedSource.js';

export class DemandObservable<T> extends ChainObservable<T> {
  constructor(connect: (sink: DemandSink<T>) => Producer) {
    checkFunction('new DemandObservable(connect): connect', connect);
    super((subscriber) => {
      const stage = stageOf(subscriber);
      if (stage !== undefined) {
        return new RequestedSource<T>(stage, subscriber, connect);
      }
      const producer = connect(subscriber);
      subscriber.add(() => producer.unsubscribe());
      producer.request(Infinity);
      return producer.start?.();
    });
  }
}

/**
 * An Observable over something that answers at once, such as an array: nothing is ever asked for ahead. Without demand
 * below, it is `plain`.
 */
export class PullObservable<T> extends ChainObservable<T> {
  constructor(open: () => Cursor<T>, plain: Observable<T>) {
    super((subscriber) => {
      const stage = stageOf(subscriber);
      return stage === undefined ? plain.subscribe(subscriber) : new PulledSource<T>(stage, subscriber, open);
    });
  }
}
