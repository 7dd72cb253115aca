import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { serve as serveStream } from 'rxjs-backpressure/web';
import { type WebSocket, WebSocketServer } from 'ws';
import { SocketPort } from '../wire/SocketPort.js';
import { files, generated } from './feeds.js';
import { Pace } from './Pace.js';

const HOST = '127.0.0.1';
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.ts': 'text/plain; charset=utf-8',
};
const HEADERS = {
  'cache-control': 'no-cache',
  'content-security-policy': "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:",
  'x-content-type-options': 'nosniff',
};
/** A page that asks for everything and reads nothing is cut off here. */
const MOST_UNREAD_BYTES = 64 * 2 ** 20;

export interface ServeOptions {
  /** 0 for any that is free. */
  readonly port: number;
  /** The built application. */
  readonly site: string;
  /** The sources that the page shows. */
  readonly sources: string;
  /** What the feed of files walks through. */
  readonly folder: string;
}

export interface Server {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the application and its feeds, on loopback only. */
export async function serve({ port, site, sources, folder }: ServeOptions): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', `http://${HOST}`);
    const path = pathname.startsWith('/strategies/')
      ? join(sources, normalize(pathname))
      : join(site, normalize(pathname === '/' ? '/index.html' : pathname));
    sendFile(response, path);
  });
  const sockets = new WebSocketServer({
    server,
    path: '/feed',
    verifyClient: ({ req }: { req: IncomingMessage }) => isOwnPage(req),
  });
  sockets.on('connection', (socket, { url }) => feed(socket, new URL(url ?? '/', `http://${HOST}`), folder));
  await once(server.listen(port, HOST), 'listening');
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      for (const socket of sockets.clients) {
        socket.terminate();
      }
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

async function sendFile(response: ServerResponse, path: string): Promise<void> {
  const content = await readFile(path).catch(() => undefined);
  const type = TYPES[extname(path)];
  if (content === undefined || type === undefined) {
    response.writeHead(404, { ...HEADERS, 'content-type': 'text/plain' }).end('Not found\n');
  } else {
    response.writeHead(200, { ...HEADERS, 'content-type': type }).end(content);
  }
}

/** Other pages that are open in the same browser may not read the names of files. */
function isOwnPage({ headers: { host, origin } }: IncomingMessage): boolean {
  return (
    origin === undefined ||
    (host !== undefined && /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host) && origin === `http://${host}`)
  );
}

/** Each connection is one stream. Its pace is in the address, and may be set anew by a message. */
function feed(socket: WebSocket, { searchParams }: URL, folder: string): void {
  const pace = new Pace(rateIn(searchParams.get('rate')) ?? 1000);
  const port = new SocketPort(
    {
      send: (text) => {
        if (socket.bufferedAmount > MOST_UNREAD_BYTES) {
          socket.terminate();
        } else {
          socket.send(text);
        }
      },
      close: () => socket.close(),
      addEventListener: (type: 'message' | 'close', listener: (event: { data?: unknown }) => void) =>
        socket.addEventListener(type, listener as () => void),
    },
    (settings) => {
      pace.rate = ('rate' in settings ? rateIn(settings.rate) : undefined) ?? pace.rate;
    },
  );
  socket.on('error', () => socket.terminate());
  const items$ = searchParams.get('source') === 'files' ? files(folder, pace) : generated(pace);
  serveStream(items$, port);
}

function rateIn(value: unknown): number | undefined {
  const rate = Number(value);
  return rate >= 1 && rate <= 1_000_000 ? rate : undefined;
}
