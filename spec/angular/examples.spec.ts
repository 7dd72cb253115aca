/** Every example that needs Angular runs; each component in it is drawn, and destroyed. */

import type { Component, Type } from '@angular/core';
import * as angularCore from '@angular/core';
import { describe, expect, it, jest } from '@jest/globals';
import ts from 'typescript';
import { examples, forAngular } from '../docs/examples.js';
import { angular, draw, frames, inContext } from './bed.js';

angular();

/** Before Angular 19 a component had to say that it stands alone. */
const core = {
  ...angularCore,
  Component: (metadata: Component) => angularCore.Component({ standalone: true, ...metadata }),
};

/** Runs it as a module, and answers the components that it declares. */
function run(code: string): Type<unknown>[] {
  const components = [...code.matchAll(/^@Component[\s\S]*?^class (\w+)/gm)].map(([, name]) => name);
  const { outputText } = ts.transpileModule(`${code}\nexport const components = [${components.join()}];`, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const load = (name: string): unknown =>
    name === '@angular/core'
      ? core
      : require(name.replace(/^rxjs-backpressure(\/.*)?$/, '../../src$1/index.js'));
  const exported: { components: Type<unknown>[] } = { components: [] };
  const silent = { log: () => {}, warn: () => {}, error: () => {} };
  inContext(() => new Function('require', 'exports', 'console', outputText)(load, exported, silent));
  return exported.components;
}

describe('an example', () => {
  const all = examples().filter(forAngular);

  it('is found on the page and in each docstring', () => {
    expect(all.filter(({ title }) => title.startsWith('docs/angular.md')).length).toBeGreaterThan(3);
    expect(all.filter(({ title }) => title.startsWith('src/angular')).length).toBeGreaterThan(4);
  });

  it.each(all)('runs: $title', async ({ code }) => {
    const reported = jest.spyOn(console, 'error').mockImplementation(() => {});
    for (const component of run(code)) {
      const page = await draw(component);
      await frames(3);
      page.destroy();
      await frames(2);
    }
    expect(reported.mock.calls).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
    reported.mockRestore();
  });
});
