import { tap } from 'rxjs';
import { controlledRequest, DemandObservable, losslessPause, pullFrom } from 'rxjs-backpressure';
import { pausedWhileHidden, perFrame, requestsFromViewport } from 'rxjs-backpressure/web';

/** Takes endless numbers, `max` a frame, for so many animation frames: how many were taken, and how many made. */
export async function takePerFrame(max: number, frames: number): Promise<{ taken: number; made: number }> {
  let made = 0;
  let taken = 0;
  const numbers$ = new DemandObservable<number>((sink) => ({
    request: (n) => {
      for (let i = 0; i < n && !sink.closed; i++) sink.next(made++);
    },
    unsubscribe: () => {},
  }));
  const subscription = numbers$.pipe(perFrame(max)).subscribe(() => taken++);
  for (let i = 0; i < frames; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
  subscription.unsubscribe();
  return { taken, made };
}

/** A list in a box of 200 pixels: rows of 40 that each take a while to come, and its end. */
function endlessList() {
  const box = document.createElement('div');
  const end = document.createElement('div');
  box.style.cssText = 'height: 200px; overflow: auto';
  end.style.height = '1px';
  box.append(end);
  document.body.append(box);
  const list = { box, rows: 0, requested: 0, most: 0 };
  const rows$ = pullFrom(async (n: number) => {
    await sleep(20);
    return Array.from({ length: n }, () => 'row');
  });
  const requests$ = requestsFromViewport(end).pipe(
    tap((n) => {
      list.requested += n;
      list.most = Math.max(list.most, list.requested - list.rows);
    }),
  );
  const subscription = rows$.pipe(controlledRequest(requests$)).subscribe((text) => {
    const row = document.createElement('div');
    row.style.height = '40px';
    row.textContent = text;
    end.before(row);
    list.rows++;
  });
  return { list, subscription };
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The rows of an endless list once it fills its box, those after it was scrolled to its end, and the most it owed at a time. */
export async function scrollThrough(): Promise<{ filled: number; scrolled: number; most: number }> {
  const { list, subscription } = endlessList();
  await sleep(600);
  const filled = list.rows;
  list.box.scrollTop = list.box.scrollHeight;
  await sleep(400);
  subscription.unsubscribe();
  return { filled, scrolled: list.rows, most: list.most };
}

/** What a source has been drawn from before, while and after the page was hidden. */
export async function drawnWhileHidden(): Promise<number[]> {
  let state = 'visible';
  Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
  const show = (to: string) => {
    state = to;
    document.dispatchEvent(new Event('visibilitychange'));
  };
  let drawn = 0;
  const subscription = pullFrom(async () => {
    await sleep(5);
    return [drawn++];
  })
    .pipe(losslessPause(pausedWhileHidden()))
    .subscribe();
  await sleep(100);
  show('hidden');
  // What it has asked for already, 16 at most, still comes, and waits.
  await sleep(300);
  const before = drawn;
  await sleep(100);
  const hidden = drawn;
  show('visible');
  await sleep(100);
  subscription.unsubscribe();
  return [before, hidden, drawn];
}
