import { Injectable, signal } from '@angular/core';
import { defer, finalize, Observable, tap } from 'rxjs';
import { tapDemand } from 'rxjs-backpressure';
import { pullFromPort } from 'rxjs-backpressure/web';
import type { Item } from '../../wire/Item.js';
import { SocketPort } from '../../wire/SocketPort.js';
import type { Gauge } from '../run/Gauge.js';

/** So many under way at a time that there is no bound. */
const UNBOUNDED = 1_000_000;

/** The same feed twice: with the demand that the socket carries, and without. */
export interface Feed {
  /** The server makes what is requested, and no more. */
  readonly pulled$: Observable<Item>;
  /** The server sends all that it can make, as sockets do: nothing above here can be slowed down. */
  readonly pushed$: Observable<Item>;
}

/** Opens a socket for each subscription, to the feed that was chosen. */
@Injectable({ providedIn: 'root' })
export class Feeds {
  readonly source = signal<'generated' | 'files'>('generated');
  readonly rate = signal(1000);
  private readonly sockets = new Set<WebSocket>();

  /** Changes the pace of the feeds that are open, too. */
  setRate(rate: number): void {
    this.rate.set(rate);
    for (const socket of this.sockets) {
      if (socket.readyState === WebSocket.OPEN) {
        socket.send(JSON.stringify({ rate }));
      }
    }
  }

  countedBy(gauge: Gauge): Feed {
    const socket = (inFlight: number) => defer(() => this.connect(inFlight)).pipe(tap(() => gauge.arrive()));
    return {
      pulled$: socket(16).pipe(tapDemand({ request: (n) => gauge.requestUpstream(n) })),
      pushed$: new Observable((subscriber) =>
        // An observer of its own ends the chain, and with it the demand.
        socket(UNBOUNDED).subscribe({
          next: (item) => subscriber.next(item),
          error: (error) => subscriber.error(error),
          complete: () => subscriber.complete(),
        }),
      ),
    };
  }

  private connect(inFlight: number): Observable<Item> {
    const socket = new WebSocket(`/feed?source=${this.source()}&rate=${this.rate()}`);
    this.sockets.add(socket);
    const opened = new Promise<void>((resolve) => socket.addEventListener('open', () => resolve()));
    const port = new SocketPort({
      send: (text) => {
        opened.then(() => {
          // A socket that has been closed has told the server all there is to say.
          if (socket.readyState === WebSocket.OPEN) {
            socket.send(text);
          }
        });
      },
      close: () => socket.close(),
      addEventListener: (type: string, listener: (event: MessageEvent) => void) =>
        socket.addEventListener(type, listener as EventListener),
    });
    return pullFromPort<Item>(port, { inFlight }).pipe(
      finalize(() => {
        this.sockets.delete(socket);
        // One that is closed before it is open has failed, to a browser.
        opened.then(() => socket.close());
      }),
    );
  }
}
