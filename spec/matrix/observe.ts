import type { Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { type Demand, DemandSubscriber } from '../../src/index.js';
import type { Row } from './claims.js';
import { inner } from './inner.js';
import { demandSource, type Kind, Ledger, type Offer, plainSource } from './sources.js';

/** Frames between two requests, and long enough for any answer. */
export const PAUSE = 4_000;
const HORIZON = 5 * PAUSE;

type Ending = { readonly kind: 'complete' } | { readonly kind: 'error'; readonly error: unknown };

/** What a subscriber sees, and when. */
export interface Seen {
  readonly outputs: { readonly frame: number; readonly value: unknown }[];
  ending?: Ending & { readonly frame: number };
}

/** What a `DemandSubscriber` sees, and what that takes at the sources. */
export interface Measured extends Seen {
  /** How often a value was delivered that nobody had asked for. */
  unrequested: number;
  /** The most items drawn ahead of those that had come out. */
  readAhead: number;
  /** Items drawn a frame before each further request of a schedule, and at its end. */
  readonly drawn: number[];
  /** In how many frames something was drawn. */
  drawingFrames: number;
  /** The most values that waited at the consumer. */
  buffered: number;
  /** Sources and inner subscriptions left open a frame after the end, and items drawn after it. */
  leftOpen: number;
  drawnLate: number;
  readonly ledger: Ledger;
}

/** How the consumer asks. */
export interface Asking {
  /** Requests so many at the start, and again whenever they have come. */
  readonly chunk?: number;
  /** Requests so many at the start, after `PAUSE`, and so on. */
  readonly schedule?: readonly number[];
  /** Unsubscribes from inside `next` of this output. */
  readonly leaveAt?: number;
}

const values = (size: number, from: number): number[] => Array.from({ length: size }, (_, i) => from + i);

const offers = (size: number, fails: boolean): readonly [Offer, Offer] => [
  { values: values(size, 1), fails },
  { values: values(size, 1001), fails },
];

/** What plain RxJS makes of a row. */
export function observePlain({ build }: Row, kind: Kind, size: number, fails = false): Seen {
  return inVirtualTime((scheduler) => {
    const [offer, other] = offers(size, fails);
    const seen: Seen = { outputs: [] };
    const frame = () => scheduler.frame;
    const subscription = build(plainSource(kind, offer), plainSource(kind, other)).subscribe({
      next: (value) => seen.outputs.push({ frame: frame(), value }),
      error: (error) => (seen.ending = { kind: 'error', error, frame: frame() }),
      complete: () => (seen.ending = { kind: 'complete', frame: frame() }),
    });
    scheduler.schedule(() => subscription.unsubscribe(), HORIZON);
    return seen;
  });
}

/** What becomes of a row under a `DemandSubscriber`. */
export function observe(row: Row, kind: Kind, asking: Asking, size: number, fails = false): Measured {
  return inVirtualTime((scheduler) => {
    const [offer, other] = offers(size, fails);
    const ledger = new Ledger();
    const measured: Measured = {
      ...{ outputs: [], unrequested: 0, readAhead: 0, drawn: [], drawingFrames: 0 },
      ...{ buffered: 0, leftOpen: 0, drawnLate: 0, ledger },
    };
    // One frame later, so that what is on the stack has finished.
    const whenOver = () =>
      scheduler.schedule(() => {
        measured.leftOpen = ledger.opened - ledger.released + inner.open;
        const { drawn } = ledger;
        ledger.onDraw = () => {
          measured.drawnLate = ledger.drawn - drawn;
        };
      }, 1);
    const subscriber = consumer(measured, asking, scheduler, whenOver);
    const each = row.claim.draws === 'a window' ? row.claim.each : 1;
    let lastFrame = -1;
    ledger.onDraw = () => {
      measured.drawingFrames += scheduler.frame === lastFrame ? 0 : 1;
      lastFrame = scheduler.frame;
      const cameOut = measured.outputs.length + subscriber.buffered;
      measured.readAhead = Math.max(measured.readAhead, ledger.drawn - each * cameOut);
      measured.buffered = Math.max(measured.buffered, subscriber.buffered);
    };
    const pipeline: Observable<unknown> = row.build(
      demandSource(kind, offer, ledger),
      demandSource(kind, other, ledger),
    );
    pipeline.subscribe(subscriber);
    scheduler.schedule(() => {
      if (!subscriber.closed) {
        subscriber.unsubscribe();
        whenOver();
      }
    }, HORIZON - 10);
    return measured;
  });
}

function consumer(
  measured: Measured,
  asking: Asking,
  scheduler: TestScheduler,
  whenOver: () => void,
): DemandSubscriber<unknown> {
  const { chunk = 0, schedule = [], leaveAt } = asking;
  let requested = 0;
  const request = (demand: Demand, n: number) => {
    requested += n;
    demand.request(n);
  };
  return new DemandSubscriber<unknown>({
    start(demand) {
      if (chunk > 0) {
        request(demand, chunk);
      }
      schedule.forEach((n, i) => {
        const act = () => request(demand, n);
        if (i === 0) {
          act();
        } else {
          scheduler.schedule(act, i * PAUSE);
        }
        scheduler.schedule(() => measured.drawn.push(measured.ledger.drawn), (i + 1) * PAUSE - 1);
      });
    },
    next(value, demand) {
      const { outputs } = measured;
      outputs.push({ frame: scheduler.frame, value });
      if (outputs.length > requested) {
        measured.unrequested++;
      }
      if (outputs.length === leaveAt) {
        demand.unsubscribe();
        whenOver();
      } else if (outputs.length % chunk === 0) {
        request(demand, chunk);
      }
    },
    error: (error) => {
      measured.ending = { kind: 'error', error, frame: scheduler.frame };
      whenOver();
    },
    complete: () => {
      measured.ending = { kind: 'complete', frame: scheduler.frame };
      whenOver();
    },
  });
}

/** Runs up to `HORIZON`, so that a timer which nobody stops does not run for ever. */
function inVirtualTime<T>(work: (scheduler: TestScheduler) => T): T {
  inner.open = 0;
  const scheduler = new TestScheduler(() => {});
  return scheduler.run(({ animate }) => {
    scheduler.maxFrames = HORIZON;
    animate('7ms x 6ms x 6ms x 6ms x');
    return work(scheduler);
  });
}
