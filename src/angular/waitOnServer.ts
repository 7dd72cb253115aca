import * as core from '@angular/core';
import type { Life } from './Life.js';

/**
 * Answers what is told whether something is on its way that a server is to wait for before it sends the page. In a browser, and
 * before Angular 19, which has no `PendingTasks`, nothing waits.
 */
export function waitOnServer({ injector, onServer }: Life): (waiting: boolean) => void {
  // Named through the module, as an import of what Angular 18 does not export fails.
  if (!onServer || core.PendingTasks === undefined) {
    return () => {};
  }
  const tasks = injector.get(core.PendingTasks);
  let answer: (() => void) | undefined;
  return (waiting) => {
    if (waiting) {
      answer ??= tasks.add();
    } else {
      answer?.();
      answer = undefined;
    }
  };
}
