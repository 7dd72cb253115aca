import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import * as library from 'rxjs-backpressure';
import * as metrics from 'rxjs-backpressure/metrics';
import * as node from 'rxjs-backpressure/node';
import * as rsocket from 'rxjs-backpressure/rsocket';
import { ConformanceError, RULES } from 'rxjs-backpressure/testing';
import * as web from 'rxjs-backpressure/web';
import { NATIVE_LAWS } from '../src/testing/laws/nativeLaws.js';
import { OPERATOR_LAWS } from '../src/testing/laws/operatorLaws.js';
import { PUBLISHER_LAWS } from '../src/testing/laws/publisherLaws.js';
import { SINK_LAWS } from '../src/testing/laws/sinkLaws.js';
import { SUBSCRIBER_LAWS } from '../src/testing/laws/subscriberLaws.js';
import { BROKEN } from './conformance/broken.js';
import { NO_SUBJECTS, OTHER_ENTRIES, ROWS } from './conformance/rows.js';

const LAWS = {
  publisher: PUBLISHER_LAWS,
  source: NATIVE_LAWS,
  subscriber: SUBSCRIBER_LAWS,
  operator: [...OPERATOR_LAWS, { rule: '4.1' }],
  sink: SINK_LAWS,
};

const ENTRIES = { '.': library, './metrics': metrics, './node': node, './rsocket': rsocket, './web': web };
const exported = Object.entries(ENTRIES).flatMap(([entry, exports]) =>
  Object.keys(exports).map((name) => `${entry}/${name}`.replace(/^\.\/(\.\/)?/, '')),
);
const subjects = ROWS.map(([subject]) => subject.replace(/: .*/, ''));

describe('the rows', () => {
  it('have every public source, sink and operator', () => {
    const known = new Set([...subjects, ...Object.keys(NO_SUBJECTS)]);
    expect(exported.filter((name) => !known.has(name))).toEqual([]);
  });

  it('have an entry of the package, or say where it is tried', () => {
    const { exports } = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8'));
    const known = [...Object.keys(ENTRIES), ...Object.keys(OTHER_ENTRIES)];
    expect(Object.keys(exports).sort()).toEqual(known.sort());
  });

  it('have nothing that is not exported', () => {
    expect([...subjects, ...Object.keys(NO_SUBJECTS)].filter((name) => !exported.includes(name))).toEqual([]);
  });
});

describe('the rules', () => {
  const tried = new Set(Object.values(LAWS).flatMap((laws) => laws.map(({ rule }) => rule)));

  it('are all tried, but those that cannot be', () => {
    const rules = RULES.filter(({ id, untestable }) => tried.has(id) === (untestable !== undefined));
    expect(rules.map(({ id }) => id)).toEqual([]);
  });

  it('are those of the specification, each once, and our own', () => {
    const numbers = RULES.map(({ id }) => id).filter((id) => /^\d/.test(id));
    const sections = [11, 13, 17, 2].flatMap((rules, section) =>
      Array.from({ length: rules }, (_, rule) => `${section + 1}.${rule + 1}`),
    );
    expect(numbers).toEqual(sections);
    expect([...tried].filter((rule) => !RULES.some(({ id }) => id === rule))).toEqual([]);
  });
});

it.each(ROWS)('%s keeps the laws', async (_subject, verify) => {
  const { held } = await verify();
  expect(held.length).toBeGreaterThan(5);
});

describe('what is broken on purpose', () => {
  const found = new Map<string, readonly string[]>();

  it.each(BROKEN)('is found out: a %s that %s', async (side, flaw, rules, verify) => {
    const error = await verify().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConformanceError);
    const broken = error instanceof ConformanceError ? error.broken.map(({ rule }) => rule) : [];
    found.set(`${side}: ${flaw}`, broken);
    expect(broken).toEqual(expect.arrayContaining([...rules]));
  });

  it.each(Object.entries(LAWS))('is found out by each law: %s', (side, laws) => {
    const broken = new Set(
      [...found].filter(([title]) => title.startsWith(`${side}: `)).flatMap(([, rules]) => rules),
    );
    expect(laws.map(({ rule }) => rule).filter((rule) => !broken.has(rule))).toEqual([]);
  });
});
