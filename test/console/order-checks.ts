// What a visitor can do: scale, reload, and in a demo break things and watch them recover.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor } from '../helpers/wait-for.ts';
import { untilLive, visit } from './browser.ts';
import type { Stage } from './stage.ts';

/** Checks that buttons do what they say, and say what they did. */
export function checkOrders(stage: () => Stage): void {
  let page: Page;
  let log: readonly string[];
  beforeAll(async () => {
    const { system, browser } = stage();
    ({ page, log } = await visit(browser, system.opsUrl));
    await untilLive(page);
  });
  afterAll(() => page?.close());

  async function workerPids(range: string): Promise<number[]> {
    const { pools } = await stage().system.status();
    const instances = pools.find((pool) => pool.range === range)!.instances;
    const workers = instances.flatMap((instance) => instance.workers ?? []);
    return workers.filter(({ state }) => state === 'ready').map(({ pid }) => pid);
  }

  /** The newest event of a kind at a range, once it is there. */
  async function event(kind: string, range: string, detail: RegExp): Promise<void> {
    await page
      .locator('.event')
      .filter({ has: page.getByText(kind, { exact: true }) })
      .filter({ hasText: range })
      .filter({ hasText: detail })
      .first()
      .waitFor();
  }

  it('scale it, by keyboard too, and say when that is done', async () => {
    const card = page.getByRole('article', { name: 'Q–Z' });
    await page.getByRole('button', { name: 'One worker more in Q–Z' }).focus();
    await page.keyboard.press('Enter');
    expect(await card.getByRole('status').textContent()).toBe('Scaling to 2 workers …');
    await card.getByText('Scaled to 2 workers.').waitFor();
    expect(await workerPids('Q-Z')).toHaveLength(2);
    await event('scale', 'Q–Z', /1 → 2 workers/);
    expect(await card.locator('tbody tr').count()).toBe(2);

    await page.getByRole('button', { name: 'One worker fewer in Q–Z' }).click();
    await card.getByText('Scaled to 1 worker.').waitFor();
    expect(await workerPids('Q-Z')).toHaveLength(1);
  });

  it('go no lower than one worker', async () => {
    const fewer = page.getByRole('button', { name: 'One worker fewer in A–D' });
    expect(await fewer.getAttribute('aria-disabled')).toBe('true');
    await fewer.click({ force: true });
    expect(await page.getByRole('article', { name: 'A–D' }).getByRole('status').textContent()).toBe('');
  });

  it('replace its workers', async () => {
    const before = await workerPids('A-D');
    await page.getByRole('button', { name: 'Reload A–D' }).click();
    await page.getByText('All workers are new.').waitFor();
    expect(await workerPids('A-D')).not.toEqual(before);
  });

  it.each([
    ['Kill one', 'crash', /killed by SIGKILL/],
    ['Hang one', 'hung', /gave no heartbeat/],
  ])('%s: it appears among the events, and another worker takes its place', async (label, kind, detail) => {
    const before = await workerPids('E-P');
    await page.getByRole('button', { name: `${label} worker of E–P` }).click();
    await event(kind, 'E–P', detail);
    await waitFor('another worker', async () => {
      const after = await workerPids('E-P');
      return after.length === before.length && !after.some((pid) => before.includes(pid));
    });
    for (const pid of await workerPids('E-P')) {
      await page.getByRole('rowheader', { name: String(pid), exact: true }).waitFor();
    }
  });

  it('load it, and it shows', async () => {
    await page.getByRole('button', { name: 'Load 20 s of requests for E–P' }).click();
    await event('demo', 'E–P', /requests\/s for 20 s/);
    const rps = page.locator('#rps-chart .legend li', { hasText: 'E–P' }).locator('b');
    await waitFor('the load', async () => Number(await rps.textContent()) > 50);
  });

  it('have left nothing in the browser’s log', () => {
    expect(log).toEqual([]);
  });
}
