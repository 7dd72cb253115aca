import type { Page } from 'playwright-core';
import { launch } from './launch.js';
import { serveScripts } from './serveScripts.js';

export interface OpenPage {
  readonly page: Page;
  /** Calls what the script of the page exports. */
  call<R>(name: string, ...args: readonly unknown[]): Promise<R>;
  close(): Promise<void>;
}

/** Opens an empty page in a Chromium of its own, with the first script loaded; the others are there to be fetched. */
export async function openPage(scripts: Readonly<Record<string, string>>): Promise<OpenPage> {
  const site = await serveScripts(scripts);
  const browser = await launch();
  const page = await browser.context.newPage();
  await page.goto(site.url);
  await page.addScriptTag({ url: Object.keys(scripts)[0] ?? '' });
  return {
    page,
    call: (name, ...args) =>
      page.evaluate(`script.${name}(${args.map((value) => JSON.stringify(value)).join()})`),
    close: async () => {
      await browser.close();
      await site.close();
    },
  };
}
