import { readdirSync } from 'node:fs';
import { defineConfig, type MarkdownRenderer } from 'vitepress';
import { SIDEBAR } from './sidebar.js';

/** Diagrams as text: titles, operators and comments stand out. */
const MARBLE = {
  name: 'marble',
  scopeName: 'text.marble',
  patterns: [
    { match: '^== .*', name: 'markup.heading' },
    { match: '^> .*', name: 'entity.name.function' },
    { match: '//.*', name: 'comment' },
  ],
  repository: {},
};

/** What has a page of its own; written before this is read. */
const OPERATORS = readdirSync(new URL('../reference/operators', import.meta.url)).map((file) =>
  file.replace(/\.md$/, ''),
);

/** Makes of an operator's name, or a call of it, a link to its page, where it is not one already. */
function linkOperators({ renderer: { rules } }: MarkdownRenderer): void {
  const { code_inline: inline } = rules;
  rules.code_inline = (tokens, index, options, env, self) => {
    const html = inline?.(tokens, index, options, env, self) ?? '';
    const [, name = ''] = /^(\w+)(\(.*\))?$/s.exec(tokens[index]?.content ?? '') ?? [];
    const linked = tokens[index - 1]?.type === 'link_open';
    const own = env.relativePath === `reference/operators/${name}.md`;
    return OPERATORS.includes(name) && !linked && !own
      ? `<a href="/reference/operators/${name}">${html}</a>`
      : html;
  };
}

export default defineConfig({
  title: 'rxjs-backpressure',
  description:
    'Demand for RxJS 7: the consumer says how much it can take, native operators carry it to the source.',
  lang: 'en',
  // The pictures follow the reader's system, so the page does too.
  appearance: 'force-auto',
  cleanUrls: true,
  outDir: '../.cache/site',
  cacheDir: '../.cache/vitepress',
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  markdown: {
    languages: [MARBLE],
    config: linkOperators,
  },
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/getting-started' },
      { text: 'Operators', link: '/reference/operators/' },
      { text: 'API', link: '/reference/api/' },
    ],
    sidebar: SIDEBAR,
    outline: [2, 3],
    search: { provider: 'local' },
  },
});
