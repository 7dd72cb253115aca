import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import ts from 'typescript';
import { MonitorRegistry, monitor, pullFrom } from '../../src/index.js';
import { prometheusMetrics } from '../../src/metrics/index.js';

const folder = join(__dirname, '../../docs/monitoring');
const dashboard = JSON.parse(readFileSync(join(folder, 'dashboard.json'), 'utf8'));
const alerts = readFileSync(join(folder, 'alerts.yml'), 'utf8');

interface Panel {
  readonly id: number;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly expr: string }[];
}
const panels: readonly Panel[] = dashboard.panels;

/** What TypeScript has to say of each of these as a `Board`. */
function complaints(boards: readonly unknown[]): string[][] {
  const texts = new Map(
    boards.map((board, i) => [
      join(__dirname, `board${i}.ts`),
      `import type { Board } from './Board.js'; export const board: Board = ${JSON.stringify(board)};`,
    ]),
  );
  const options = {
    strict: true,
    skipLibCheck: true,
    lib: ['lib.es2022.d.ts'],
    module: ts.ModuleKind.NodeNext,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (path, language, ...rest) => {
    const text = texts.get(path);
    return text === undefined
      ? getSourceFile(path, language, ...rest)
      : ts.createSourceFile(path, text, language);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  return [...texts.keys()].map((path) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(path))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
  );
}

describe('docs/monitoring', () => {
  it('asks only for metrics that there are', async () => {
    const register = new Registry();
    const registry = new MonitorRegistry();
    prometheusMetrics(register, { registry });
    pullFrom([1]).pipe(monitor('rows', { registry })).subscribe();
    const there = new Set((await register.metrics()).match(/rxjs_backpressure_\w+/g));
    const asked = [JSON.stringify(panels), JSON.stringify(dashboard.templating), alerts].flatMap(
      (text) => text.match(/rxjs_backpressure_\w+/g) ?? [],
    );
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter((name) => !there.has(name))).toEqual([]);
  });

  it("is a dashboard of time series by Grafana's own types", () => {
    const [first, ...others] = dashboard.panels;
    const legend = { ...first.options.legend, placement: 'left' };
    const misplaced = { ...first, options: { ...first.options, legend } };
    expect(complaints([dashboard, { ...dashboard, panels: [misplaced, ...others] }])).toEqual([
      [],
      [expect.stringContaining(`Type '"left"' is not assignable to type 'LegendPlacement'`)],
    ]);
  });

  it('has panels of their own, none over another', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });
});
