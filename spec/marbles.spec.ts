import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import * as rxjs from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import * as library from 'rxjs-backpressure';
import { compare } from '../src/testing/marble/compare.js';
import { type Diagram, MarbleSyntaxError } from '../src/testing/marble/diagram.js';
import { parse } from '../src/testing/marble/parse.js';
import { readRow, writeRow } from '../src/testing/marble/row.js';
import { run as runIn } from '../src/testing/marble/run.js';

const folder = join(__dirname, '../marbles');
const files = readdirSync(folder).filter((name) => name.endsWith('.marble'));
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

const run = (diagram: Diagram) => runIn(diagram, { ...rxjs, ...library });

function lieOf(diagram: Diagram): string | undefined {
  return compare(diagram, run(diagram));
}

function perform(diagram: Diagram): void {
  const { file, number } = diagram.line;
  const lie = lieOf(diagram);
  if (lie !== undefined) throw new Error(`${file}:${number}: ${diagram.title}\n${lie}`);
}

function only(text: string): Diagram {
  const [diagram, ...others] = parse(text);
  if (diagram === undefined || others.length > 0) throw new Error('not one diagram');
  return diagram;
}

describe.each(files)('%s', (file) => {
  const diagrams = parse(read(file), `marbles/${file}`);
  it.each(diagrams)(`${basename(file, '.marble')}: $title`, perform);

  it('has the plain case, an edge and a failure', () => {
    expect(diagrams.length).toBeGreaterThanOrEqual(3);
    expect(diagrams.some(({ expectations }) => expectations.some(({ text }) => text.includes('#')))).toBe(
      true,
    );
  });
});

// A native operator may make many values of one, and `monitor` stands in line as one; what was not requested waits at the subscriber.
const inLine = ['native.marble', 'monitor.marble'];
it.each(files.filter((file) => !inLine.includes(file)))('%s: nothing comes down unasked', (file) => {
  const overrun = parse(read(file)).filter((diagram) => run(diagram).unasked > 0);
  expect(overrun.map(({ title }) => title)).toEqual([]);
});

