import { once } from 'node:events';
import { createServer } from 'node:http';
import { bundle } from '../bundle.js';

export interface Site {
  /** An empty page. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Bundles TypeScript files (paths from the root of the repository, by the name they are served under) and serves them on
 * loopback. What a script exports is, in the page or worker that loads it, a property of the global `script`.
 */
export async function serveScripts(scripts: Readonly<Record<string, string>>): Promise<Site> {
  const bundles = new Map<string, string>();
  for (const [name, path] of Object.entries(scripts)) {
    bundles.set(
      `/${name}`,
      await bundle(path, { format: 'iife', globalName: 'script', platform: 'browser' }),
    );
  }
  const server = createServer(({ url = '/' }, response) => {
    const script = bundles.get(url);
    if (url === '/') {
      response
        .setHeader('content-type', 'text/html')
        .end('<!doctype html><meta charset="utf-8"><body></body>');
    } else if (script !== undefined) {
      response.setHeader('content-type', 'text/javascript').end(script);
    } else {
      response.writeHead(404).end();
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}
