import { type ObservableInput, Subscription } from 'rxjs';
import type { KeptOptions } from '../buffer/BufferOptions.js';
import { STEP } from '../parts/askInSteps.js';
import type { OperatorStage } from '../parts/demandOperator.js';
import { addDemand } from '../protocol/arithmetic.js';
import type { Demand, DemandSink } from '../protocol/Demand.js';
import { type Employer, PermittedWork } from './PermittedWork.js';
import type { PermitWaiter, Semaphore } from './Semaphore.js';

/** Between two demands: asks for a value when a permit is free for the work on it, and hands the results down as they end. */
export function workAtPermits<T, R>(
  semaphore: Semaphore,
  work: (value: T, signal: AbortSignal) => ObservableInput<R>,
  downstream: DemandSink<R>,
  upstream: Demand & { readonly requested: number },
  onDrop: KeptOptions<T>['onDrop'],
): OperatorStage<T> {
  const controller = new AbortController();
  /** Results that are asked for. */
  let requested = 0;
  /** Values taken whose work has not ended. */
  let taken = 0;
  let waits = false;
  /** A permit is at hand for a value that comes at once; one that comes later waits for its own. */
  let spare = false;
  let end: (() => void) | undefined;
  /** Waits for a permit, unless as many values as may begin were asked for: as permits are free, but `least` in any case, and no more than a step. */
  const ask = (least = 1) => {
    const wanted = Math.min(requested - taken, Math.max(least, semaphore.available), STEP);
    if (!waits && wanted > upstream.requested && !upstream.closed) {
      waits = true;
      semaphore.wait(employer);
    }
  };
  const finish = (ending = end) => {
    end = ending;
    if (taken === 0) {
      ending?.();
    }
  };
  const employer: Employer<T, R> & PermitWaiter = {
    granted: () => {
      waits = false;
      spare = true;
      upstream.request(1);
      if (spare) {
        spare = false;
        semaphore.free();
        ask();
      }
    },
    work: (value) => {
      // More permits may be free than when this value was asked for.
      ask(0);
      return work(value, controller.signal);
    },
    result: (result) => {
      requested--;
      downstream.next(result);
    },
    drop: (value) => onDrop?.(value, 'unsubscribed'),
    error: (error) => downstream.error(error),
    ended: () => {
      taken--;
      // In line before the permit is free, so that others do not keep it to themselves.
      ask();
      finish();
    },
    free: () => {
      semaphore.free();
      ask(0);
    },
    leave: (work) => semaphore.leave(work),
  };
  const running = new Subscription(() => {
    semaphore.leave(employer);
    controller.abort();
  });
  return {
    request: (n) => {
      requested = addDemand(requested, n);
      ask();
    },
    next: (value) => {
      taken++;
      const permitted = new PermittedWork(employer, value);
      running.add(permitted);
      if (spare) {
        spare = false;
        permitted.granted();
      } else {
        semaphore.wait(permitted);
      }
    },
    error: (error) => finish(() => downstream.error(error)),
    complete: () => finish(() => downstream.complete()),
    unsubscribe: () => running.unsubscribe(),
  };
}
