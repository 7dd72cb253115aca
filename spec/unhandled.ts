import { jest } from '@jest/globals';
import { config } from 'rxjs';

/** Collects what RxJS reports as unhandled from here on; the answer ends it, and gives what was reported. */
export function unhandled(): () => unknown[] {
  const { onUnhandledError } = config;
  const reported: unknown[] = [];
  jest.useFakeTimers();
  config.onUnhandledError = (error) => void reported.push(error);
  return () => {
    jest.runAllTimers();
    jest.useRealTimers();
    config.onUnhandledError = onUnhandledError;
    return reported;
  };
}
