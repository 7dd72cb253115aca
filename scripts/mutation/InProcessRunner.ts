/**
 * Runs the specs for Stryker in the process it gives, loaded once: no mutant waits for a test environment. That is sound as
 * no source has state of its own once it is loaded, which is a rule of the house.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join, relative, resolve } from 'node:path';
import type { InstrumenterContext } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  type DryRunOptions,
  type DryRunResult,
  DryRunStatus,
  determineHitLimitReached,
  type MutantRunOptions,
  type MutantRunResult,
  MutantRunStatus,
  type TestResult,
  type TestRunner,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';

/** The specs of the sources: none that looks at other files, starts processes, or takes long. */
const SPECS =
  /^((checklist|kernel|operators|primitives|properties|protocol|sinks|sources)\/|(conformance|marbles|properties|reports|schedules|metrics\/(explainDemand|onPressure)|web\/streams)\.spec)/;
/** How long one test may take, in ms of CPU time, and for how long it may do nothing: it hangs, as virtual time knows no waiting. */
const PATIENCE = 5_000;
const IDLE = 250;
/** How often one test may come by what is broken: more is an endless loop. */
const ENDLESS = 1_000_000;
/** How long a mutant is tried, in ms of CPU time: what has not been noticed then has survived, however many tests are left. */
const BUDGET = Number(process.env['BUDGET'] ?? Infinity);

const require = createRequire(resolve('package.json'));

/** The real ones, whatever a test puts in their place. */
const { setTimeout, clearTimeout } = globalThis;

/** Of a test, how long it took when nothing was broken, in ms, and how many mutants of each file it has noticed. */
interface Known {
  readonly time: number;
  readonly noticed: Record<string, number>;
}
/** What is known of the tests outlives a process that a mutant has brought down. */
const KNOWN = resolve('.cache/mutation/tests.json');

type Loaded = typeof import('./globals.js');

class InProcessRunner implements TestRunner {
  #loaded: Loaded | undefined;
  readonly #context = sharedContext();
  /** What was thrown with nobody to catch it. */
  #late: unknown[] = [];
  #known = new Map<string, Known>();
  /** The source file that is broken. */
  #broken = '';

  capabilities(): { reloadEnvironment: boolean } {
    return { reloadEnvironment: false };
  }

  async init(): Promise<void> {
    const late = (error: unknown) => void this.#late.push(error);
    process.on('uncaughtException', late).on('unhandledRejection', late);
    if (existsSync(KNOWN)) this.#known = new Map(JSON.parse(readFileSync(KNOWN, 'utf8')));
  }

  async dryRun({ coverageAnalysis }: DryRunOptions): Promise<DryRunResult> {
    const result = await this.#run(undefined, false);
    if (result.status !== DryRunStatus.Complete || coverageAnalysis === 'off') return result;
    const { mutantCoverage } = this.#context;
    return mutantCoverage === undefined ? result : { ...result, mutantCoverage };
  }