describe('GRAMMAR.md', () => {
  const text = read('GRAMMAR.md').replace(/\r/g, '');
  /** Only the marbles, each in its own line, so that line numbers are those of the page. */
  const marbles = text.replace(/(?:^|\n```\n)[\s\S]*?(?:\n```marble(?=\n)|$)/g, (prose) =>
    prose.replace(/[^\n]/g, ''),
  );

  it.each(parse(marbles, 'marbles/GRAMMAR.md'))('GRAMMAR.md: $title', perform);

  it('shows a failure as it is printed', () => {
    const [diagram] = parse(marbles);
    const shown = /differ in: output\n\n[\s\S]*?(?=\n```)/.exec(text)?.[0] ?? '';
    const lying = [`== ${diagram?.title}`, ...shown.split('\n').slice(3).flatMap(unsign)].join('\n');
    expect(lieOf(only(lying))).toContain(shown);
  });

  /** The expected rows of a printed failure. */
  function unsign(line: string): string[] {
    return line.startsWith('+') ? [] : [line.slice(2)];
  }
});

describe('a diagram that lies', () => {
  /** Between them these have every row there is. */
  const TRUE = [
    `== push
source    -a-b-c-d-e-f-|
request   2-----1---*---
> dropLatest({ capacity: 1, onDrop })
output    -a-b--c---df-|
dropped   ---------e----
waiting   -----1-111----`,
    `== pull
pull             -a-b-c-d------e|
paused           --P------R------
request          4----2----------
> losslessPause(paused)
upstream         4--------2------
upstream.paused  ---------------!
drawn            -a-b-c-d------e|
output           -a-------(bcd)e|
P = true
R = false`,
    `== iterables
iterable.left   (abc|)--
iterable.right  (xyz|)--
request         1-1-1--!
> concat(left, right)
drawn.left      a-b-c---
upstream.left   -------!
output          a-b-c---`,
    `== errors
pull      -a-#
request   2---
> prefetch(2)
upstream  2---
output    -a-#`,
  ];
  const rowsOf = (text: string) => only(text).lines.flatMap((line) => ('marks' in line ? [line] : []));
  const lies = TRUE.flatMap((text) =>
    rowsOf(text).flatMap(({ label, line, start, marks }) =>
      marks.map((_, index) => {
        const other = marks.filter((_mark, at) => at !== index);
        const row = line.text.slice(0, start) + writeRow(other, line.text.length - start).text;
        return { title: only(text).title, label, row, text: text.replace(line.text, row) };
      }),
    ),
  );

  it.each(TRUE)('is red, and this one is true: %#', (text) => {
    expect(lieOf(only(text))).toBeUndefined();
  });

  // Of an input it is the other rows that lie: all of them follow from what happens.
  const counts = lies.filter(({ title, label }) => !(title === 'iterables' && label.startsWith('iterable')));
  it.each(counts)('is red when one mark is missing: $title, $row', ({ text }) => {
    expect(lieOf(only(text))).toBeDefined();
  });

  it.each([
    ['a mark comes a frame late', 'output    a-b-c|', 'output    a--bc|'],
    ['a value is another one', 'output    a-b-c|', 'output    a-b-d|'],
    ['there is a mark too many', 'output    a-b-c|', 'output    a-bbc|'],
    ['it fails instead of completing', 'output    a-b-c|', 'output    a-b-c#'],
    ['a group has another order', 'dropped   ------', 'dropped   -(ab)-'],
  ])('is red when %s', (_title, row, lie) => {
    const text = `== true
source    a-b-c|
request   *-----
> dropLatest({ onDrop })
output    a-b-c|
dropped   ------`;
    expect(lieOf(only(text))).toBeUndefined();
    expect(lieOf(only(text.replace(row, lie)))).toContain(`- ${lie}\n+ ${row}`);
  });

  it('names values and errors that have no character', () => {
    const lie = lieOf(only('== x\nsource  a-#\n> map(() => ({ id: 1 }))\noutput  --|\n# = TypeError'));
    expect(lie).toContain('+ output  ?-?');
    expect(lie).toContain(`// output: '?' in frame 0 is {"id":1}`);
    expect(lie).toContain(`// output: '?' in frame 2 is the error Error: the error of 'source'`);
  });

  it('tells of marks that have no room in a row', () => {
    expect(lieOf(only('== x\nsource  ab-|\n> mergeMap((x) => [x, x])\noutput  ---|'))).toContain(
      "+ output  (aa)\n  // output: also 'b' in frame 1, which has no room",
    );
  });

  it('tells an error of an input from one that only looks like it', () => {
    const text = "== x\nsource  a-#\n> catchError(() => throwError(() => new Error('x')))\noutput  a-#";
    expect(lieOf(only(text))).toContain('+ output  a-?');
    expect(lieOf(only(`${text}\n# = new Error('x')`))).toBeUndefined();
    expect(lieOf(only(`${text}\n# = Error`))).toBeUndefined();
    expect(lieOf(only(`${text}\n# = RangeError`))).toContain('+ output  a-?');
  });
});

describe('a run', () => {
  it('refuses an operator line that makes no operator', () => {
    expect(() => run(only('== x\nsource  a\n> 42\noutput  a'))).toThrow(/must make an operator, got 42/);
    expect(() => run(only('== x\n> map((x) => x)\noutput  a'))).toThrow(/must make an Observable/);
  });

  it('lets errors of the operator line through', () => {
    expect(() => run(only('== x\nsource  a\n> prefetch(0)\noutput  a'))).toThrow(RangeError);
    expect(() => run(only('== x\nsource  a\n> prefech(1)\noutput  a'))).toThrow(/prefech is not defined/);
    expect(() => run(only('== x\nsource  a\n> map((\noutput  a'))).toThrow(SyntaxError);
  });

  it('notices timers that go on after everything was unsubscribed', () => {
    const text = '== x\nsource  a\n> (source$) => { interval(1).subscribe(); return source$; }\noutput  a';
    expect(() => run(only(text))).toThrow(/still runs/);
  });

  it('does not look at what happens after the last column', () => {
    expect(lieOf(only('== x\nsource  a--\n> delay(3)\noutput  ---'))).toBeUndefined();
    expect(lieOf(only('== x\nsource  a--\n> delay(2)\noutput  --a'))).toBeUndefined();
  });

  it('begins a pull source anew for each subscription, and at once with what has been offered', () => {
    const text = '== x\npull      (ab|)---\nrequest   2---2---\n> repeat(2)\nupstream  (112)1--';
    const outcome = run(only(`${text}\noutput    --------`.replace('(112)1--', '--------')));
    expect(writeRow(outcome.rows.get('output') ?? [], 8).text).toBe('(ab)(ab|)');
  });
});

describe('a text that is no diagram', () => {
  const good = ['== t', 'source    -a-b', 'request   2---', '> map((x) => x)', 'output    -a-b'];
  const with_ = (...changes: (readonly [line: number, text: string])[]) => {
    const lines = [...good];
    for (const [line, text] of changes) lines[line - 1] = text;
    return lines.join('\n');
  };

  it.each<readonly [string, string, number, number, RegExp]>([
    ['no title', 'source    -a-b', 1, 1, /begins with its title/],
    ['two of one title', [...good, '', ...good].join('\n'), 7, 4, /second diagram of this title/],
    ['no operator', with_([4, '']), 1, 1, /no operator/],
    ['no output', with_([5, '']), 1, 1, /no row 'output'/],
    ['some other line', with_([3, 'request: 2']), 3, 1, /neither a row/],
    ['a row without marbles', with_([3, 'request   // none']), 3, 11, /'request' is empty/],
    ['a second row of a name', with_([3, 'output    ----']), 5, 1, /second row 'output'/],
    ['a second input', with_([3, 'pull      ----']), 3, 1, /second input 'source'/],
    ['a row that begins elsewhere', with_([3, 'request  -2---']), 3, 10, /another column than 'source'/],
    ['a row that is longer', with_([3, 'request   2----']), 3, 16, /1 longer than 'source'/],
    ['a row that is shorter', with_([3, 'request   2-']), 3, 13, /2 shorter than 'source'/],
    ['a space', with_([2, 'source    -a b']), 2, 13, /space is no frame/],
    ['a group that is not closed', with_([2, 'source    -(ab']), 2, 12, /never closed/],
    ['a group that is not opened', with_([2, 'source    -ab)']), 2, 14, /never opened/],
    ['a group in a group', with_([2, 'source    ((a)']), 2, 12, /group inside a group/],
    ['time in a group', with_([2, 'source    (a-)']), 2, 13, /no time passes/],
    ['an empty group', with_([2, 'source    -()-']), 2, 13, /empty group/],
    ['a question mark', with_([2, 'source    -a-?']), 2, 14, /in reports only/],
    ['something after the end', with_([2, 'source    -|-b']), 2, 14, /nothing follows/],
    ['something after leaving', with_([3, 'request   -!-2']), 3, 14, /nothing follows/],
    ['an ending in a request row', with_([3, 'request   2--|']), 3, 14, /no meaning in 'request'/],
    ['leaving in a source', with_([2, 'source    -a-!']), 2, 14, /no meaning in 'source'/],
    ['a request without a number', with_([3, 'request   x---']), 3, 11, /'x = 16'/],
    ['a legend for time', with_([3, '- = 1']), 3, 1, /cannot stand for a value/],
    ['a legend for a digit', with_([3, '1 = 2']), 3, 1, /always stands for its number/],
    ['a letter with two meanings', [...good, 'a = 1', 'a = 2'].join('\n'), 7, 1, /has a meaning already/],
    ['a row of no name', with_([3, 'ouput     ----']), 3, 1, /does not name 'ouput'/],
    ['a row of no input', with_([3, 'other.x   ----']), 3, 1, /no row is called/],
    ['an output of an input', with_([5, 'output.x  -a-b']), 5, 1, /'output' is of no input/],
    ['upstream of nothing', with_([3, 'drawn.x   ----']), 3, 1, /there is no input 'x'/],
    ['a request to a push source', with_([3, 'upstream  -2--']), 3, 12, /no request reaches 'source'/],
    ['an iterable with time', with_([2, 'iterable  -(a)']), 2, 11, /knows no time/],
    ['a group in waiting', with_([3, 'waiting   -(1)']), 3, 12, /no group/],
    ['a drop that nobody reports', with_([3, 'dropped   ----']), 3, 1, /need each other/],
    ['a report that nobody sees', with_([4, '> dropLatest({ onDrop })']), 1, 1, /need each other/],
  ])('is refused, with its place: %s', (_title, text, line, column, says) => {
    let thrown: unknown;
    try {
      parse(text, 'x.marble');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(MarbleSyntaxError);
    expect(thrown).toMatchObject({ line, column, message: expect.stringMatching(says) });
    expect((thrown as Error).message).toContain(`x.marble:${line}:${column}: `);
  });

  it('is shown with a pointer to the character', () => {
    expect(() => parse(with_([2, 'source    -a b']), 'x.marble')).toThrow(
      "x.marble:2:13: a space is no frame; where nothing happens stands '-'\n  source    -a b\n              ^",
    );
  });

  it('may have comments, empty lines, Windows line ends and several operator lines', () => {
    const text =
      '// about\r\n== t\r\n// more\r\nsource    -a // what comes\r\n\r\n> pipe(\r\n>   map((x) => x),\r\n> )\r\noutput    -a\r\n';
    expect(lieOf(only(text))).toBeUndefined();
  });
});

describe('a row', () => {
  const complain = (offset: number, problem: string): never => {
    throw new Error(`${offset}: ${problem}`);
  };
  const symbol = fc.constantFrom(...'abcXYZ019');
  const group = fc.array(symbol, { minLength: 1, maxLength: 4 }).map((symbols) => `(${symbols.join('')})`);
  const part = fc.oneof(fc.constant('-'), symbol, group);
  const row = fc
    .tuple(fc.array(part), fc.constantFrom('', '|', '#'))
    .map(([parts, end]) => parts.join('') + end);

  it('means what RxJS says it means', () => {
    fc.assert(
      fc.property(row, (text) => {
        const messages = TestScheduler.parseMarbles(text, undefined, undefined, undefined, true);
        const theirs = messages.map(({ frame, notification }) => ({
          frame: frame / TestScheduler.frameTimeFactor,
          symbol: notification.kind === 'N' ? notification.value : notification.kind === 'C' ? '|' : '#',
        }));
        expect(readRow(text, complain)).toEqual(theirs);
      }),
    );
  });

  it('can be written as it was read', () => {
    fc.assert(
      fc.property(row, (text) => {
        const marks = readRow(text, complain);
        const written = writeRow(marks, text.length);
        expect(written.hidden).toEqual([]);
        expect(readRow(written.text, complain)).toEqual(marks);
      }),
    );
  });
});
