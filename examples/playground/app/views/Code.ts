import { ChangeDetectionStrategy, Component, computed, inject, resource } from '@angular/core';
import { Run } from '../run/Run.js';

interface Word {
  readonly text: string;
  readonly kind: 'keyword' | 'string' | 'number' | 'call' | 'other';
}

const WORDS =
  /(?<string>'[^']*')|\b(?<keyword>import|from|export|class|extends|override|readonly|this|new|type)\b|\b(?<number>\d[\d_]*)\b|\b(?<call>\w+)(?=\()/g;

/** The service that is running, as it stands in its file. */
@Component({
  selector: 'rb-code',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p class="file"><code>app{{ path() }}</code></p>
    <pre tabindex="0" role="region" aria-label="The code that is running"><code>@for (word of words(); track $index) {<span [class]="word.kind">{{ word.text }}</span>}</code></pre>
  `,
})
export class Code {
  private readonly run = inject(Run);
  protected readonly path = computed(() => {
    const { name } = this.run.strategy();
    return `/strategies/${name.slice(0, 1).toUpperCase()}${name.slice(1)}.ts`;
  });
  private readonly source = resource({
    params: () => this.path(),
    loader: async ({ params, abortSignal }) => (await fetch(params, { signal: abortSignal })).text(),
  });
  protected readonly words = computed(() => words(this.source.hasValue() ? code(this.source.value()) : ''));
}

/** Without what a strategy says about itself, which stands above the diagram. */
function code(text: string): string {
  return text.replace(/^ {2}override readonly (name|says) =\s*'[^']*';\n\n?/gm, '').trimEnd();
}

function words(text: string): Word[] {
  const found: Word[] = [];
  let end = 0;
  for (const { 0: word, index, groups = {} } of text.matchAll(WORDS)) {
    found.push({ text: text.slice(end, index), kind: 'other' });
    const [kind = 'other'] = Object.entries(groups).find(([, group]) => group !== undefined) ?? [];
    found.push({ text: word, kind: kind as Word['kind'] });
    end = index + word.length;
  }
  return [...found, { text: text.slice(end), kind: 'other' }];
}
