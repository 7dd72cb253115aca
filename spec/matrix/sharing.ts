import * as rx from 'rxjs';
import { cut, type Rows } from './claims.js';
import { double } from './inner.js';

const OWN = 'it subscribes to its source with a subscriber of its own';

/** Operators between whose source and subscribers stands a Subject. */
export const sharing: Rows = {
  share: cut(OWN, (source$) => source$.pipe(rx.share())),
  shareReplay: cut(OWN, (source$) => source$.pipe(rx.shareReplay({ bufferSize: 1, refCount: true }))),
  connect: cut(OWN, (source$) => source$.pipe(rx.connect((shared$) => shared$.pipe(rx.map(double))))),
  connectable: cut(OWN, (source$) => {
    const shared$ = rx.connectable(source$);
    return new rx.Observable((subscriber) => {
      shared$.subscribe(subscriber);
      subscriber.add(shared$.connect());
    });
  }),
  multicast: cut(OWN, (source$) =>
    source$.pipe(
      rx.multicast(() => new rx.Subject<number>()),
      rx.refCount(),
    ),
  ),
  publish: cut(OWN, (source$) => source$.pipe(rx.publish(), rx.refCount())),
  publishBehavior: cut(OWN, (source$) => source$.pipe(rx.publishBehavior(0), rx.refCount())),
  publishLast: cut(OWN, (source$) => source$.pipe(rx.publishLast(), rx.refCount())),
  publishReplay: cut(OWN, (source$) => source$.pipe(rx.publishReplay(1), rx.refCount())),
  refCount: cut(OWN, (source$) => source$.pipe(rx.publish(), rx.refCount(), rx.map(double))),
};
