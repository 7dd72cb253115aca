import type { MonitorSnapshot } from '../parts/MonitorSnapshot.js';

/** One figure of a snapshot as both systems need it. */
export interface Instrument {
  /** In words joined by dots, as OpenTelemetry wants it. */
  readonly name: string;
  readonly description: string;
  /** A UCUM unit; `1` is a ratio, braces say what is counted. */
  readonly unit: 's' | '1' | '{value}' | '{subscription}';
  /** Whether it only grows. */
  readonly kind: 'counter' | 'gauge';
  /** What tells its values apart, beyond the name of the monitor. */
  readonly label?: string;
  read(snapshot: MonitorSnapshot): readonly Reading[];
}

export interface Reading {
  readonly value: number;
  readonly label?: string;
}

/** Every figure but the latency, which is a histogram. */
export const instruments: readonly Instrument[] = [
  {
    name: 'requested',
    description: 'Values the consumer has requested; absent once it asked without bound',
    unit: '{value}',
    kind: 'counter',
    read: ({ requested }) => (requested === Infinity ? [] : [{ value: requested }]),
  },
  counter('delivered', 'Values that passed the monitor', '{value}', ({ delivered }) => delivered),
  {
    name: 'dropped',
    description: 'Values that the consumer below dropped',
    unit: '{value}',
    kind: 'counter',
    label: 'reason',
    read: ({ dropped }) => Object.entries(dropped).map(([label, value]) => ({ label, value })),
  },
  {
    name: 'endings',
    description: 'Subscriptions that have ended',
    unit: '{subscription}',
    kind: 'counter',
    label: 'kind',
    read: ({ completed, failed, unsubscribed }) =>
      Object.entries({ completed, failed, unsubscribed }).map(([label, value]) => ({ label, value })),
  },
  counter(
    'starved.time',
    'Time with demand and no value: bound by the source',
    's',
    (it) => it.starved / 1000,
  ),
  counter(
    'stalled.time',
    'Time with values and no demand: bound by the consumer',
    's',
    (it) => it.stalled / 1000,
  ),
  gauge('subscriptions', 'Subscriptions that have not ended', '{subscription}', ({ active }) => active),
  gauge('waiting', 'Values that wait for demand', '{value}', ({ waiting }) => waiting),
  gauge(
    'waiting.max',
    'The most values that have waited in one subscription',
    '{value}',
    (it) => it.mostWaiting,
  ),
  gauge('fill', 'How full the fullest buffer is, from 0 to 1', '1', ({ fill }) => fill),
  gauge('in_flight', 'Values inside native operators', '{value}', ({ inFlight }) => inFlight),
];

type Single = (snapshot: MonitorSnapshot) => number;

function counter(name: string, description: string, unit: Instrument['unit'], read: Single): Instrument {
  return { name, description, unit, kind: 'counter', read: (snapshot) => [{ value: read(snapshot) }] };
}

function gauge(name: string, description: string, unit: Instrument['unit'], read: Single): Instrument {
  return { name, description, unit, kind: 'gauge', read: (snapshot) => [{ value: read(snapshot) }] };
}
