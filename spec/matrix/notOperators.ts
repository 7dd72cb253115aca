/** What RxJS exports beside operators and functions that create or combine Observables. */
export const NOT_OPERATORS: readonly string[] = [
  // classes, constants and settings
  ...['Observable', 'ConnectableObservable', 'Subject', 'BehaviorSubject', 'ReplaySubject', 'AsyncSubject'],
  ...[
    'Subscriber',
    'Subscription',
    'Notification',
    'NotificationKind',
    'EMPTY',
    'NEVER',
    'config',
    'observable',
  ],
  // schedulers
  ...[
    'Scheduler',
    'VirtualTimeScheduler',
    'VirtualAction',
    'asap',
    'asapScheduler',
    'async',
    'asyncScheduler',
  ],
  ...['queue', 'queueScheduler', 'animationFrame', 'animationFrameScheduler'],
  // errors
  ...['ArgumentOutOfRangeError', 'EmptyError', 'NotFoundError', 'ObjectUnsubscribedError', 'SequenceError'],
  ...['TimeoutError', 'UnsubscriptionError'],
  // helpers that make no Observable
  ...['pipe', 'noop', 'identity', 'isObservable', 'firstValueFrom', 'lastValueFrom'],
];
