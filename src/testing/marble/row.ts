/**
 * A row of a marble diagram: one character is one frame, and the characters of a group `( )` happen in the frame of its
 * `(`, exactly as in RxJS's `TestScheduler.run`, but without its time progression (`10ms`), so that time is a column.
 */

/** One thing that happens, as its character. */
export interface Mark {
  readonly frame: number;
  readonly symbol: string;
}

/** Says what is wrong with the character at `offset`, by throwing. */
export type Complain = (offset: number, message: string) => never;

/** Reads the marks of a row. */
export function readRow(text: string, complain: Complain): Mark[] {
  const marks: Mark[] = [];
  let group: number | undefined;
  [...text].forEach((symbol, frame) => {
    const problem = misplaced(symbol, frame, group);
    if (problem !== undefined) complain(frame, problem);
    if (symbol === '(') {
      group = frame;
    } else if (symbol === ')') {
      group = undefined;
    } else if (symbol !== '-') {
      marks.push({ frame: group ?? frame, symbol });
    }
  });
  if (group !== undefined) complain(group, 'this group is never closed');
  return marks;
}

function misplaced(symbol: string, frame: number, group: number | undefined): string | undefined {
  switch (symbol) {
    case '-':
      return group === undefined ? undefined : 'no time passes inside a group';
    case '(':
      return group === undefined ? undefined : 'a group inside a group';
    case ')':
      if (group === undefined) return 'this group was never opened';
      return group === frame - 1 ? 'an empty group' : undefined;
    case ' ':
      return "a space is no frame; where nothing happens stands '-'";
    case '?':
      return "'?' stands for a value without a name, in reports only; name it in the legend";
    default:
      return undefined;
  }
}

/** A row as text, and what did not fit: marks in a frame that an earlier group already covers with its characters. */
export interface Written {
  readonly text: string;
  readonly hidden: readonly Mark[];
}

/** Writes marks as a row of at least `width` characters; the reverse of {@link readRow}. */
export function writeRow(marks: readonly Mark[], width: number): Written {
  const byFrame = new Map<number, string>();
  for (const { frame, symbol } of marks) {
    byFrame.set(frame, (byFrame.get(frame) ?? '') + symbol);
  }
  let text = '';
  const hidden: Mark[] = [];
  for (const [frame, symbols] of [...byFrame].sort(([one], [other]) => one - other)) {
    if (frame < text.length) {
      hidden.push(...[...symbols].map((symbol) => ({ frame, symbol })));
    } else {
      text = text.padEnd(frame, '-') + (symbols.length > 1 ? `(${symbols})` : symbols);
    }
  }
  return { text: text.padEnd(width, '-'), hidden };
}
