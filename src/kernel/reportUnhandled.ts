import { throwError } from 'rxjs';

/** Does what nobody can be told of any more who could receive what it throws. */
export function reporting(act: () => void): void {
  try {
    act();
  } catch (thrown) {
    reportUnhandled(thrown);
  }
}

/** Reports an error that nobody can receive any more, the way RxJS does: `config.onUnhandledError`, or thrown later. */
export function reportUnhandled(error: unknown): void {
  throwError(() => error).subscribe();
}
