/**
 * Jest reads this file through the loader named here, as Node 20 cannot read TypeScript.
 * @jest-config-loader esbuild-register
 */
import type { Config } from 'jest';

/** `RXJS=oldest` runs the same specs on the oldest supported RxJS instead of the newest. */
const oldest = process.env['RXJS'] === 'oldest';

/** `SPECS=browser` runs those that drive a Chromium instead. */
const browser = process.env['SPECS'] === 'browser';

/**
 * `SPECS=angular` runs those with Angular's own TestBed, on the newest Angular that Node 20 runs; `ANGULAR=oldest` on the
 * oldest that is supported, `ANGULAR=newest` on the newest that there is. Each has a folder with its packages.
 */
const angular = process.env['SPECS'] === 'angular';
const otherAngular = process.env['ANGULAR'] && `<rootDir>/spec/angular/${process.env['ANGULAR']}`;
const oldestAngular = process.env['ANGULAR'] === 'oldest';

/** `SPECS=prometheus` runs those that start a real Prometheus. */
const prometheus = process.env['SPECS'] === 'prometheus';

const setupFiles = [
  ...(process.env['SEED'] ? ['<rootDir>/spec/seed.ts'] : []),
  ...(angular ? ['<rootDir>/spec/angular/compiler.ts'] : []),
];

const config: Config = {
  displayName: browser ? 'Chromium' : oldest ? 'rxjs 7.4.0' : 'rxjs newest',
  testEnvironment: 'node',
  testMatch: [
    browser
      ? '<rootDir>/spec/browser/**/*.browser.ts'
      : prometheus
        ? '<rootDir>/spec/prometheus/**/*.prometheus.ts'
        : `<rootDir>/spec/${angular ? 'angular/' : ''}**/*.spec.ts`,
  ],
  testTimeout: prometheus ? 90_000 : browser ? 60_000 : angular ? 20_000 : 5_000,
  testPathIgnorePatterns: ['/node_modules/', ...(angular ? [] : ['<rootDir>/spec/angular/'])],
  injectGlobals: false,
  setupFiles,
  // A Chromium beside another would be measured with it.
  maxWorkers: browser ? 1 : '100%',
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.cache/'],
  moduleNameMapper: {
    // The sources name each other as Node will see them (`./x.js`); the specs run them from `./x.ts`.
    // The first pattern that fits counts.
    ...(oldestAngular && { '^\\./platform\\.js$': `${otherAngular}/platform.cjs` }),
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^rxjs-backpressure$': '<rootDir>/src/index.ts',
    '^rxjs-backpressure/(.*)$': '<rootDir>/src/$1/index.ts',
    ...(oldest && { '^rxjs$': 'rxjs-oldest', '^rxjs/(.*)$': 'rxjs-oldest/$1' }),
  },
  transform: {
    ...(angular && { '\\.mjs$': '<rootDir>/spec/angular/esbuild.cjs' }),
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
  // Angular's packages are ES modules, which it compiles just in time.
  ...(angular && {
    displayName: `Angular ${oldestAngular ? '18.0' : (process.env['ANGULAR'] ?? '21')}`,
    moduleDirectories: [...(otherAngular ? [`${otherAngular}/node_modules`] : []), 'node_modules'],
    testEnvironment: 'jsdom',
    moduleFileExtensions: ['ts', 'mjs', 'js', 'cjs', 'json'],
    transformIgnorePatterns: ['/node_modules/.*(?<!\\.mjs)$'],
  }),
};

export default config;
