import { jest } from '@jest/globals';
import { config } from 'rxjs';

/** Collects what RxJS reports as unhandled from here on; the answer ends it, and gives what was reported. */
export function unhandled(): () => unknown[] {
  const { onUnhandledError } = config;
  const reported: unknown[] = [];
  jest.useFakeTimers();
  config.onUnhandledError = (error) => void reported.push(error);
  let ended = false;
  return () => {
    if (!ended) {
      ended = true;
      jest.runAllTimers();
      jest.useRealTimers();
      config.onUnhandledError = onUnhandledError;
    }
    return reported;
  };
}

/** Runs `act` and answers what RxJS reports as unhandled. */
export function unhandledDuring(act: () => void): unknown[] {
  const reported = unhandled();
  try {
    act();
  } finally {
    reported();
  }
  return reported();
}
