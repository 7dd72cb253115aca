/**
 * A service under pressure: prices come faster than they are handled, and what the monitor counts is served at /metrics.
 * `PORT` says where, by default 9464. Sent `'calm'` by a parent process, its consumer keeps up; `'pressure'`, it does not.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { register } from 'prom-client';
import { interval } from 'rxjs';
import { boundedBuffer, forEachWithDemand, monitor } from 'rxjs-backpressure';
import { prometheusMetrics } from 'rxjs-backpressure/metrics';

prometheusMetrics(register);

let handling = 50;
process.on('message', (message) => {
  handling = message === 'calm' ? 0 : 50;
});

const prices$ = interval(2).pipe(monitor('prices'), boundedBuffer({ capacity: 100, overflow: 'dropOldest' }));
void forEachWithDemand(prices$, () => new Promise((done) => setTimeout(done, handling)), { concurrency: 2 });

const server = createServer(async (_request, response) => {
  response.setHeader('content-type', register.contentType);
  response.end(await register.metrics());
});
server.listen(Number(process.env['PORT'] ?? 9464), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(`http://127.0.0.1:${port}/metrics`);
  process.send?.(port);
});
process.on('disconnect', () => process.exit());
