// The console in a real browser, in front of a real system. One of each for all checks: starting them is what costs.

import { afterAll, beforeAll } from 'vitest';
import { describeInBrowser, launchBrowser } from './browser.ts';
import { checkLink } from './link-checks.ts';
import { checkOrders } from './order-checks.ts';
import { checkPage } from './page-checks.ts';
import type { Stage } from './stage.ts';
import { startSystem } from './system.ts';

describeInBrowser('the console', () => {
  let stage: Stage;
  beforeAll(async () => {
    const [system, browser] = await Promise.all([
      startSystem('--demo', '--work-ms', '1', '--min-workers', '1'),
      launchBrowser(),
    ]);
    stage = { system, browser };
  });
  afterAll(async () => {
    await stage?.browser.close();
    await stage?.system.stop();
  });

  checkPage(() => stage);
  checkOrders(() => stage);
  checkLink(() => stage); // last: it kills the router
});
