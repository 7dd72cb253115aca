import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { asyncScheduler, concatMap, map, mergeMap, type Observable, of, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { prefetch, pullFrom, tapDemand } from 'rxjs-backpressure';
import {
  ControllableSource,
  DemandProbe,
  DemandRecorder,
  type DemandRecorderOptions,
  runMarble,
} from 'rxjs-backpressure/testing';

/** Something that is done in a frame. */
type Step =
  | { readonly frame: number; readonly does: 'request'; readonly n: number }
  | { readonly frame: number; readonly does: 'next'; readonly value: unknown }
  | { readonly frame: number; readonly does: 'complete' | 'error' | 'unsubscribe' };

/** Plays the steps around a recorder in virtual time, and answers what it prints. */
function record(
  steps: readonly Step[],
  options: DemandRecorderOptions = {},
  below: (source$: Observable<unknown>) => Observable<unknown> = (source$) => source$,
): string {
  const scheduler = new TestScheduler(() => {});
  const recorder = new DemandRecorder({ clock: scheduler, ...options });
  scheduler.run(() => {
    const source$ = new ControllableSource<unknown>();
    const probe = new DemandProbe<unknown>();
    scheduler.schedule(() => below(source$.pipe(recorder.record())).subscribe(probe));
    for (const step of steps) {
      scheduler.schedule(() => {
        if (step.does === 'request') probe.request(step.n);
        else if (step.does === 'unsubscribe') probe.unsubscribe();
        else if (step.does === 'next') source$.next(step.value);
        else source$[step.does](new Error('broken'));
      }, step.frame);
    }
  });
  return recorder.toString();
}

const request = (frame: number, n: number): Step => ({ frame, does: 'request', n });
const next = (frame: number, value: unknown): Step => ({ frame, does: 'next', value });

describe('DemandRecorder', () => {
  it('prints what passed a point, in both directions', () => {
    const text = record([
      request(0, 2),
      next(1, 'a'),
      next(3, { id: 1 }),
      request(5, 16),
      next(6, 'b'),
      { frame: 8, does: 'complete' },
    ]);
    expect(text).toBe(`== recorded, subscription 1
// a column is 1 ms, but where there is no room, or nothing happens for more than 20
pull      -a-c--b-|
request   2----d---
> tapDemand()
upstream  2----d---
output    -a-c--b-|
c = {"id":1}
d = 16
`);
    runMarble(text, { tapDemand });
  });

  it('makes room for groups, and shortens what lasts', () => {
    const text = record(
      [
        request(0, 1),
        request(0, 1),
        next(1, 'a'),
        next(1, 'b'),
        request(5000, 1),
        { frame: 6000, does: 'error' },
      ],
      { title: 'slow', frame: 10, gap: 3 },
    );
    expect(text).toContain(`pull      (ab)----#
request   (11)1----
> tapDemand()
upstream  (11)1----
output    (ab)----#
`);
    expect(text).toContain('// # was Error: broken');
    runMarble(text, { tapDemand });
  });

  it('lets who leaves after a value leave after it, in the same frame', () => {
    const text = record([request(0, 5), next(2, 'a'), { frame: 2, does: 'unsubscribe' }]);
    expect(text).toContain('output    --a-\n');
    expect(text).toContain('upstream  5--!\n');
    runMarble(text, { tapDemand });
  });

  it('prints one diagram a subscription, the newest', () => {
    const recorder = new DemandRecorder({ subscriptions: 2, clock: { now: () => 0 } });
    const rows$ = pullFrom(['a', 'b']).pipe(recorder.record());
    for (let i = 0; i < 3; i++) rows$.subscribe();
    expect(String(recorder).match(/^== .*/gm)).toEqual([
      '== recorded, subscription 2',
      '== recorded, subscription 3',
    ]);
    runMarble(String(recorder), { tapDemand });
  });

  it('keeps no more than limit signals, and begins with the demand that was left', () => {
    const text = record([request(0, 5), next(1, 'a'), next(2, 'b'), next(3, 'c'), next(4, 'd')], {
      limit: 2,
    });
    expect(text).toContain('pull      cd\nrequest   3-\n');
    runMarble(text, { tapDemand });
  });

  it('has a letter for every value, and a word for what is no JSON', () => {
    const values = [
      new Map(),
      () => 1,
      undefined,
      NaN,
      -0,
      10n,
      'two words',
      'two\nlines',
      '\u2028\u2029',
      Symbol('\u2028'),
      Object.assign(Object.create(null), { count: 1n }),
      '',
      new Error('x\ny'),
      ...Array(100).keys(),
    ];
    const text = record([request(0, Infinity), ...values.map((value, i) => next(i, value))]);
    runMarble(text, { tapDemand });
  });

  it('has its title in one line', () => {
    const text = record([request(0, 1), next(1, 'a')], { title: 'of\ntwo' });
    expect(text).toContain('== of two, subscription 1\n');
    runMarble(text, { tapDemand });
  });

  it('turns an incident into a test that fails', () => {
    const loses = (source$: Observable<unknown>) =>
      source$.pipe(mergeMap((value) => (value === 'b' ? of() : of(value))));
    const text = record([request(0, 3), next(1, 'a'), next(2, 'b'), next(3, 'c')], {}, loses);
    expect(() => runMarble(text.replace('tapDemand()', 'loses'), { loses })).toThrow(
      /differ in: upstream, output/,
    );
    runMarble(text, { tapDemand });
  });

  it.each<[DemandRecorderOptions, RegExp]>([
    [{ limit: 0 }, /limit must be an integer of at least 1/],
    [{ subscriptions: 1.5 }, /subscriptions must be/],
    [{ frame: 0 }, /frame must be a number of milliseconds above 0/],
    [{ gap: -1 }, /gap must be/],
  ])('refuses %p', (options, says) => {
    expect(() => new DemandRecorder(options)).toThrow(says);
  });

  describe('whatever happens', () => {
    const frame = fc.nat({ max: 40 });
    const step: fc.Arbitrary<Step> = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          frame,
          does: fc.constant('request' as const),
          n: fc.constantFrom(1, 2, 3, 12, Infinity),
        }),
      },
      {
        weight: 6,
        arbitrary: fc.record({
          frame,
          does: fc.constant('next' as const),
          value: fc.oneof(fc.constantFrom('a', 'b', 7, 12, null), fc.jsonValue()),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          frame,
          does: fc.constantFrom('complete' as const, 'error' as const, 'unsubscribe' as const),
        }),
      },
    );
    const belows: Record<string, (source$: Observable<unknown>) => Observable<unknown>> = {
      nothing: (source$) => source$,
      map: (source$) => source$.pipe(map((value) => [value])),
      prefetch: (source$) => source$.pipe(prefetch(3)),
      concatMap: (source$) => source$.pipe(concatMap((value) => timer(2).pipe(map(() => value)))),
    };

    it.each(Object.entries(belows))('what is printed is true, above %s', (_title, below) => {
      fc.assert(
        fc.property(
          fc.array(step, { maxLength: 25 }),
          fc.constantFrom(3, 500),
          fc.constantFrom(1, 4),
          (steps, limit, columns) => {
            const text = record(steps, { limit, frame: columns, gap: 5 }, below);
            runMarble(text, { tapDemand });
          },
        ),
        { numRuns: 150 },
      );
    });

    it('played again it is recorded as it was', () => {
      const rows = (text: string) => text.replace(/^(\/\/|>).*\n/gm, '');
      fc.assert(
        fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
          const text = record([...steps, { frame: 41, does: 'unsubscribe' }], { gap: 50 });
          const recorder = new DemandRecorder({ clock: asyncScheduler, gap: 500 });
          runMarble(text.replace('tapDemand()', 'recorded'), { recorded: recorder.record() });
          expect(rows(String(recorder))).toBe(rows(text));
        }),
        {
          examples: [
            [
              [
                { frame: 0, does: 'request', n: 1 },
                { frame: 0, does: 'next', value: JSON.parse('[{"__proto__":{"a":"{\\"__proto__\\":"}}]') },
              ],
            ],
            [
              [
                { frame: 0, does: 'request', n: 1 },
                { frame: 1, does: 'next', value: '' },
                { frame: 1, does: 'request', n: 12 },
              ],
            ],
          ],
        },
      );
    });
  });
});
