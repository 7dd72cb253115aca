import { config } from 'rxjs';
import type { Settle } from './settle.js';

/** While `work` runs, nothing is made of what RxJS reports as unhandled: here it is thrown on purpose. */
export async function withoutReports(settle: Settle, work: () => Promise<void>): Promise<void> {
  const { onUnhandledError } = config;
  config.onUnhandledError = () => {};
  try {
    await work();
    // RxJS reports from a timer, which `settle` may have to advance.
    const reported = new Promise((resolve) => setTimeout(resolve));
    await settle();
    await reported;
  } finally {
    config.onUnhandledError = onUnhandledError;
  }
}
