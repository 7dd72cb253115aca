import { catchError, defer, EMPTY, type Observable } from 'rxjs';
import { reasonOf } from './failure.js';
import { hash, type Summary } from './hash.js';
import type { SlowWriter } from './slow-writer.js';
import type { Tally } from './tally.js';
import { walk } from './walk.js';

/** The three steps of the work, each of them counted. Both runs put the same three together. */
export interface Steps {
  walk(): AsyncGenerator<string, void, undefined>;
  /** One `Summary`, or nothing where the file cannot be read or is gone by now. */
  hash(this: void, path: string): Observable<Summary>;
  write(this: void, summary: Summary): Promise<void>;
}

export interface StepsOptions {
  readonly folder: string;
  readonly except: string;
  readonly writer: SlowWriter;
}

export function countedSteps(tally: Tally, { folder, except, writer }: StepsOptions): Steps {
  return {
    async *walk() {
      for await (const path of walk(folder, { except, skip: (reason) => tally.skip(reason) })) {
        tally.find();
        yield path;
      }
    },
    hash: (path) =>
      defer(() => tally.during(hash(path))).pipe(
        catchError((error: unknown) => {
          tally.giveUp(reasonOf(error));
          return EMPTY;
        }),
      ),
    async write(summary) {
      await tally.during(writer.write(summary));
      tally.write();
    },
  };
}
