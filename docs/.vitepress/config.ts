import { defineConfig } from 'vitepress';
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
  markdown: { languages: [MARBLE] },
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
