import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import { SlowWriter } from '../../examples/files/slow-writer.js';
import { countedSteps } from '../../examples/files/steps.js';
import { Tally } from '../../examples/files/tally.js';
import { walk } from '../../examples/files/walk.js';

const FILES = 400;
const CONCURRENCY = 4;
const WINDOW = 16;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

let scratch: string;
let full: string;

jest.setTimeout(60_000);

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'files-spec-'));
  full = await folder('full');
  for (let i = 0; i < FILES; i++) {
    const inner = join(full, String(i % 7), 'inner');
    await mkdir(inner, { recursive: true });
    await writeFile(join(inner, `${i}\n.txt`), 'x'.repeat(i * 100));
  }
  await symlink('..', join(full, '0', 'loop'));
  await symlink('nowhere', join(full, 'dangling'));
});

/** What has been started and has not ended: no test leaves a process behind, whatever becomes of it. */
const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function folder(name: string): Promise<string> {
  const path = join(scratch, name);
  await mkdir(path);
  return path;
}

/** Runs the example, and interrupts it when `interruptAt` has been written. */
function run(args: readonly string[], interruptAt?: string): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'examples/files/main.ts', ...args], {
    env: { ...process.env, TMPDIR: scratch },
  });
  running.add(child);
  let out = '';
  let err = '';
  let interrupted = false;
  child.stdout.on('data', (chunk) => {
    out += chunk;
    if (interruptAt !== undefined && !interrupted && out.includes(interruptAt)) {
      interrupted = true;
      child.kill('SIGINT');
    }
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      running.delete(child);
      resolve({ code, out, err });
    });
  });
}

/** The two cells of a row of the table. */
function cells(out: string, label: string): string[] {
  const line = out.split('\n').find((candidate) => candidate.startsWith(label)) ?? '';
  return line
    .slice(label.length)
    .trim()
    .split(/\s{2,}/);
}

function numbers(out: string, label: string): number[] {
  return cells(out, label).map((cell) => Number.parseFloat(cell.replaceAll(',', '')));
}

describe('examples/files', () => {
  it('loses nothing either way, and reads ahead no further than the window with demand', async () => {
    const { code, out, err } = await run(['--dir', full]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(numbers(out, 'files written')).toEqual([FILES, FILES]);
    expect(numbers(out, 'lost')).toEqual([0, 0]);
    expect(numbers(out, 'skipped')).toEqual([2, 2]);
    expect(out).toContain('Skipped: 2 × link.');
    expect(out).toMatch(/^Both summaries hold the same lines\. The sum of their SHA-256:\n[0-9a-f]{64}$/m);
    const [plain = 0, demand = Infinity] = numbers(out, 'read-ahead at its highest');
    expect(demand).toBeGreaterThan(0);
    expect(demand).toBeLessThanOrEqual(CONCURRENCY + WINDOW);
    expect(plain).toBeGreaterThan(CONCURRENCY + WINDOW);
  });

  it('writes plain lines without a terminal, measures heap and time, and leaves no file behind', async () => {
    const { out } = await run(['--dir', full]);
    expect(out).not.toContain('\r');
    expect(out).not.toContain('\x1b');
    expect(out).toMatch(/^plain RxJS +400 /m);
    expect(out).toMatch(/^with demand +400 \(100%\) /m);
    expect(cells(out, 'heap at its highest')).toEqual([
      expect.stringMatching(/^\d+\.\d MB$/),
      expect.stringMatching(/^\d+\.\d MB$/),
    ]);
    expect(cells(out, 'time')).toEqual([
      expect.stringMatching(/^\d+\.\d s$/),
      expect.stringMatching(/^\d+\.\d s$/),
    ]);
    expect(await summariesLeft()).toEqual([]);
  });

  it('takes an empty folder', async () => {
    const { code, out, err } = await run(['--dir', await folder('empty')]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(numbers(out, 'files written')).toEqual([0, 0]);
    expect(numbers(out, 'lost')).toEqual([0, 0]);
    expect(numbers(out, 'read-ahead at its highest')).toEqual([0, 0]);
  });

  it('says in one line that a folder is missing', async () => {
    const { code, out, err } = await run(['--dir', join(scratch, 'missing')]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^Cannot read the folder ".*missing": there is no such folder\.\n$/);
  });

  it('says in one line that a file is no folder', async () => {
    const path = join(scratch, 'file');
    await writeFile(path, '');
    const { code, out, err } = await run(['--dir', path]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^Cannot read the folder ".*file": it is not a folder\.\n$/);
  });

  it.each([['--unknown'], ['--dir'], ['folder']])('answers %s with its usage', async (argument) => {
    const { code, out, err } = await run([argument]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('Usage: npm run demo');
  });

  it.each(['plain RxJS  ', 'with demand  '])('stops cleanly in the run "%s"', async (line) => {
    const { code, out, err } = await run(['--dir', 'node_modules/rxjs'], line);
    expect({ code, err }).toEqual({ code: 130, err: '' });
    expect(out).toMatch(/\nStopped\.\n$/);
    expect(await summariesLeft()).toEqual([]);
  });

  it('walks no further than asked', async () => {
    const root = await folder('lazy');
    for (const name of ['a', 'b', 'c']) {
      await mkdir(join(root, name));
      await writeFile(join(root, name, 'file'), '');
    }
    const paths = walk(root, { skip: () => {} });
    const { value: first } = await paths.next();
    expect(first).toMatch(/[abc].file$/);
    const rest = ['a', 'b', 'c'].map((name) => join(root, name, 'file')).filter((path) => path !== first);
    await Promise.all(rest.map((path) => rm(path)));
    expect(await paths.next()).toEqual({ value: undefined, done: true });
  });

  it('counts a file that has vanished and a folder that cannot be opened, and goes on', async () => {
    const tally = new Tally();
    const writer = await SlowWriter.open(join(scratch, 'lines'));
    const steps = countedSteps(tally, { folder: join(scratch, 'gone'), except: scratch, writer });
    expect((await steps.walk().next()).done).toBe(true);
    expect(await lastValueFrom(steps.hash(join(scratch, 'gone')), { defaultValue: 'nothing' })).toBe(
      'nothing',
    );
    expect(tally.outcome().skipped).toEqual({ ENOENT: 2 });
    await writer.close();
  });
});

async function summariesLeft(): Promise<string[]> {
  return (await readdir(scratch)).filter((name) => name.startsWith('rxjs-backpressure-'));
}
