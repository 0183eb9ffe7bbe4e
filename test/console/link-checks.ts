// The line between page and router breaks, and comes back.

import { expect, it } from 'vitest';
import { untilLive, visit } from './browser.ts';
import type { Stage } from './stage.ts';

/** Checks that the page comes back by itself; the router is another process afterwards. */
export function checkLink(stage: () => Stage): void {
  it('comes back by itself after the router was killed, and says so calmly', async () => {
    const { system, browser } = stage();
    const { page, log } = await visit(browser, system.opsUrl);
    await untilLive(page);
    const events = await page.locator('.event').count();
    const { pid } = (await system.status()).router;
    process.kill(pid, 'SIGKILL');
    await page.getByText('The router does not answer.').waitFor();
    expect(await page.locator('#link').textContent()).toBe('Reconnecting');
    await page.getByText(`the router was started again: pid ${pid} →`).waitFor();
    expect(await page.locator('#link').textContent()).toBe('Live');
    expect(await page.getByText('The router does not answer.').count()).toBe(0);
    expect(await page.locator('.event').count()).toBeGreaterThan(events);
    // Browsers log what they could not load, whoever asked: nothing else may be there.
    expect(log.filter((line) => !line.includes('Failed to load resource: net::'))).toEqual([]);
    await page.close();
  });
}
