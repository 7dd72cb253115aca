/** What every spec of a mutation run begins with: each mutant meets the same runs, and fails a test instead of the process. */
import { afterEach } from '@jest/globals';
import fc from 'fast-check';
import { config } from 'rxjs';

fc.configureGlobal({ seed: 1 });

const reported: unknown[] = [];
config.onUnhandledError = (error) => void reported.push(error);
afterEach(() => {
  if (reported.length > 0) {
    throw reported.splice(0)[0];
  }
});
