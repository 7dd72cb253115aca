/** The side bar of the documentation leads to every page, and to no other. */
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it } from '@jest/globals';
import { SIDEBAR } from '../../docs/.vitepress/sidebar.js';

const DOCS = join(__dirname, '../../docs');

it('the side bar has every page below docs, once', () => {
  const pages = readdirSync(DOCS, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => `/${relative(DOCS, join(entry.parentPath, entry.name)).replace(/\.md$/, '')}`)
    .filter((page) => page !== '/index' && !page.startsWith('/reference/'));
  const linked = SIDEBAR.flatMap(({ items }) => items.map(({ link }) => link));
  expect(linked.filter((link) => !link.startsWith('/reference/')).sort()).toEqual(pages.sort());
});
