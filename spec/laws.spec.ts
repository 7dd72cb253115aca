import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { RULES } from 'rxjs-backpressure/testing';
import { NATIVE_LAWS } from '../src/testing/laws/nativeLaws.js';
import { OPERATOR_LAWS } from '../src/testing/laws/operatorLaws.js';
import { PUBLISHER_LAWS } from '../src/testing/laws/publisherLaws.js';
import { SINK_LAWS } from '../src/testing/laws/sinkLaws.js';
import { SUBSCRIBER_LAWS } from '../src/testing/laws/subscriberLaws.js';

/** Which function tries which rules. */
const TRIED: Readonly<Record<string, readonly { readonly rule: string }[]>> = {
  verifySource: [...PUBLISHER_LAWS, ...NATIVE_LAWS],
  verifyPublisher: PUBLISHER_LAWS,
  verifySubscriber: SUBSCRIBER_LAWS,
  verifyOperator: [...PUBLISHER_LAWS, ...OPERATOR_LAWS, { rule: '4.1' }],
  verifySink: SINK_LAWS,
};

it('docs/laws.md has every rule as it is in the code', () => {
  const page = readFileSync(join(__dirname, '../docs/laws.md'), 'utf8');
  const rows = RULES.map(({ id, intent, untestable }) => {
    const by = Object.keys(TRIED).filter((name) => TRIED[name]?.some(({ rule }) => rule === id));
    return `| ${id} | ${intent} | ${untestable === undefined ? by.map((name) => `\`${name}\``).join(', ') : `not tested: ${untestable}`} |`;
  });
  const shown = page.split('\n').filter((line) => line.startsWith('| ') && !/^\| (rule|-)/.test(line));
  expect(shown).toEqual(rows);
});
