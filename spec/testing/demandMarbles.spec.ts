import { describe, expect, it } from '@jest/globals';
import { concatMap, map, mergeMap, of, timer, zip } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { dropLatest, losslessPause, OverflowError, prefetch } from 'rxjs-backpressure';
import {
  type DemandMarbles,
  demandMarbles,
  MarbleMismatchError,
  MarbleSyntaxError,
} from 'rxjs-backpressure/testing';

/** Inside RxJS's own `run`. */
function run(
  work: (marbles: DemandMarbles, helpers: Parameters<Parameters<TestScheduler['run']>[0]>[0]) => void,
): void {
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  scheduler.run((helpers) => work(demandMarbles(scheduler), helpers));
}

function messageOf(work: () => void): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(MarbleMismatchError);
    return (error as Error).message;
  }
  throw new Error('it did not throw');
}

describe('demandMarbles', () => {
  it('compares what upstream was asked for, what was drawn, what came out and what waits', () => {
    run(({ pull, expectDemand }) => {
      expectDemand(pull('-a-b-c-d------e---|').pipe(prefetch(2)), {
        request: ' --1---1----1--2-',
        upstream: '2-----2-------2',
        drawn: '   -a-b--cd------e---|',
        output: '  --a---b----c--(de)|',
        waiting: ' -1-11112222111',
      });
    });
  });

  it('tells what is in flight from what waits at the subscriber', () => {
    run(({ pull, expectDemand }) => {
      const later$ = pull('ab--').pipe(concatMap((letter) => timer(2).pipe(map(() => letter))));
      expectDemand(later$, {
        request: ' 1--------1--',
        drawn: '   ab-----------',
        output: '  --a------b--',
        waiting: ' 121111111---',
        inFlight: '1211---------',
      });
    });
    run(({ push, expectDemand }) => {
      expectDemand(push('a-b').pipe(map((letter) => letter)), {
        request: ' --1-',
        output: '  --a-',
        waiting: ' 1111',
        inFlight: '----',
      });
    });
  });

  it('compares what was dropped, and takes values that are no character', () => {
    const one = { id: 1 };
    run(({ push, onDrop, expectDemand }) => {
      expectDemand(push('-a-b-c-|', { values: { a: one } }).pipe(dropLatest({ onDrop })), {
        request: '1----1--',
        output: ' -a---c-|',
        dropped: '---b----',
      });
    });
  });

  it('has named sources, with rows of their own', () => {
    run(({ pull, expectDemand }) => {
      const left$ = pull('(ab|)', { name: 'left' });
      const right$ = pull('--x--y|', { name: 'right' });
      expectDemand(
        zip(left$, right$).pipe(map((pair) => pair.join(''))),
        {
          request: ' 1-----',
          'drawn.left': '(ab|)',
          'upstream.right': '1-----',
          output: '  --p---',
        },
        { values: { p: 'ax' } },
      );
    });
  });

  it('hears a notifier before the value of its own frame, and after the request', () => {
    run(({ push, expectDemand }) => {
      const paused$ = push('-P--R', { name: 'paused', values: { P: true, R: false } });
      expectDemand(push('-a---b|').pipe(losslessPause(paused$)), {
        request: '-1--1--',
        output: ' ----ab|',
      });
    });
  });

  it('works beside cold, hot, time and expectObservable', () => {
    run(({ pull, expectDemand }, { cold, hot, time, expectObservable }) => {
      const wait = time('--|');
      expectObservable(cold('-a-b|').pipe(mergeMap((letter) => timer(wait).pipe(map(() => letter))))).toBe(
        '---a-(b|)',
      );
      expectDemand(hot('-a-b|').pipe(dropLatest()), { request: '--1', output: '---b|' });
      const letters$ = pull('ab|');
      expectDemand(letters$, { request: '1', output: 'a' });
      expectObservable(cold('--x|')).toBe('--x|');
    });
  });

  it('without a request is a plain subscriber', () => {
    run(({ pull, expectDemand }) => {
      expectDemand(pull('ab|'), { upstream: '*', output: 'ab|' });
    });
  });

  it('takes the error of a source, a class or one with the same message for #', () => {
    run(({ pull, expectDemand }) => expectDemand(pull('a#'), { output: 'a#' }));
    run(({ pull, expectDemand }) => expectDemand(pull('#', { error: undefined }), { output: '#' }));
    run(({ push, expectDemand }) => {
      expectDemand(
        push('ab').pipe(losslessPause(of(true), { capacity: 1 })),
        { output: '-#' },
        { error: OverflowError },
      );
    });
    run(({ pull, expectDemand }) => {
      expectDemand(pull('#', { error: new Error('b') }), { output: '#' }, { error: new Error('b') });
    });
    expect(
      messageOf(() =>
        run(({ pull, expectDemand }) =>
          expectDemand(pull('#', { error: new Error('b') }), { output: '#' }, { error: RangeError }),
        ),
      ),
    ).toContain("'?' in frame 0 is the error Error: b");
  });

  it('prints both diagrams aligned where a row differs', () => {
    const message = messageOf(() =>
      run(({ push, onDrop, expectDemand }) => {
        expectDemand(push('-a-b-c-d-e-f-|').pipe(dropLatest({ onDrop })), {
          request: '2-----1---*---',
          output: ' -a-b---d-e-f-|',
          dropped: '-----c---e----',
        });
      }),
    );
    expect(message).toBe(`expected (-) and actual (+) differ in: output

  frame    01234567890123
  source   -a-b-c-d-e-f-|
  request  2-----1---*---
- output   -a-b---d-e-f-|
+ output   -a-b---d---f-|
  dropped  -----c---e----`);
  });

  it.each<[string, (marbles: DemandMarbles) => void, RegExp]>([
    [
      'a row of no name',
      ({ pull, expectDemand }) => expectDemand(pull('a'), { ouput: 'a' } as never),
      /called 'ouput'/,
    ],
    [
      'a mark without meaning',
      ({ pull, expectDemand }) => expectDemand(pull('a'), { request: 'x' }),
      /which one this is/,
    ],
    [
      'a row of no source',
      ({ expectDemand }) => expectDemand(of(1), { upstream: '1' }),
      /there is no input 'source'/,
    ],
    [
      'a group that is open',
      ({ pull }) => pull('(a'),
      /marbles:1:7: this group is never closed\n {2}pull {2}\(a/,
    ],
    ['two sources of one name', ({ pull, push }) => [pull('a'), push('b')], /a second source 'source'/],
  ])('refuses %s where it is written', (_title, work, says) => {
    expect(() => run(work)).toThrow(MarbleSyntaxError);
    expect(() => run(work)).toThrow(says);
  });

  it('refuses a character with two meanings, and one that has one already', () => {
    expect(() =>
      run(({ pull }) => [pull('a', { values: { a: 1 } }), pull('a', { values: { a: 2 }, name: 'b' })]),
    ).toThrow(/'a' has a meaning already: 1/);
    expect(() => run(({ pull }) => void pull('1', { values: { 1: 2 } }))).toThrow(
      /always stands for its number/,
    );
  });
});