  async mutantRun({
    activeMutant,
    testFilter,
    hitLimit,
    mutantActivation,
  }: MutantRunOptions): Promise<MutantRunResult> {
    this.#broken = relative('.', activeMutant.fileName);
    if (mutantActivation === 'static') this.#context.activeMutant = activeMutant.id;
    try {
      this.#load();
    } catch (error) {
      return { status: MutantRunStatus.Killed, killedBy: [], failureMessage: String(error), nrOfTests: 0 };
    }
    const run = () => {
      const limit = hitLimit && Math.min(hitLimit, ENDLESS);
      Object.assign(this.#context, { activeMutant: activeMutant.id, hitLimit: limit });
      return this.#run(testFilter && new Set(testFilter), true);
    };
    const result = await run();
    return toMutantRunResult((await this.#soiled(result)) ? await run() : result);
  }

  /**
   * What a test leaves behind that failed half way, such as a frame that nobody draws any more, fails it and others for good,
   * whatever is broken. Where the test that noticed fails with nothing broken too, all is loaded anew.
   */
  async #soiled(result: DryRunResult): Promise<boolean> {
    const last = result.status === DryRunStatus.Complete ? result.tests.at(-1) : undefined;
    const test = this.#load().tests.find(({ id }) => id === last?.id);
    if (test === undefined || last?.status !== TestStatus.Failed) return false;
    Object.assign(this.#context, { activeMutant: undefined, hitLimit: undefined });
    if ((await this.#failure(test)) === undefined) return false;
    for (const path of Object.keys(require.cache)) delete require.cache[path];
    this.#loaded = undefined;
    this.#load();
    return true;
  }

  #load(): Loaded {
    if (this.#loaded === undefined) {
      const globals = resolve('scripts/mutation/globals.ts');
      /** What the specs import by name, so that nothing is loaded twice. */
      const place = (request: string): string => {
        if (request === '@jest/globals') return globals;
        const [name, entry = '.'] = request.split('/');
        return name === 'rxjs-backpressure' ? resolve('src', entry, 'index.ts') : request;
      };
      // Where Node.js finds a module is no part of its types.
      const hooks = Module as unknown as { _resolveFilename(request: string, ...rest: unknown[]): string };
      const find = hooks._resolveFilename;
      hooks._resolveFilename = (request, ...rest) => find.call(Module, place(request), ...rest);
      const loaded: Loaded = require(globals);
      for (const file of readdirSync('spec', { recursive: true, encoding: 'utf8' }).sort()) {
        if (file.endsWith('.spec.ts') && SPECS.test(file)) {
          loaded.declare(file, () => require(join(resolve('spec'), file)));
        }
      }
      this.#loaded = loaded;
    }
    return this.#loaded;
  }

  async #run(filter: ReadonlySet<string> | undefined, bail: boolean): Promise<DryRunResult> {
    const results: TestResult[] = [];
    const wanted = this.#load().tests.filter(({ id }) => filter?.has(id) !== false);
    if (bail) wanted.sort((a, b) => this.#promise(b.id) - this.#promise(a.id));
    const started = process.cpuUsage();
    for (const test of wanted) {
      if (bail && process.cpuUsage(started).user / 1000 > BUDGET) break;
      const begun = Date.now();
      const failure = await this.#failure(test);
      const hit = determineHitLimitReached(this.#context.hitCount, this.#context.hitLimit);
      if (hit !== undefined) return hit;
      const time = Date.now() - begun;
      results.push(resultOf(test.id, time, failure));
      this.#learn(test.id, time, failure !== undefined);
      if (failure !== undefined && bail) break;
    }
    return { status: DryRunStatus.Complete, tests: results };
  }

  /** What is wrong after a test, if something is. */
  async #failure({ id, run }: Loaded['tests'][number]): Promise<string | undefined> {
    Object.assign(this.#context, { currentTestId: id, hitCount: 0 });
    this.#late = [];
    try {
      await inTime(run());
      if (this.#late.length > 0) throw this.#late[0];
      return undefined;
    } catch (error) {
      this.#load().jest.useRealTimers();
      return error instanceof Error ? error.message : String(error);
    }
  }

  #learn(id: string, time: number, noticed: boolean): void {
    const known = this.#known.get(id);
    if (known === undefined) this.#known.set(id, { time, noticed: {} });
    else if (noticed) known.noticed[this.#broken] = (known.noticed[this.#broken] ?? 0) + 1;
    if (noticed) writeFileSync(KNOWN, JSON.stringify([...this.#known]));
  }

  /** How soon a test is likely to notice a mutant: what notices many in this file and takes little comes first. */
  #promise(id: string): number {
    const { time, noticed } = this.#known.get(id) ?? { time: 0, noticed: {} };
    const all = Object.values(noticed).reduce((sum, count) => sum + count, 0);
    return ((noticed[this.#broken] ?? 0) + all / 100 + 0.1) / (time + 1);
  }
}

/** What Stryker's code in the mutated sources reads, and writes. */
function sharedContext(): InstrumenterContext {
  const place = globalThis as { __stryker__?: InstrumenterContext };
  place.__stryker__ ??= {};
  return place.__stryker__;
}

function resultOf(id: string, timeSpentMs: number, failureMessage: string | undefined): TestResult {
  const result = { id, name: id, timeSpentMs };
  return failureMessage === undefined
    ? { ...result, status: TestStatus.Success }
    : { ...result, status: TestStatus.Failed, failureMessage };
}

async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const begun = process.cpuUsage();
  const late = new Promise<never>((_, reject) => {
    const look = (before: NodeJS.CpuUsage) => {
      timer = setTimeout(() => {
        const spent = (since: NodeJS.CpuUsage) => process.cpuUsage(since).user / 1000;
        // On a busy machine much time passes in which it had no chance to do anything.
        if (spent(begun) > PATIENCE || spent(before) < IDLE) reject(new Error('takes too long'));
        else look(process.cpuUsage());
      }, PATIENCE);
    };
    look(begun);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcessRunner)];
