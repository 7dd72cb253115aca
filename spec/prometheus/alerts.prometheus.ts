/** The alerting rules, by promtool and by a real Prometheus that scrapes a process under pressure. */
import { type ChildProcess, execFile, fork, spawn } from 'node:child_process';
import { EventEmitter, on, once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';

const ROOT = join(__dirname, '../..');
const UNPACKED = join(ROOT, '.cache/prometheus/usr/bin');
const bin = (name: string) => (existsSync(join(UNPACKED, name)) ? join(UNPACKED, name) : name);

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly endsAt: string;
}

const ends: (() => unknown)[] = [];

/** Takes alerts as an Alertmanager does, and emits `firing` and `resolved` with the name of each. */
async function alertmanager(): Promise<{ port: number; alerts: EventEmitter }> {
  const alerts = new EventEmitter();
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    response.end();
    for (const { labels, endsAt } of JSON.parse(body) as Alert[]) {
      alerts.emit('alert', labels['alertname'], Date.parse(endsAt) <= Date.now() ? 'resolved' : 'firing');
    }
  }).listen(0, '127.0.0.1');
  ends.push(() => server.close());
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, alerts };
}

interface Answer {
  readonly error?: string;
  readonly data?: { readonly result: readonly unknown[] };
}

/** What the dashboard asks Prometheus for, its variables filled in. */
async function queries(): Promise<string[]> {
  const { panels, templating } = JSON.parse(
    await readFile(join(ROOT, 'docs/monitoring/dashboard.json'), 'utf8'),
  ) as {
    readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
    readonly templating: { readonly list: readonly { readonly query: string }[] };
  };
  const variables = templating.list.flatMap(
    ({ query }) => /^label_values\((.*), \w+\)$/.exec(query)?.[1] ?? [],
  );
  return [...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)), ...variables].map((query) =>
    query.replaceAll('$__rate_interval', '3s').replaceAll(/\$(job|monitor)/g, '.+'),
  );
}

/** A port that nobody listens to. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Resolves once each of `names` has been reported in `state`. */
async function seen(
  alerts: EventEmitter,
  state: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const missing = new Set(names);
  for await (const [name, now] of on(alerts, 'alert', { signal })) {
    if (now === state) missing.delete(name);
    if (missing.size === 0) return;
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    await exit;
  }
}

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

describe('docs/monitoring/alerts.yml', () => {
  it('passes its rule tests', async () => {
    const { stdout } = await promisify(execFile)(bin('promtool'), [
      'test',
      'rules',
      join(ROOT, 'docs/monitoring/alerts.test.yml'),
    ]);
    expect(stdout).toContain('SUCCESS');
  });

  it('fires while a process is under pressure, and clears when it is not; each query of the dashboard has an answer', async () => {
    const service = fork(join(ROOT, 'examples/monitoring/service.ts'), {
      cwd: ROOT,
      execArgv: ['--import', 'tsx'],
      env: { ...process.env, PORT: '0' },
      silent: true,
    });
    ends.push(() => ended(service));
    const [target] = await once(service, 'message');
    const { port, alerts } = await alertmanager();
    const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
    ends.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
    // The same rules, with shorter times.
    const rules = (await readFile(join(ROOT, 'docs/monitoring/alerts.yml'), 'utf8'))
      .replaceAll('[1m]', '[3s]')
      .replaceAll(/for: \dm/g, 'for: 2s');
    await writeFile(join(folder, 'alerts.yml'), rules);
    await writeFile(
      join(folder, 'prometheus.yml'),
      JSON.stringify({
        global: { scrape_interval: '500ms', scrape_timeout: '500ms', evaluation_interval: '500ms' },
        rule_files: ['alerts.yml'],
        scrape_configs: [{ job_name: 'service', static_configs: [{ targets: [`127.0.0.1:${target}`] }] }],
        alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${port}`] }] }] },
      }),
    );
    const here = await freePort();
    const prometheus = spawn(
      bin('prometheus'),
      [
        `--config.file=${folder}/prometheus.yml`,
        `--storage.tsdb.path=${folder}/data`,
        `--web.listen-address=127.0.0.1:${here}`,
        '--rules.alert.resend-delay=1s',
        '--log.level=error',
      ],
      { stdio: 'ignore' },
    );
    ends.push(() => ended(prometheus));
    const signal = AbortSignal.timeout(80_000);
    const names = ['BackpressureDrops', 'BackpressureBufferFills'];
    await seen(alerts, 'firing', names, signal);
    for (const query of await queries()) {
      const answer = await fetch(`http://127.0.0.1:${here}/api/v1/query?query=${encodeURIComponent(query)}`, {
        signal,
      });
      const { error, data } = (await answer.json()) as Answer;
      expect([query, error, data?.result.length === 0]).toEqual([query, undefined, false]);
    }
    service.send('calm');
    await seen(alerts, 'resolved', names, signal);
  });
});
