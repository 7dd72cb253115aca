import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Release, Semaphore } from '../../src/index.js';

describe('Semaphore', () => {
  it('never gives out more permits than there are, and serves in the order of asking', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(
          fc.constantFrom('acquire' as const, 'tryAcquire' as const, 'release' as const, 'abort' as const),
          { maxLength: 40 },
        ),
        async (permits, names) => {
          const semaphore = new Semaphore(permits);
          const held: Release[] = [];
          const waiting: { id: number; controller: AbortController }[] = [];
          const served: number[] = [];
          const expected: number[] = [];
          let next = 0;
          const serve = () => {
            while (waiting.length > 0 && held.length + expected.length - served.length < permits) {
              expected.push(waiting.shift()?.id ?? -1);
            }
          };
          const actions = {
            acquire: () => {
              const id = next++;
              const controller = new AbortController();
              waiting.push({ id, controller });
              semaphore.acquire(controller.signal).then(
                (release) => {
                  served.push(id);
                  held.push(release);
                },
                () => {},
              );
            },
            tryAcquire: () => {
              const release = semaphore.tryAcquire();
              expect(release !== undefined).toBe(held.length < permits && waiting.length === 0);
              held.push(...(release === undefined ? [] : [release]));
            },
            release: () => {
              const release = held.shift();
              release?.();
              release?.();
            },
            abort: () => waiting.pop()?.controller.abort(),
          };
          for (const name of names) {
            actions[name]();
            serve();
            await Promise.resolve();
            await Promise.resolve();
            expect(served).toEqual(expected);
            expect(semaphore.available).toBe(permits - held.length);
            expect(held.length).toBeLessThanOrEqual(permits);
          }
        },
      ),
    );
  });

  it('rejects with the reason of the signal, also of one that is aborted already', async () => {
    const semaphore = new Semaphore(1);
    const release = await semaphore.acquire();
    const controller = new AbortController();
    const waiting = semaphore.acquire(controller.signal);
    controller.abort('enough');
    await expect(waiting).rejects.toBe('enough');
    await expect(semaphore.acquire(controller.signal)).rejects.toBe('enough');
    release();
    expect(semaphore.available).toBe(1);
  });

  it('keeps a permit that was granted before the abort', async () => {
    const semaphore = new Semaphore(1);
    const controller = new AbortController();
    const release = await semaphore.acquire(controller.signal);
    controller.abort();
    expect(semaphore.available).toBe(0);
    release();
    expect(semaphore.available).toBe(1);
  });

  it('gives back at the end of a using block', async () => {
    const semaphore = new Semaphore(1);
    {
      using _release = await semaphore.acquire();
      expect(semaphore.available).toBe(0);
    }
    expect(semaphore.available).toBe(1);
  });

  it.each([0, -1, 1.5, Number.NaN])('throws a RangeError for %d permits', (permits) => {
    expect(() => new Semaphore(permits)).toThrow(RangeError);
  });

  it('leaves no listener on the signal of who was served, or has given up', async () => {
    const semaphore = new Semaphore(1);
    const [served, aborted] = [new AbortController(), new AbortController()];
    const listeners = ({ signal }: AbortController) => getEventListeners(signal, 'abort').length;
    const release = await semaphore.acquire();
    const acquired = semaphore.acquire(served.signal);
    const gone = semaphore.acquire(aborted.signal).catch((reason: unknown) => reason);
    expect([served, aborted].map(listeners)).toEqual([1, 1]);
    aborted.abort('stop');
    release();
    await acquired;
    expect(await gone).toBe('stop');
    expect(listeners(served)).toBe(0);
  });

  it('lets nobody in from inside a permit that is handed on, ahead of who waits', () => {
    const semaphore = new Semaphore(2);
    const [first, second] = [semaphore.tryAcquire(), semaphore.tryAcquire()];
    const log: unknown[] = [];
    semaphore.wait({
      granted: () => {
        second?.();
        log.push('a', semaphore.tryAcquire());
      },
    });
    semaphore.wait({ granted: () => log.push('b') });
    first?.();
    expect(log).toEqual(['a', undefined, 'b']);
  });

  it('hands a permit on a hundred thousand times on a flat stack', () => {
    const semaphore = new Semaphore(1);
    const release = semaphore.tryAcquire();
    let served = 0;
    for (let i = 0; i < 100_000; i++) {
      semaphore.wait({
        granted: () => {
          served++;
          semaphore.free();
        },
      });
    }
    release?.();
    expect([served, semaphore.available]).toEqual([100_000, 1]);
  });
});
