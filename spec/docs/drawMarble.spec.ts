import { describe, expect, it } from '@jest/globals';
import { drawMarble } from '../../scripts/drawMarble.js';
import { parse } from '../../src/testing/marble/parse.js';

function drawn(text: string): string {
  const [diagram] = parse(text, 'spec.marble');
  if (diagram === undefined) throw new Error('no diagram');
  return drawMarble(diagram, 'spec');
}

const PICTURE = drawn(`== what <waits> & is dropped
source    -abcd---|-
request   -2----*---
> dropOldest({ onDrop })
output    -ab---(d|)
dropped   ----c-----
waiting   ---111----
`);

/** How often a class is drawn. */
const count = (name: string, picture = PICTURE) => picture.split(`class="${name}"`).length - 1;

describe('a picture of a diagram', () => {
  it('has the diagram as its title and text alternative', () => {
    expect(PICTURE).toContain('role="img" aria-labelledby="title description"');
    expect(PICTURE).toContain('<title id="title">spec: what &#60;waits&#62; &#38; is dropped</title>');
    expect(PICTURE).toMatch(/<desc id="description">source: -abcd---\|-\nrequest: -2----\*---/);
  });

  it('has an arrow up for each request, with its number', () => {
    expect(count('ask')).toBe(2);
    expect(PICTURE).toMatch(/class="asked middle"[^>]*>2</);
    expect(PICTURE).toMatch(/class="asked middle"[^>]*>∞</);
    // Up is towards smaller numbers.
    const [, from = '', to = ''] = /class="ask" d="M[\d.]+ ([\d.]+)V([\d.]+)/.exec(PICTURE) ?? [];
    expect(Number(to)).toBeLessThan(Number(from));
  });

  it('strikes out what is dropped, and nothing else', () => {
    const dropped = /<g class="dropped">[\s\S]*?<\/g>/.exec(PICTURE)?.[0] ?? '';
    expect(count('error', dropped)).toBe(1);
    expect(count('error')).toBe(1);
  });

  it('shades the time in which values wait', () => {
    expect(count('band')).toBe(3);
    const places = [...PICTURE.matchAll(/class="band" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)];
    const [first = [], second = []] = places;
    expect(Number(second[1])).toBe(Number(first[1]) + Number(first[2]));
  });

  it('has colours for light and for dark', () => {
    const colours = [...PICTURE.matchAll(/svg \{([^}]*)\}/g)].map(([, names = '']) => names.match(/--\w+/g));
    expect(colours.length).toBe(2);
    expect(colours[0]).toEqual(colours[1]);
  });

  it('breaks an operator that is longer than a line', () => {
    const long = drawn(`== long
source    -a|
> map(${"'a long text' + ".repeat(10)}'')
output    -a|
`);
    expect(count('middle', long)).toBeGreaterThan(2);
    const [, width] = /viewBox="0 0 (\d+)/.exec(long) ?? [];
    expect(Number(width)).toBeLessThan(700);
  });
});
