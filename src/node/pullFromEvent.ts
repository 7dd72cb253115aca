import type { EventEmitter } from 'node:events';
import type { Observable } from 'rxjs';
import type { BufferOptions } from '../buffer/BufferOptions.js';
import { Drain } from '../buffer/Drain.js';
import { PolicyBuffer } from '../buffer/PolicyBuffer.js';
import { DemandObservable } from '../kernel/DemandObservable.js';
import { COMPLETE, deliverEnding } from '../protocol/Ending.js';

/** What is asked of an emitter that can pause: a socket, a `readline` interface, the client of a queue. */
export interface PausableEmitter extends Pick<EventEmitter, 'on' | 'off'> {
  pause(): unknown;
  resume(): unknown;
}

/** Options of {@link pullFromEvent}. */
export interface PullFromEventOptions<T> extends BufferOptions<T> {
  /** The events that complete the stream. Default `'end'` and `'close'`. */
  readonly end?: readonly string[];
  /** Called once, on every ending: it closes what emits, if that is to be closed. Default: nothing, it stays paused. */
  readonly release?: () => void;
}

/**
 * Makes a source that honours demand of an emitter that can `pause` and `resume`: the demand-honouring sibling of `fromEvent`.
 *
 * **Demand.** Resumes the emitter when something is requested, and pauses it when everything requested has come.
 *
 * **Overflow.** What the emitter still sends after `pause` waits, up to `capacity` (default 1024); one more is an
 * `OverflowError`, or what `overflow` says, and comes before the ending.
 *
 * **Errors.** An `'error'` event ends the stream with that error, one of the events named by `end` completes it, each after
 * what waits. On every ending the emitter is paused, its listeners are removed and `release` is called.
 *
 * @param emitter what emits, and can pause
 * @param event the event whose first argument is the value
 * @param options `end`, `release`, and those of `boundedBuffer`: `capacity` (default 1024), `overflow`, `onDrop`, `sizeOf`
 *
 * @example
 * ```ts
 * import { createReadStream } from 'node:fs';
 * import { createInterface } from 'node:readline';
 * import { forEachWithDemand } from 'rxjs-backpressure';
 * import { pullFromEvent } from 'rxjs-backpressure/node';
 *
 * const lines = createInterface({ input: createReadStream('package.json') });
 * const lines$ = pullFromEvent<string>(lines, 'line', { release: () => lines.close() });
 * void forEachWithDemand(lines$, async (line) => console.log(line));
 * ```
 *
 * @see `pullFrom`, for a Node.js `Readable`
 */
export function pullFromEvent<T>(
  emitter: PausableEmitter,
  event: string,
  options: PullFromEventOptions<T> = {},
): Observable<T> {
  const { end = ['end', 'close'], release } = options;
  // Checks the options where they are written.
  const open = () => new PolicyBuffer<T>('pullFromEvent', options);
  open();
  return new DemandObservable<T>((sink) => {
    const demand = {
      request: () => {},
      unsubscribe: () => {},
      get closed() {
        return sink.closed;
      },
    };
    const drain: Drain<T> = new Drain<T>(
      { next: (value) => sink.next(value) },
      demand,
      (ending) => deliverEnding(ending, sink),
      open(),
    );
    let paused = true;
    const flow = () => {
      // The value that was just delivered may have been the last.
      if (sink.closed) {
        return;
      }
      const wanted = drain.requested > drain.buffer.size;
      if (wanted === paused) {
        paused = !wanted;
        if (paused) {
          emitter.pause();
        } else {
          emitter.resume();
        }
      }
    };
    const failed = (error: unknown) => drain.end({ kind: 'error', error });
    const ended = () => drain.end(COMPLETE);
    const arrived = (value: T) => {
      try {
        drain.next(value);
      } catch (error) {
        // More than may wait: nothing after it can be kept either.
        sink.error(error);
        return;
      }
      flow();
    };
    emitter.pause();
    emitter.on(event, arrived);
    emitter.on('error', failed);
    for (const name of end) {
      emitter.on(name, ended);
    }
    return {
      request: (n) => {
        drain.request(n);
        flow();
      },
      unsubscribe: () => {
        emitter.off(event, arrived);
        emitter.off('error', failed);
        for (const name of end) {
          emitter.off(name, ended);
        }
        emitter.pause();
        drain.close();
        release?.();
      },
    };
  });
}
