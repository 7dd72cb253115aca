/** What the specs import as `@jest/globals`, so that they run in the process they are loaded in, one by one and by name. */
import { ModernFakeTimers } from '@jest/fake-timers';
import { expect } from 'expect';
import { bind } from 'jest-each';
import { ModuleMocker } from 'jest-mock';

export { expect };

type Work = () => unknown;
interface Test {
  readonly id: string;
  /** Hooks and the test itself, in their order. */
  run(): Promise<void>;
}

/** Every test that has been declared. */
export const tests: Test[] = [];

interface Scope {
  readonly name: string;
  readonly before: Work[];
  readonly after: Work[];
  readonly first: Work[];
  begun: boolean;
}
let scopes: Scope[] = [];

/** Declares what a spec file declares, under its name. */
export function declare(name: string, load: Work): void {
  scopes = [];
  within(name, load);
}

function within(name: string, work: Work): void {
  scopes = [...scopes, { name, before: [], after: [], first: [], begun: false }];
  work();
  scopes = scopes.slice(0, -1);
}

function declareTest(name: string, work: Work): void {
  const path = scopes;
  tests.push({
    id: [...path.map((scope) => scope.name), name].join(' '),
    async run() {
      try {
        for (const scope of path) {
          if (!scope.begun) for (const hook of scope.first) await hook();
          scope.begun = true;
        }
        for (const hook of path.flatMap(({ before }) => before)) await hook();
        await work();
      } finally {
        for (const hook of path.flatMap(({ after }) => after)) await hook();
      }
    },
  });
}

const here = (): Scope => {
  const scope = scopes.at(-1);
  if (scope === undefined) throw new Error('outside of a spec');
  return scope;
};
export const describe = Object.assign(within, { each: bind(within as never) });
export const it = Object.assign(declareTest, { each: bind(declareTest as never) });
export const beforeEach = (work: Work): void => void here().before.push(work);
export const afterEach = (work: Work): void => void here().after.unshift(work);
export const beforeAll = (work: Work): void => void here().first.push(work);

const timers = new ModernFakeTimers({
  global: globalThis,
  config: { fakeTimers: {}, rootDir: process.cwd() } as never,
});
const mocker = new ModuleMocker(globalThis);
export const jest = {
  fn: mocker.fn.bind(mocker),
  spyOn: mocker.spyOn.bind(mocker),
  restoreAllMocks: (): void => mocker.restoreAllMocks(),
  setTimeout: (): void => {},
  useFakeTimers: (): void => timers.useFakeTimers(),
  useRealTimers: (): void => timers.useRealTimers(),
  advanceTimersByTime: (ms: number): void => timers.advanceTimersByTime(ms),
  advanceTimersByTimeAsync: (ms: number): Promise<void> => timers.advanceTimersByTimeAsync(ms),
  advanceTimersToNextFrame: (): void => timers.advanceTimersToNextFrame(),
  runAllTimers: (): void => timers.runAllTimers(),
  getTimerCount: (): number => timers.getTimerCount(),
  setSystemTime: (now?: number | Date): void => timers.setSystemTime(now),
};
