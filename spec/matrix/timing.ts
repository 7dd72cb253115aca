import * as rx from 'rxjs';
import { exact, freely, type Rows, whenSlow, windowed } from './claims.js';
import { after25, every25, later } from './inner.js';

const DROPPED = 'what it drops inside a period waits for its timer';
const REPLACED = 'each item gives up the one before';
const ANSWERED = 'the item that opens a period has come out, and what it drops inside the period is gone';
const SAMPLED = 'only its notifier makes an output, and what arrives between is gone';

/** Operators that delay, thin out or watch the clock. */
export const timing: Rows = {
  delay: windowed('each item waits for its timer', (source$) => source$.pipe(rx.delay(3))),
  delayWhen: windowed('each item waits for its timer', (source$) => source$.pipe(rx.delayWhen(later))),
  observeOn: windowed('each item waits for its action', (source$) =>
    source$.pipe(rx.observeOn(rx.asyncScheduler)),
  ),
  subscribeOn: exact(1, 3, (source$) => source$.pipe(rx.subscribeOn(rx.asyncScheduler))),
  timeout: exact(1, 3, (source$) => source$.pipe(rx.timeout({ each: 5_000 }))),
  'timeout, first': exact(1, 3, (source$) => source$.pipe(rx.timeout({ first: 25 }))),
  timeoutWith: exact(1, 3, (source$, other$) => source$.pipe(rx.timeoutWith(5_000, other$))),

  audit: whenSlow(windowed(DROPPED, (source$) => source$.pipe(rx.audit(after25)), 16)),
  auditTime: whenSlow(windowed(DROPPED, (source$) => source$.pipe(rx.auditTime(25)), 16)),
  debounce: whenSlow(freely(REPLACED, (source$) => source$.pipe(rx.debounce(later)))),
  debounceTime: whenSlow(windowed(DROPPED, (source$) => source$.pipe(rx.debounceTime(3)), 16)),
  throttle: whenSlow(freely(ANSWERED, (source$) => source$.pipe(rx.throttle(after25)))),
  throttleTime: whenSlow(freely(ANSWERED, (source$) => source$.pipe(rx.throttleTime(25)))),
  'throttleTime, trailing': whenSlow(
    freely(ANSWERED, (source$) =>
      source$.pipe(rx.throttleTime(25, rx.asyncScheduler, { leading: false, trailing: true })),
    ),
  ),
  'throttleTime, leading and trailing': whenSlow(
    freely(ANSWERED, (source$) =>
      source$.pipe(rx.throttleTime(25, rx.asyncScheduler, { leading: true, trailing: true })),
    ),
  ),
  sample: freely(SAMPLED, (source$) => source$.pipe(rx.sample(every25()))),
  sampleTime: freely(SAMPLED, (source$) => source$.pipe(rx.sampleTime(25))),
};
