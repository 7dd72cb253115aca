import { defer, finalize, type Observable } from 'rxjs';
import { pullFrom } from 'rxjs-backpressure';

export interface Row {
  readonly id: number;
  readonly name: string;
  readonly amount: number;
}

/** What the database has done so far. */
export interface Counters {
  /** Rows that have been read. */
  rows: number;
  /** Queries that hold a cursor. */
  open: number;
}

/** A query of `count` rows, as a database answers it: through a cursor, which reads as many rows as it is asked for. */
export function query(count: number, counters: Counters): Observable<Row> {
  return defer(() => {
    counters.open++;
    let id = 0;
    const read = async (n: number): Promise<Row[] | null> => {
      const rows = Array.from({ length: Math.min(n, count - id) }, () => row(id++));
      counters.rows += rows.length;
      return rows.length === 0 ? null : rows;
    };
    return pullFrom(read).pipe(finalize(() => counters.open--));
  });
}

function row(id: number): Row {
  return { id, name: `customer ${id}`, amount: (id * 7919) % 10_000 };
}
