/**
 * The specs of `rxjs-backpressure/angular`, with Angular's own TestBed, compiled just in time.
 * @jest-config-loader esbuild-register
 */
import type { Config } from 'jest';
import base from '../../jest.config';

/** `ANGULAR=oldest` runs them on the oldest Angular that is supported instead of the newest that Node 20 runs. */
const oldest = process.env['ANGULAR'] === 'oldest';
const oldestAngular = '<rootDir>/spec/angular/oldest/node_modules';

const config: Config = {
  ...base,
  rootDir: '../..',
  displayName: oldest ? 'angular 18.0' : 'angular newest',
  testEnvironment: 'jsdom',
  setupFiles: ['<rootDir>/spec/angular/compiler.ts'],
  testMatch: ['<rootDir>/spec/angular/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  moduleFileExtensions: ['ts', 'mjs', 'js', 'cjs', 'json'],
  moduleNameMapper: {
    // The first pattern that fits counts.
    ...(oldest && { '^\\./platform\\.js$': '<rootDir>/spec/angular/oldest/platform.cjs' }),
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^rxjs-backpressure$': '<rootDir>/src/index.ts',
    '^rxjs-backpressure/(.*)$': '<rootDir>/src/$1/index.ts',
    ...(oldest && {
      '^@angular/([^/]+)$': `${oldestAngular}/@angular/$1/fesm2022/$1.mjs`,
      '^@angular/([^/]+)/(.+)$': `${oldestAngular}/@angular/$1/fesm2022/$2.mjs`,
      '^zone.js$': `${oldestAngular}/zone.js`,
    }),
  },
  transform: { ...base.transform, '\\.mjs$': '<rootDir>/spec/angular/esbuild.cjs' },
  transformIgnorePatterns: ['/node_modules/.*(?<!\\.mjs)$'],
};

export default config;
