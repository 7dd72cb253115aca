import { type Observable, switchMap } from 'rxjs';
import { fromFetch } from 'rxjs/fetch';
import { pullFrom } from 'rxjs-backpressure';
import { ndjson } from 'rxjs-backpressure/web';
import type { Row } from './query.js';

/** The rows of a query, as they come in: read no faster than they are taken, and the connection closed when nobody takes any. */
export function readRows(url: string, count: number): Observable<Row> {
  return fromFetch(`${url}?count=${count}`).pipe(switchMap(bodyOf), ndjson<Row>());
}

function bodyOf({ ok, status, body }: Response): Observable<Uint8Array> {
  if (!ok || body === null) {
    throw new Error(`the server answered with status ${status}`);
  }
  return pullFrom<Uint8Array>(body);
}
