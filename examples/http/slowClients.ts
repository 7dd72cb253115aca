/** Clients that take their rows slowly, in a process of their own, so that their work is no part of what is measured. It runs until it is killed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { concatMap } from 'rxjs';
import { prefetch } from 'rxjs-backpressure';
import { readRows } from './readRows.js';

/** Each client handles a row in so many milliseconds. */
const SLOW = 50;

const [url = '', count = '', clients = ''] = process.argv.slice(2);
for (let i = 0; i < Number(clients); i++) {
  readRows(url, Number(count))
    .pipe(
      concatMap((row) => sleep(SLOW, row)),
      prefetch(1),
    )
    .subscribe();
}
process.on('disconnect', () => process.exit());
