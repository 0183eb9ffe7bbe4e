// A real Chromium, where there is one: what the console does is asked of the page as its visitor has it. Tests that need
// it skip without, and say so loudly.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { describe } from 'vitest';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const QUIET = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];

const executablePath = findChromium();
if (!executablePath)
  process.stderr.write('\nWARNING: no Chromium on the PATH: the console is NOT tested in a browser\n\n');

/** `describe`, skipped where there is no browser. */
export const describeInBrowser = describe.skipIf(!executablePath);

/** Starts the browser; whoever starts it closes it. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: executablePath!, args: QUIET });
}

export interface Visit {
  readonly page: Page;
  /** All that the browser's log has to say about the page. */
  readonly log: readonly string[];
  /** Where the page asked for something. */
  readonly origins: ReadonlySet<string>;
}

/** Opens the console in a window of its own; resolves when the page has loaded. */
export async function visit(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, ...options });
  const log: string[] = [];
  const origins = new Set<string>();
  page.on('console', (message) => log.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => log.push(`uncaught: ${error.message}`));
  page.on('request', (request) => origins.add(new URL(request.url()).origin));
  await page.goto(url);
  return { page, log, origins };
}

/** Resolves when the page shows what the router tells. */
export async function untilLive(page: Page): Promise<void> {
  await page.locator('body[data-link=live]').waitFor();
  await page.locator('#pool-cards article').first().waitFor();
}

function findChromium(): string | undefined {
  const paths = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
