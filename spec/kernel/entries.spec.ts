/** What an operator is fed by, and what it has left behind, told by what RxJS adds to its Subscriber. */
import { describe, expect, it } from '@jest/globals';
import {
  asyncScheduler,
  bufferTime,
  catchError,
  combineLatest,
  concatMap,
  defer,
  delay,
  filter,
  finalize,
  groupBy,
  map,
  merge,
  mergeMap,
  NEVER,
  Observable,
  of,
  Subject,
  Subscriber,
  take,
  timer,
  withLatestFrom,
  zip,
} from 'rxjs';
import { batchWhileBusy, dropLatest, prefetch, pullFrom, rateLimit } from '../../src/index.js';
import { requesting } from '../recorder.js';
import { counting, inVirtualTime, silent, WINDOW } from './counting.js';

const LATER = 50;
const broken = () => {
  throw new Error('broken');
};

/** An operator as it was written by hand before `operate`: a class whose `call` hands back the Subscriber that it made. */
class RareOperator {
  call(subscriber: Subscriber<number>, source: Observable<number>) {
    subscriber.add(() => {});
    return source.subscribe(new RareSubscriber(subscriber));
  }
}
class RareSubscriber extends Subscriber<number> {
  override next(n: number): void {
    if (n % 100 === 99) this.destination.next(n);
  }
}

describe('beside one that has not begun, combineLatest holds at the window', () => {
  it.each<[string, (source$: Observable<number>) => Observable<number>]>([
    ['a source with something to do at its end', (source$) => source$.pipe(finalize(() => {}))],
    [
      'a source that has taken the place of one that failed at once',
      (source$) =>
        pullFrom([0]).pipe(
          map(broken),
          catchError(() => source$),
        ),
    ],
    [
      'a source that is subscribed to later, by hand',
      (source$) =>
        new Observable((subscriber) => {
          asyncScheduler.schedule(() => source$.subscribe(subscriber));
        }),
    ],
  ])('%s', (_, branch) => {
    inVirtualTime(LATER, (at) => {
      const source = counting('pulled', 1000);
      const { consumer } = requesting(Infinity);
      combineLatest([branch(source.source$), silent()]).subscribe(consumer);
      at(LATER - 10, () => {
        expect(source.drawn).toBe(WINDOW);
        consumer.unsubscribe();
      });
    });
  });
});

it('no place is taken by an item that an operator of the old kind swallows', () => {
  inVirtualTime(LATER, (at) => {
    const { log, consumer } = requesting<number>(3, { inFlight: 2 });
    counting('pulled').source$.lift(new RareOperator()).subscribe(consumer);
    at(1, () => expect(log).toEqual([99, 199, 299]));
  });
});

it('withLatestFrom inside an item swallows what comes before the others have begun', () => {
  inVirtualTime(LATER, (at) => {
    const source = counting('pulled', 1000);
    const { consumer } = requesting(1);
    pullFrom([0])
      .pipe(mergeMap(() => source.source$.pipe(withLatestFrom(silent(), silent()))))
      .subscribe(consumer);
    at(LATER - 10, () => {
      expect(source.drawn).toBe(1000);
      consumer.unsubscribe();
    });
  });
});

it('zip of what is deferred, inside an item, holds at the window beside one that is idle', () => {
  inVirtualTime(LATER, (at) => {
    const [one, other] = [counting('pulled', 1000), counting('pulled', 1000)];
    const { consumer } = requesting(Infinity);
    pullFrom([0])
      .pipe(
        concatMap(() =>
          zip(
            defer(silent),
            defer(() => one.source$),
            defer(() => other.source$),
          ),
        ),
      )
      .subscribe(consumer);
    at(LATER - 10, () => {
      expect([one.drawn, other.drawn]).toEqual([WINDOW, WINDOW]);
      consumer.unsubscribe();
    });
  });
});

it('no place is taken by an item of which the work was given up while it was on its way', () => {
  inVirtualTime(LATER, () => {
    const { log, consumer } = requesting<number>(3, { inFlight: 2 });
    counting('pulled')
      .source$.pipe(
        mergeMap((n) => merge(of(n).pipe(delay(LATER)), of(n)).pipe(take(1))),
        filter((n) => n % 100 === 99),
      )
      .subscribe(consumer);
    expect(log).toEqual([99, 199, 299]);
    consumer.unsubscribe();
  });
});

