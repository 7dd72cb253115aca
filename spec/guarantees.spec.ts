/** Each promise of docs/guarantees.md names what holds it, and that is there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { RULES } from 'rxjs-backpressure/testing';

const root = join(__dirname, '..');
const page = readFileSync(join(root, 'docs/guarantees.md'), 'utf8');
const promises = [...page.matchAll(/^\| (?!promised|-)(.*?) \| (.*) \|$/gm)].map(
  ([, promise = '', held = '']) => ({
    promise,
    holders: held.split(/; (?=law |`spec)/),
  }),
);

/** What is wrong with a holder, if anything is. */
function problem(holder: string): string | undefined {
  const law = /^law `(.+)`$/.exec(holder)?.[1];
  if (law !== undefined) {
    return RULES.some(({ id, untestable }) => id === law && untestable === undefined)
      ? undefined
      : `no law ${law}`;
  }
  const [, file = '', title = ''] = /^`(spec\/.+?)`: (.+)$/.exec(holder) ?? [];
  if (file === '' || !existsSync(join(root, file))) return `no file in ${holder}`;
  const text = readFileSync(join(root, file), 'utf8').replace(/\\(['"`])/g, '$1');
  return title !== '' && text.includes(title) ? undefined : `${file} has no test called ${title}`;
}

describe('docs/guarantees.md', () => {
  it('promises something of each kind', () => {
    expect([...page.matchAll(/^## (.*)$/gm)].map(([, title]) => title)).toEqual([
      'Order',
      'Loss',
      'Bounds',
      'Release',
      'Re-entrancy',
      'Fairness',
    ]);
    expect(promises.length).toBeGreaterThan(20);
  });

  it.each(promises)('holds: $promise', ({ holders }) => {
    expect(holders.map(problem).filter((wrong) => wrong !== undefined)).toEqual([]);
  });

  it.each([
    'law `9.9`',
    'law `3.4`',
    '`spec/gone.spec.ts`: a test',
    '`spec/leaks.spec.ts`: flies',
    'trust us',
  ])('would notice what holds nothing: %s', (holder) => {
    expect(problem(holder)).toBeDefined();
  });
});
