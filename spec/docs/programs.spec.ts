/** The `js` fences of the pages are whole programs, each of which goes on, or ends the process: they run in one of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it, jest } from '@jest/globals';

const ROOT = join(__dirname, '../..');
const running: ChildProcess[] = [];
const folders: string[] = [];

jest.setTimeout(30_000);

afterEach(() => {
  for (const program of running.splice(0)) program.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function programsIn(page: string): string[] {
  const found = readFileSync(join(ROOT, 'docs', page), 'utf8').matchAll(/^```js\n([\s\S]*?)^```$/gm);
  return [...found].map(([, code = '']) => code);
}

/** Starts it with the sources as `rxjs-backpressure`, and with a port of its own where it names one. */
function start(code: string, file: string, [named, own]: readonly [number, number]) {
  expect(code).toContain(String(named));
  // Inside the repository, where packages are found, and the sources by the name of theirs.
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.cache/program-'));
  folders.push(folder);
  writeFileSync(join(folder, file), code.replaceAll(String(named), String(own)));
  const program = spawn(process.execPath, ['--import', 'tsx', join(folder, file)], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running.push(program);
  return program;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

it('is each of them', () => {
  const pages = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  const written = pages.filter((page) => page.endsWith('.md') && !page.startsWith('reference'));
  expect(written.filter((page) => programsIn(page).length > 0).sort()).toEqual([
    'monitoring.md',
    'rsocket.md',
  ]);
});

it('the service of the monitoring page shows what it drops', async () => {
  const [service = ''] = programsIn('monitoring.md');
  const port = await freePort();
  const program = start(service, 'service.mts', [9464, port]);
  const metrics = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  let shown = '';
  while (!/dropped_total\{[^}]*\} [1-9]/.test(shown) && program.exitCode === null) {
    shown = await metrics().catch(() => '');
  }
  expect(shown).toContain('monitor="prices"');
});

it('the two bytes of the RSocket page end the process of rsocket-core', async () => {
  const [attack = ''] = programsIn('rsocket.md');
  const program = start(attack, 'attack.cjs', [7000, await freePort()]);
  expect(await text(program.stderr)).toContain('ERR_BUFFER_OUT_OF_BOUNDS');
});
