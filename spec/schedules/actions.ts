/** What may happen to an operator, at random: from above, from below, from its notifier, and in time. */
import fc from 'fast-check';

/** How the source answers: it knows no demand, it waits to be asked and answers later, or at once. */
export type SourceKind = 'plain' | 'asked' | 'prompt';

export type Action =
  | { readonly kind: 'emit' | 'complete' | 'error' | 'throw' | 'nothing' }
  | { readonly kind: 'leave'; readonly who: number }
  | { readonly kind: 'request'; readonly n: number; readonly who: number }
  | { readonly kind: 'notify'; readonly n: number }
  | { readonly kind: 'wait'; readonly ms: number };

/** Something that can be done: the same schedule is played to an operator and to its model. */
export interface Actor {
  readonly log: string[];
  /** How many values the source was asked for. */
  readonly asked: number;
  emit(value: number): void;
  complete(): void;
  error(): void;
  /** One consumer leaves, or everybody does. */
  leave(who?: number): void;
  request(n: number, who: number): void;
  notify(n: number): void;
  /** Notes what is so after each action, and not only when something comes out. */
  note(asked: boolean): void;
}

export interface Schedule {
  /** What fast-check prints of it. */
  readonly [fc.toStringMethod]?: () => string;
  readonly config: number;
  readonly source: SourceKind;
  readonly actions: readonly Action[];
  /** Done from inside the deliveries, one in each. */
  readonly inside: readonly Action[];
}

/** Small numbers are the harmless actions, so that a failing schedule shrinks towards them. */
const COMMON: readonly Action[] = [
  { kind: 'emit' },
  { kind: 'request', n: 1, who: 0 },
  { kind: 'request', n: 2, who: 1 },
  { kind: 'wait', ms: 2 },
  { kind: 'emit' },
  { kind: 'emit' },
  { kind: 'notify', n: 0 },
  { kind: 'notify', n: 1 },
  { kind: 'wait', ms: 4 },
  { kind: 'emit' },
  { kind: 'request', n: 5, who: 1 },
  { kind: 'request', n: 20, who: 0 },
  { kind: 'emit' },
  { kind: 'emit' },
  { kind: 'wait', ms: 10 },
  { kind: 'request', n: 1, who: 1 },
];
const RARE: readonly Action[] = [
  { kind: 'request', n: Number.POSITIVE_INFINITY, who: 0 },
  { kind: 'complete' },
  { kind: 'error' },
  { kind: 'leave', who: 0 },
  { kind: 'notify', n: -1 },
  { kind: 'request', n: 0, who: 0 },
  { kind: 'notify', n: -2 },
  { kind: 'leave', who: 1 },
  { kind: 'notify', n: 9 },
];

const action = fc.nat({ max: 255 }).map((n): Action => {
  const rare = n < 246 ? undefined : RARE[(n - 246) % RARE.length];
  return rare ?? COMMON[n % COMMON.length] ?? { kind: 'nothing' };
});
/** Most deliveries do nothing by themselves. */
const inside = fc.nat({ max: 127 }).map((n): Action => {
  if (n < 60) return { kind: 'nothing' };
  if (n === 127) return { kind: 'throw' };
  if (n > 120) return RARE[n % RARE.length] ?? { kind: 'nothing' };
  return COMMON.filter(({ kind }) => kind !== 'wait')[n % 12] ?? { kind: 'nothing' };
});

export const schedules: fc.Arbitrary<Schedule> = fc
  .record({
    config: fc.nat({ max: 9999 }),
    source: fc.constantFrom<SourceKind[]>('plain', 'asked', 'prompt'),
    actions: fc.array(action, { maxLength: 40, size: 'max' }),
    inside: fc.array(inside, { maxLength: 12, size: 'max' }),
  })
  .map((schedule) => ({ ...schedule, [fc.toStringMethod]: () => inWords(schedule) }));

function inWords({ source, actions, inside }: Schedule): string {
  const words = (all: readonly Action[]) =>
    all.map(({ kind, ...rest }) => [kind, ...Object.values(rest)].join(' ')).join(', ');
  return `${source} source: ${words(actions)}; inside the deliveries: ${words(inside) || 'nothing'}`;
}

/** A source that answers at once ends here, as somebody may have asked without bound. */
const LONGEST = 60;

/** Performs a schedule: `at` is told when each of its steps is due. Answers with what the actor calls back. */
export function play(
  { actions, inside, source }: Schedule,
  actor: Actor,
  at: (time: number, step: () => void) => void,
): { readonly inside: () => void; readonly supply: () => boolean } {
  let emitted = 0;
  let ended = false;
  /** The notifier has ended. */
  let notified = false;
  const within = [...inside];
  /** What had been asked for before this step: from inside, no more is emitted. */
  let asked = 0;
  const emit = (limit = asked) => {
    const may = !ended && emitted < limit && emitted < LONGEST;
    if (may) actor.emit(emitted++);
    return may;
  };
  const note = () => {
    // A source that has ended is asked nothing, and how much one that answers at once is asked for at a time is nobody's business.
    actor.note(source === 'asked' && !ended);
  };
  const act = (action: Action) => {
    switch (action.kind) {
      case 'emit':
        emit();
        break;
      case 'complete':
      case 'error':
        if (!ended) {
          ended = true;
          actor[action.kind]();
        }
        break;
      case 'leave':
        actor.leave(action.who);
        break;
      case 'request':
        actor.request(action.n, action.who);
        break;
      case 'notify':
        if (!notified) {
          notified = action.n < 0;
          actor.notify(action.n);
        }
        break;
      case 'throw':
        throw new Error('thrown');
      default:
    }
  };
  let time = 0;
  for (const action of actions) {
    if (action.kind === 'wait') time += action.ms;
    else {
      at(time, () => {
        asked = actor.asked;
        act(action);
        note();
      });
    }
  }
  at(time + 1000, () => {
    actor.leave();
    note();
  });
  return {
    /** What is done from inside a delivery. */
    inside: () => act(within.shift() ?? { kind: 'nothing' }),
    /** Lets a source that answers at once answer once; answers whether it had anything to say. */
    supply: () => source === 'prompt' && emit(actor.asked),
  };
}
