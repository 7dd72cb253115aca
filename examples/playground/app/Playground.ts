import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { FrameRate } from './run/FrameRate.js';
import { Run } from './run/Run.js';
import { Charts } from './views/Charts.js';
import { Code } from './views/Code.js';
import { Controls } from './views/Controls.js';
import { Counters } from './views/Counters.js';
import { Marbles } from './views/Marbles.js';

@Component({
  selector: 'rb-playground',
  imports: [Charts, Code, Controls, Counters, Marbles],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <header class="top">
      <h1>rxjs-backpressure <span class="kind">playground</span></h1>
      <p class="frames" title="Measured on this page, twice a second">
        <b data-fps>{{ frames.fps() }}</b> frames / s
        <span class="longest">longest {{ frames.longest() }} ms</span>
      </p>
    </header>
    <div class="layout">
      <rb-controls class="panel" role="region" aria-label="Controls" />
      <main>
        <section class="panel diagram" aria-labelledby="strategy">
          <header>
            <h2 id="strategy"><code>{{ run.strategy().name }}</code></h2>
            <p>{{ run.strategy().says }}</p>
          </header>
          <rb-marbles />
        </section>
        <div class="pair">
          <section class="panel" aria-label="Counters"><rb-counters /></section>
          <section class="panel" aria-label="Code"><rb-code /></section>
        </div>
        <section class="panel" aria-label="Graphs"><rb-charts /></section>
      </main>
    </div>
  `,
})
export class Playground {
  protected readonly run = inject(Run);
  protected readonly frames = inject(FrameRate);
}
