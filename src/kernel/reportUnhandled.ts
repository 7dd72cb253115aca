import { throwError } from 'rxjs';

/** Reports an error that nobody can receive any more, the way RxJS does: `config.onUnhandledError`, or thrown later. */
export function reportUnhandled(error: unknown): void {
  throwError(() => error).subscribe();
}
