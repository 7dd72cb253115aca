import { catchError, of, retry, take } from 'rxjs';
import { DemandSubscriber } from 'rxjs-backpressure';
import { connectRSocket, type RSocketClient, RSocketError } from 'rxjs-backpressure/rsocket';

let client: RSocketClient;
let demand: DemandSubscriber<unknown>;

export function connect(url: string): void {
  client = connectRSocket(url);
}

/** Subscribes, requests `n` values, and answers with them. The stream stays open. */
export function takeSome(n: number, asked: unknown): Promise<unknown[]> {
  return new Promise((resolve) => {
    const came: unknown[] = [];
    const done = (value: unknown) => {
      came.push(value);
      if (came.length >= n) resolve(came);
    };
    demand = new DemandSubscriber<unknown>({ next: done, error: (error) => done(String(error)) });
    client.requestStream<unknown>(asked).pipe(retry(2)).subscribe(demand);
    demand.request(n);
  });
}

export function request(n: number): void {
  demand.request(n);
}

export function leave(): void {
  demand.unsubscribe();
}

/** How a stream ends that the server breaks. */
export function ending(asked: unknown): Promise<unknown> {
  return new Promise((resolve) => {
    client
      .requestStream<unknown>(asked)
      .pipe(
        catchError((error) => of(error instanceof RSocketError ? `${error.code} ${error.message}` : error)),
        take(1),
      )
      .subscribe(resolve);
  });
}
