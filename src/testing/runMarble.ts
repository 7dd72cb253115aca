import { MarbleMismatchError } from './MarbleMismatchError.js';
import { compare } from './marble/compare.js';
import { parse } from './marble/parse.js';
import { run } from './marble/run.js';

/**
 * Plays each marble diagram of a text in virtual time, and throws where one is not what happens.
 *
 * ```marble
 * == map carries demand
 * pull      ab-c|-
 * request   1--2--
 * > map((letter) => letter)
 * upstream  1--2--
 * output    a--(bc|)
 * ```
 *
 * **Errors.** A row that differs is a {@link MarbleMismatchError}, which prints both diagrams aligned; a text that is no
 * diagram a `MarbleSyntaxError` with line and column. What the operator line throws is let through.
 *
 * @param text one diagram or several, in the form of `marbles/GRAMMAR.md`
 * @param scope what the names in the operator line and the legend mean
 *
 * @example
 * ```ts
 * import { dropLatest } from 'rxjs-backpressure';
 * import { runMarble } from 'rxjs-backpressure/testing';
 *
 * const diagram = `
 * == drops what arrives while nobody has asked
 * source    -a-b-c-|
 * request   1---1---
 * > dropLatest()
 * output    -a---c-|
 * `;
 * runMarble(diagram, { dropLatest });
 * ```
 */
export function runMarble(text: string, scope: Readonly<Record<string, unknown>> = {}): void {
  for (const diagram of parse(text)) {
    const lie = compare(diagram, run(diagram, scope));
    if (lie !== undefined) {
      const { file, number } = diagram.line;
      throw new MarbleMismatchError(`${file}:${number}: ${diagram.title}\n${lie}`);
    }
  }
}
