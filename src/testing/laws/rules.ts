/** A rule of Reactive Streams 1.0.4, or a law of this library. */
export interface Rule {
  /** `'1.1'` to `'4.2'` as in the specification; a law of our own has a name. */
  readonly id: string;
  /** What it is there for. */
  readonly intent: string;
  /** Why nothing can tell whether it is kept, in one thread. Such a rule has no test. */
  readonly untestable?: string;
}

/** Every rule of Reactive Streams, sections 1 to 4, and our own laws. */
export const RULES: readonly Rule[] = [
  {
    id: '1.1',
    intent: 'No more values are signalled than were requested, and as many as were, while there are some.',
  },
  { id: '1.2', intent: 'A source may signal less than was requested, and end.' },
  { id: '1.3', intent: 'Signals are serial: none begins inside another.' },
  { id: '1.4', intent: 'A source that fails signals an error.' },
  { id: '1.5', intent: 'A source that has ended well signals completion.' },
  { id: '1.6', intent: 'With its ending the subscription counts as cancelled: what it holds is released.' },
  { id: '1.7', intent: 'Nothing is signalled after an ending.' },
  { id: '1.8', intent: 'A cancelled subscription stops being signalled.' },
  {
    id: '1.9',
    intent:
      'A subscriber gets its subscription first, once, before every other signal; nobody is a TypeError.',
  },
  {
    id: '1.10',
    intent: 'A subscriber object is used once.',
    untestable:
      'a duty of whoever subscribes; the specification does not say what a publisher does otherwise',
  },
  { id: '1.11', intent: 'Where a source takes several subscribers, each has values and demand of its own.' },
  { id: '2.1', intent: 'Values come only after demand was signalled: a consumer requests.' },
  {
    id: '2.2',
    intent: 'Processing does not hold up the source.',
    untestable:
      'a recommendation about threads; in one thread every consumer holds up every source while it runs',
  },
  { id: '2.3', intent: 'From inside an ending nothing is requested or cancelled.' },
  { id: '2.4', intent: 'After an ending the subscription counts as cancelled: nothing is requested.' },
  { id: '2.5', intent: 'A second subscription is cancelled, and the first goes on.' },
  { id: '2.6', intent: 'Who wants no more cancels.' },
  {
    id: '2.7',
    intent: 'Calls of request and cancel are serial.',
    untestable: 'holds by itself in one thread: two calls cannot overlap but by recursion, which is allowed',
  },
  { id: '2.8', intent: 'Values that arrive after cancelling are borne, and dropped.' },
  { id: '2.9', intent: 'Completion is taken without a request before it.' },
  { id: '2.10', intent: 'An error is taken without a request before it.' },
  {
    id: '2.11',
    intent: 'Signals are seen before they are processed.',
    untestable: 'about the memory of several threads',
  },
  {
    id: '2.12',
    intent: 'A subscriber object is given one subscription: each subscription brings one of its own.',
  },
  {
    id: '2.13',
    intent:
      'Signals return normally, also where the consumer behind throws; a signal without its argument throws a TypeError.',
  },
  {
    id: '3.1',
    intent: 'request and cancel are called in the context of the subscriber.',
    untestable: 'a duty of the caller, and about threads',
  },
  { id: '3.2', intent: 'request may be called from inside onSubscribe and onNext.' },
  { id: '3.3', intent: 'request and onNext call each other without growing the stack.' },
  {
    id: '3.4',
    intent: 'request returns soon.',
    untestable: 'a matter of degree; how long is too long is not said',
  },
  {
    id: '3.5',
    intent: 'cancel returns soon, may be repeated, and may come from another thread.',
    untestable: 'a matter of degree, and about threads; repeating is 3.7',
  },
  { id: '3.6', intent: 'request after cancel does nothing.' },
  { id: '3.7', intent: 'cancel after cancel does nothing.' },
  { id: '3.8', intent: 'Requests add up.' },
  { id: '3.9', intent: 'A request that is no positive integer is an error signal.' },
  { id: '3.10', intent: 'request may signal values before it returns.', untestable: 'a permission' },
  { id: '3.11', intent: 'request may signal an ending before it returns.', untestable: 'a permission' },
  { id: '3.12', intent: 'cancel makes the source stop.' },
  { id: '3.13', intent: 'cancel makes the source forget the subscriber.' },
  {
    id: '3.14',
    intent: 'cancel may make a source without subscribers shut down.',
    untestable: 'a permission',
  },
  { id: '3.15', intent: 'cancel returns normally.' },
  { id: '3.16', intent: 'request returns normally, whatever it is given.' },
  { id: '3.17', intent: 'Any number of requests is taken, and any sum of them, up to unbounded.' },
  { id: '4.1', intent: 'What is both keeps the rules of both sides.' },
  { id: '4.2', intent: 'An error from above is passed on, and cancels.' },
  {
    id: 'demand',
    intent: 'Demand is never exceeded: neither through native operators, nor over a source that knows none.',
  },
  { id: 'kind', intent: 'Demand goes up as the docstring says: forwarded as it is, shaped, or absorbed.' },
  { id: 'conservation', intent: 'However it is asked for, every value comes, once, in the same order.' },
  { id: 'release', intent: 'Every ending releases what the subscription holds, once.' },
  { id: 're-entrancy', intent: 'request and unsubscribe work from inside every callback.' },
  { id: 'flat stack', intent: 'The thousandth request from inside next is no deeper than the tenth.' },
  { id: 'stops', intent: 'A source that answers at once stops where its consumer leaves.' },
  { id: 'sink throw', intent: 'A consumer that throws ends its own subscription, and no other.' },
  { id: 'falsy error', intent: 'An error that is undefined, null, 0 or empty is an error all the same.' },
];

/** The rule of that name. Throws where there is none. */
export function ruleOf(id: string): Rule {
  const rule = RULES.find((known) => known.id === id);
  if (rule === undefined) throw new TypeError(`no rule is called '${id}'`);
  return rule;
}
