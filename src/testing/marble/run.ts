/** Runs a diagram in the virtual time of RxJS's `TestScheduler`, and answers what really happened, in its alphabet. */
import { isObservable, type Observable, type OperatorFunction } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { type Diagram, MAIN } from './diagram.js';
import { evaluate, type Scope } from './evaluate.js';
import { describeValue, Legend } from './Legend.js';
import { type Outcome, Performance } from './Performance.js';

/** Frames after the end of the diagram until everything must have stopped. */
const GRACE = 10_000;

export function run(diagram: Diagram, scope: Scope): Outcome {
  const scheduler = new TestScheduler(() => {});
  let outcome: Outcome | undefined;
  scheduler.run(() => {
    const legend = new Legend();
    const performance = new Performance(scheduler, legend);
    const names = { ...scope, onDrop: performance.onDrop };
    for (const [symbol, expression] of diagram.legend) {
      legend.add(symbol, evaluate(expression, names));
    }
    performance.watch({
      ...diagram,
      observable: build(diagram, performance, names),
      over: (happened) => {
        outcome = happened;
      },
    });
    scheduler.schedule(() => {
      if (scheduler.actions.some((action) => !action.closed)) {
        throw new Error(`something still runs ${GRACE} frames after everything was unsubscribed`);
      }
    }, diagram.width + GRACE);
  });
  if (outcome === undefined) throw new Error('the diagram never ended');
  return outcome;
}

function build({ inputs, operator }: Diagram, performance: Performance, scope: Scope): Observable<unknown> {
  const sources = new Map(inputs.map((input) => [input.name, performance.add(input)]));
  const main = sources.get(MAIN);
  const made = evaluate(operator, { ...scope, ...Object.fromEntries(sources) });
  if (main === undefined && isObservable(made)) return made;
  if (main !== undefined && typeof made === 'function') {
    return main.pipe(made as OperatorFunction<unknown, unknown>);
  }
  const wanted =
    main === undefined ? 'an Observable, as there is no row to apply an operator to' : 'an operator';
  throw new TypeError(`the operator line must make ${wanted}, got ${describeValue(made)}`);
}
