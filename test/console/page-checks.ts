// The console as a visitor finds it: what it shows, on which screens, to whom.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { ALPHABET, getLetter } from '../helpers/people-api.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { untilLive, visit } from './browser.ts';
import type { Stage } from './stage.ts';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe finds wrong with the page as it is. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found = (await page.evaluate('axe.run().then(({ violations }) => violations)')) as Violation[];
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}

/** Checks what the page is like. */
export function checkPage(stage: () => Stage): void {
  it('shows pools, letters and workers, all from one origin, and nothing in the browser’s log', async () => {
    const { system, browser } = stage();
    const { page, log, origins } = await visit(browser, system.opsUrl);
    await untilLive(page);
    expect(await page.locator('.tile').allTextContents()).toEqual(ALPHABET);
    expect(await page.locator('.group').count()).toBe(3);
    expect(await page.locator('#pool-cards h3').allTextContents()).toEqual([
      expect.stringMatching(/^A–D\d+ people$/),
      expect.stringMatching(/^E–P\d+ people$/),
      expect.stringMatching(/^Q–Z\d+ people$/),
    ]);
    expect(await page.locator('#people').textContent()).toBe('1,000');
    const { pools, router } = await system.status();
    for (const { pid } of pools.flatMap((pool) => pool.instances.flatMap(({ workers }) => workers ?? []))) {
      await page.getByRole('rowheader', { name: String(pid), exact: true }).waitFor();
    }
    expect(await page.locator('#router').textContent()).toBe(`pid ${router.pid}, 1 worker`);
    expect(await page.locator('canvas').count()).toBe(2);
    expect(log).toEqual([]);
    expect([...origins]).toEqual([system.opsUrl]);
    await page.close();
  });

  it('shows requests as they come: head, letter, chart in words and as a table', async () => {
    const { system, browser } = stage();
    const { page } = await visit(browser, system.opsUrl);
    await untilLive(page);
    await page.locator('#rps-chart summary').click();
    const isWarm = async (): Promise<boolean> => {
      await Promise.all(Array.from({ length: 20 }, () => getLetter(system.url, 'S')));
      const spoken = await page.locator('.cell', { hasText: /^\d+S/ }).textContent();
      return Number(/ people, ([\d.]+) requests/.exec(spoken ?? '')?.[1]) > 2;
    };
    await waitFor('the letter S to be warm', isWarm);
    expect(Number(await page.locator('#rps').textContent())).toBeGreaterThan(0);
    const words = await page.locator('#rps-chart .plot').getAttribute('aria-label');
    expect(words).toMatch(/^Requests per second by range over the last .*; now: A–D [\d.]+, E–P [\d.]+, Q–Z [\d.]+\.$/);
    expect(await page.locator('#rps-chart tbody tr').count()).toBeGreaterThan(0);
    await page.close();
  });

  it('has nothing that axe finds wrong, in light and dark', async () => {
    const { system, browser } = stage();
    const { page } = await visit(browser, system.opsUrl, { reducedMotion: 'reduce' });
    await untilLive(page);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect({ colorScheme, wrong: await violations(page) }).toEqual({ colorScheme, wrong: [] });
    }
    await page.close();
  });

  it('fits every screen without a horizontal scroll bar', async () => {
    const { system, browser } = stage();
    const { page } = await visit(browser, system.opsUrl, { colorScheme: 'dark' });
    await untilLive(page);
    for (const width of [320, 390, 768, 1024, 1440, 2560]) {
      await page.setViewportSize({ width, height: 800 });
      expect([width, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([width, width]);
    }
    await page.close();
  });

  it('is reached whole by keyboard, with the focus to be seen', async () => {
    const { system, browser } = stage();
    const { page } = await visit(browser, system.opsUrl);
    await untilLive(page);
    const names = await page.getByRole('button').evaluateAll((buttons) => buttons.map((button) => button.ariaLabel));
    const reached: string[] = [];
    for (let presses = 0; presses < names.length + 10; presses++) {
      await page.keyboard.press('Tab');
      const focus = (await page.evaluate(`(() => {
        const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
        const { ariaLabel, textContent } = document.activeElement;
        return { name: ariaLabel ?? textContent, outline: outlineStyle + ' ' + outlineWidth, isBody: document.activeElement === document.body };
      })()`)) as { name: string; outline: string; isBody: boolean };
      if (focus.isBody) break;
      expect(focus).toMatchObject({ outline: 'solid 2px' });
      reached.push(focus.name);
    }
    expect(reached[0]).toBe('Skip to the pools');
    expect(reached).toEqual(expect.arrayContaining(names));
    await page.close();
  });
}
