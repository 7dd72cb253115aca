/**
 * Jest reads this file through the loader named here, as Node 20 cannot read TypeScript.
 * @jest-config-loader esbuild-register
 */
import type { Config } from 'jest';

/** `RXJS=oldest` runs the same specs on the oldest supported RxJS instead of the newest. */
const oldest = process.env['RXJS'] === 'oldest';

/** `SPECS=browser` runs those that drive a Chromium instead. */
const browser = process.env['SPECS'] === 'browser';

const config: Config = {
  displayName: browser ? 'Chromium' : oldest ? 'rxjs 7.4.0' : 'rxjs newest',
  testEnvironment: 'node',
  testMatch: [browser ? '<rootDir>/spec/browser/**/*.browser.ts' : '<rootDir>/spec/**/*.spec.ts'],
  testTimeout: browser ? 60_000 : 5_000,
  // They have a configuration of their own.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/spec/angular/'],
  injectGlobals: false,
  maxWorkers: '100%',
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  moduleNameMapper: {
    // The sources name each other as Node will see them (`./x.js`); the specs run them from `./x.ts`.
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^rxjs-backpressure$': '<rootDir>/src/index.ts',
    '^rxjs-backpressure/(.*)$': '<rootDir>/src/$1/index.ts',
    ...(oldest && { '^rxjs$': 'rxjs-oldest', '^rxjs/(.*)$': 'rxjs-oldest/$1' }),
  },
  transform: {
    // Each file is translated by itself, unchecked: `npm run typecheck` checks the types, once for all.
    '\\.ts$': [
      'ts-jest',
      {
        tsconfig: {
          target: 'ES2022',
          module: 'CommonJS',
          moduleResolution: 'bundler',
          esModuleInterop: true,
          isolatedModules: true,
        },
      },
    ],
  },
};

export default config;
