import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
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

  it('has panels of their own, none over another', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });
});
