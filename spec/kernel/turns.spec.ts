/** When the sources are drawn from, and what is left of that in the end. */
import { describe, expect, it } from '@jest/globals';
import {
  asyncScheduler,
  combineLatest,
  concatMap,
  defer,
  filter,
  map,
  merge,
  mergeMap,
  subscribeOn,
  tap,
  timer,
  zip,
} from 'rxjs';
import { pullFrom } from '../../src/index.js';
import { requesting } from '../recorder.js';
import { counting, inVirtualTime } from './counting.js';

/** So many items in a row may come to nothing before the event loop has a turn. */
const SILENT = 8192;

describe('nothing is drawn', () => {
  it('before all branches stand of what was subscribed to later, though more is requested meanwhile', () => {
    inVirtualTime(20, (at) => {
      const { log, consumer } = requesting<number[]>(1);
      const second$ = defer(() => {
        consumer.request(1);
        return counting('pulled').source$;
      });
      combineLatest([counting('pulled').source$, second$])
        .pipe(subscribeOn(asyncScheduler))
        .subscribe(consumer);
      at(10, () =>
        expect(log).toEqual([
          [0, 0],
          [1, 0],
        ]),
      );
    });
  });

  it('while an item is on its way, though an operator requests', () => {
    inVirtualTime(20, (at) => {
      const { log, consumer } = requesting<string>(1);
      const late$ = counting('answering later', 1).source$.pipe(
        tap(() => consumer.request(1)),
        map((n) => `late ${n}`),
      );
      merge(late$, counting('pulled').source$.pipe(map((n) => `pulled ${n}`))).subscribe(consumer);
      at(10, () => expect(log).toEqual(['pulled 0', 'late 0']));
    });
  });

  it.each(['pulled', 'answering inside request'] as const)(
    'after 8192 items in a row that came to nothing, in one turn of the event loop: %s',
    (kind) => {
      inVirtualTime(20, (at) => {
        const source = counting(kind);
        const { consumer } = requesting<number>(1);
        source.source$.pipe(filter(() => false)).subscribe(consumer);
        expect(source.drawn).toBe(SILENT);
        at(10, () => consumer.unsubscribe());
      });
    },
  );
});

describe('no timer is left', () => {
  it('by a source that ends with the last of 8192 items in a row that came to nothing', () => {
    inVirtualTime(20, (_, waiting) => {
      const { log, consumer } = requesting<number>(1);
      pullFrom(Array.from({ length: SILENT }, (_n, i) => i))
        .pipe(filter(() => false))
        .subscribe(consumer);
      expect([log, waiting()]).toEqual([['|'], 0]);
    });
  });

  it('by who leaves while much is under way', () => {
    inVirtualTime(20, (at, waiting) => {
      const { log, consumer } = requesting<number>(Infinity);
      merge(
        ...Array.from({ length: 3 }, () => counting('pulled').source$.pipe(mergeMap((n) => timer(5 + n), 4))),
      ).subscribe(consumer);
      at(10, () => {
        expect(log).not.toEqual([]);
        consumer.unsubscribe();
        expect(waiting()).toBe(0);
      });
    });
  });

  it('by who leaves when work has just ended', () => {
    inVirtualTime(20, (at, waiting) => {
      const { consumer } = requesting<number>(Infinity);
      const source = counting('pulled');
      source.source$
        .pipe(
          mergeMap(() => timer(5), 4),
          filter(() => false),
        )
        .subscribe(consumer);
      at(5, () => {
        consumer.unsubscribe();
        expect(waiting()).toBe(0);
      });
    });
  });
});

it('thousands of joins make no item dearer than the first did', () => {
  const { log, consumer } = requesting<number[]>(Infinity);
  pullFrom(Array.from({ length: 3000 }, (_, i) => i))
    .pipe(concatMap((n) => zip(pullFrom([n]), pullFrom([n]))))
    .subscribe(consumer);
  expect(log).toHaveLength(3001);
});
