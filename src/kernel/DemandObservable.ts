import type { Observable } from 'rxjs';
import { stageOf } from '../chain/Stage.js';
import { checkFunction } from '../protocol/check.js';
import type { DemandSink, Producer } from '../protocol/Demand.js';
import { ChainObservable } from './ChainObservable.js';
import { RequestedSource } from './RequestedSource.js';

/**
 * The producer half: an Observable that emits only against credit.
 *
 * At subscription `connect` is called with a sink and answers with a producer: `request(n)` asks for `n` more items, to be
 * put into the sink now or later; `unsubscribe` releases what it holds, once, on every ending. Subscribed to by a chain
 * of native operators that ends in a `DemandSubscriber`, it joins that subscriber's demand; by anything else (`async` pipe,
 * `firstValueFrom`, plain `subscribe`) it is asked for `Infinity` and behaves as a plain Observable.
 *
 * **Demand.** Directly under a `DemandSubscriber` requests come as they are made; under native operators one by one while
 * the producer answers at once, otherwise in steps within the window. A request from inside `sink.next` comes after it.
 *
 * **Errors.** What `connect` or `request` throws ends the stream with that error. Signals after the ending are ignored
 * (Reactive Streams 1.7). Items that were not asked for (1.1) wait in the subscriber's bounded buffer.
 *
 * @example
 * ```ts
 * import { DemandObservable, DemandSubscriber } from 'rxjs-backpressure';
 *
 * const naturals$ = new DemandObservable<number>((sink) => {
 *   let next = 0;
 *   return {
 *     request: (n) => {
 *       for (let i = 0; i < n && !sink.closed; i++) {
 *         sink.next(next++);
 *       }
 *     },
 *     unsubscribe: () => console.log('released'),
 *   };
 * });
 * const three = new DemandSubscriber<number>({ start: (demand) => demand.request(3), next: console.log });
 * naturals$.subscribe(three);
 * three.unsubscribe();
 * ```
 */
export class DemandObservable<T> extends ChainObservable<T> {
  /** Of what an operator of this library makes: its name, and what it was piped onto. @internal */
  above: { readonly operator: string; readonly source: Observable<unknown> } | undefined;

  constructor(connect: (sink: DemandSink<T>) => Producer) {
    checkFunction('DemandObservable: connect', connect);
    const made = (sink: DemandSink<T>) => {
      const producer = connect(sink);
      checkFunction('DemandObservable: connect(sink).request', producer?.request);
      return producer;
    };
    super((subscriber) => {
      const stage = stageOf(subscriber);
      if (stage !== undefined) {
        return new RequestedSource<T>(stage, subscriber, made);
      }
      if (subscriber.closed) {
        return;
      }
      const producer = made(subscriber);
      subscriber.add(() => producer.unsubscribe());
      producer.request(Infinity);
      return producer.start?.();
    });
  }
}
