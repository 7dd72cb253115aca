import { concatMap, NEVER, take, tap } from 'rxjs';
import { DemandObservable, prefetch } from 'rxjs-backpressure';
import { PortError, pullFromPort, toReadableStream } from 'rxjs-backpressure/web';
import type { Order } from './feedingWorker.js';

const start = () => new Worker('feedingWorker.js');

function tell(worker: Worker, order: Order, transfer: Transferable[] = []): void {
  worker.postMessage(order, transfer);
}

/** The stream of a worker, through a channel of its own. */
function through(worker: Worker): MessagePort {
  const { port1, port2 } = new MessageChannel();
  tell(worker, { serve: port2 }, [port2]);
  return port1;
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** How far the worker is ahead of a page that blocks 30 ms after each 50 values, each time. */
export async function aheadOfBlockingPage(inFlight: number): Promise<number[]> {
  const worker = start();
  const came: number[] = [];
  const made: number[] = [];
  let count = 0;
  worker.addEventListener('message', ({ data }) => {
    if ('made' in data) made.push(data.made);
  });
  await new Promise<void>((complete) => {
    pullFromPort<number>(through(worker), { inFlight })
      .pipe(take(200))
      .subscribe({
        next: () => {
          if (++count % 50 === 0) {
            came.push(count);
            tell(worker, { count: true });
            for (const end = performance.now() + 30; performance.now() < end; );
          }
        },
        complete,
      });
  });
  for (let i = 0; i < 100 && made.length < came.length; i++) await sleep(10);
  worker.terminate();
  return came.map((n, i) => (made[i] ?? Infinity) - n);
}

/** How far the worker is ahead of a page whose work never ends, below a `prefetch`. */
export async function aheadOfStoppedPage(window: number): Promise<{ made: number; came: number }> {
  const worker = start();
  let came = 0;
  pullFromPort<number>(through(worker))
    .pipe(
      tap(() => came++),
      concatMap(() => NEVER),
      prefetch(window),
    )
    .subscribe();
  await sleep(200);
  const made = await new Promise<number>((resolve) => {
    worker.addEventListener('message', ({ data }) => {
      if ('made' in data) resolve(data.made);
    });
    tell(worker, { count: true });
  });
  worker.terminate();
  return { made, came };
}

/** What ends a stream, as text: whether it is a `PortError`, and what it says. */
export async function endingOf(how: 'terminate' | 'close' | 'fail' | 'gone'): Promise<string> {
  const worker = new Worker(how === 'gone' ? 'nowhere.js' : 'feedingWorker.js');
  const itself = how === 'fail' || how === 'gone';
  if (how === 'fail') tell(worker, { failIn: 100 });
  if (itself) tell(worker, { serve: true });
  const ended = new Promise<string>((resolve) => {
    pullFromPort<number>(itself ? worker : through(worker))
      .pipe(
        concatMap(() => NEVER),
        prefetch(3),
      )
      .subscribe({
        error: (error) => resolve(`${error instanceof PortError} ${error.message}`),
      });
  });
  await sleep(200);
  if (how === 'terminate') worker.terminate();
  if (how === 'close') tell(worker, { close: true });
  return ended;
}

/** How a stream ends whose port is closed by hand: on the page by itself, in the worker by an order. */
export async function endingOfClosedPort(where: 'page' | 'worker'): Promise<string> {
  const worker = start();
  const port = through(worker);
  const released = new Promise<string>((resolve) => {
    worker.addEventListener('message', ({ data }) => {
      if (data.released) resolve('released');
    });
  });
  const ended = new Promise<string>((resolve) => {
    pullFromPort<number>(port)
      .pipe(
        concatMap(() => NEVER),
        prefetch(3),
      )
      .subscribe({ error: (error) => resolve(`${error instanceof PortError} ${error.message}`) });
  });
  await sleep(200);
  if (where === 'page') port.close();
  else tell(worker, { closePort: true });
  const ending = `${await ended}, ${await released}`;
  worker.terminate();
  return ending;
}

/** How a stream ends whose worker closes itself with its last value. */
export async function endingOfLastWords(): Promise<string> {
  const worker = start();
  const { port1, port2 } = new MessageChannel();
  tell(worker, { lastWords: port2 }, [port2]);
  let text = '';
  return new Promise((resolve) => {
    pullFromPort<string>(port1).subscribe({
      next: (word) => {
        text += word;
      },
      error: (error) => resolve(`${text} ${error}`),
      complete: () => resolve(`${text}|`),
    });
  });
}

/** Makes a stream here, transfers it to a worker that takes `count` values, and later cancels it. */
export async function heldBackByWorker(count: number): Promise<{ drawn: number; released: boolean }> {
  const worker = start();
  let drawn = 0;
  let released = false;
  const numbers$ = new DemandObservable<number>((sink) => ({
    request: (n) => {
      for (let i = 0; i < n; i++) sink.next(drawn++);
    },
    unsubscribe: () => {
      released = true;
    },
  }));
  const stream = toReadableStream(numbers$);
  await new Promise((resolve) => {
    worker.addEventListener('message', resolve);
    tell(worker, { take: count, of: stream }, [stream]);
  });
  await sleep(200);
  const held = drawn;
  tell(worker, { cancel: true });
  for (let i = 0; i < 100 && !released; i++) await sleep(10);
  worker.terminate();
  return { drawn: held, released };
}