it('an operator of ours inside an item draws ahead from a source of its own as far as it may', () => {
  inVirtualTime(LATER, (at) => {
    const source = counting('pulled');
    const { consumer } = requesting<number>(1);
    pullFrom([0])
      .pipe(
        mergeMap(() => merge(source.source$, silent()).pipe(batchWhileBusy({ max: 100 }))),
        concatMap(() => NEVER),
      )
      .subscribe(consumer);
    at(LATER - 10, () => {
      // The first batch is the one value that the consumer waited for.
      expect(source.drawn).toBe(1 + WINDOW * 100);
      consumer.unsubscribe();
    });
  });
});

it('what has ended in operators takes no room any more', () => {
  inVirtualTime(1000, (at) => {
    const others$ = new Subject<number>();
    const { consumer } = requesting<number>(100);
    const rows$ = pullFrom(Array.from({ length: 100 }, (_, i) => i)).pipe(
      concatMap((n) => concatMap(() => timer(1).pipe(map(() => n)))(pullFrom([n]))),
    );
    const dropped: number[] = [];
    merge(others$, rows$)
      .pipe(dropLatest({ capacity: 2, onDrop: (n) => dropped.push(n) }))
      .subscribe(consumer);
    at(500, () => {
      for (let i = 0; i < 200; i++) others$.next(i);
      expect(dropped.length).toBeGreaterThan(100);
      consumer.unsubscribe();
    });
  });
});

it('what takes the place of a failed source may come from an operator of ours that has a source which knows no demand', () => {
  const { log, consumer } = requesting<number>(1);
  pullFrom([0])
    .pipe(
      map(broken),
      catchError(() => of(1, 2, 3).pipe(prefetch(2, 1))),
    )
    .subscribe(consumer);
  expect(log).toEqual([1]);
  consumer.request(5);
  expect(log).toEqual([1, 2, 3, '|']);
});

it('what bufferTime has set up anew, when it was full, keeps nobody busy once items are traced', () => {
  inVirtualTime(LATER, (at) => {
    const { log, consumer } = requesting<number[]>(1);
    merge(
      counting('pulled').source$.pipe(bufferTime(LATER * 2, undefined, 20)),
      timer(1).pipe(mergeMap(() => NEVER)),
    ).subscribe(consumer);
    at(2, () => consumer.request(3));
    at(LATER - 10, () => {
      expect(log).toHaveLength(4);
      consumer.unsubscribe();
    });
  });
});

it('a rate in a group holds exactly the window, and replaces one for each that leaves', () => {
  inVirtualTime(1000, (at) => {
    const source = counting('pulled');
    const { consumer } = requesting<number>(Infinity);
    source.source$
      .pipe(
        groupBy(() => 0),
        mergeMap((group$) => group$.pipe(rateLimit({ permits: 1, per: 100 }))),
      )
      .subscribe(consumer);
    const drawn: number[] = [];
    for (const frame of [50, 150, 250, 350]) at(frame, () => drawn.push(source.drawn));
    at(990, () => {
      consumer.unsubscribe();
      expect(drawn).toEqual([WINDOW, WINDOW + 1, WINDOW + 2, WINDOW + 3]);
    });
  });
});

describe('no place is taken by an item that is swallowed in a hand-written merge', () => {
  const rare = filter((n: number) => n % 100 === 99);

  it.each<[string, (source$: Observable<number>) => Observable<number>]>([
    [
      'that takes the place of a source which failed at an item',
      (source$) =>
        pullFrom([0]).pipe(
          map(broken),
          catchError(
            () =>
              new Observable<number>((subscriber) => {
                silent().pipe(rare).subscribe(subscriber);
                source$.pipe(rare).subscribe(subscriber);
              }),
          ),
        ),
    ],
    [
      'of what is deferred, and begins later',
      (source$) =>
        new Observable((subscriber) => {
          asyncScheduler.schedule(() => {
            defer(silent).pipe(rare).subscribe(subscriber);
            defer(() => source$)
              .pipe(rare)
              .subscribe(subscriber);
          });
        }),
    ],
    [
      'whose operators begin later',
      (source$) =>
        new Observable((subscriber) => {
          asyncScheduler.schedule(() => {
            defer(silent).subscribe(new RareSubscriber(subscriber));
            defer(() => source$).subscribe(new RareSubscriber(subscriber));
          });
        }),
    ],
  ])('%s', (_, operator) => {
    inVirtualTime(LATER, (at) => {
      const { log, consumer } = requesting<number>(3, { inFlight: 2 });
      operator(counting('pulled').source$).subscribe(consumer);
      at(1, () => expect(log).toEqual([99, 199, 299]));
    });
  });
});
