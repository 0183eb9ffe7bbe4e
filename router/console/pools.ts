// All pools as cards, and the router in front of them.

import { byId, createList } from './dom.ts';
import type { HueOf } from './palette.ts';
import { createPoolCard, type PoolCardOptions, type PoolFacts } from './pool-card.ts';
import { recentOfRange } from './recent.ts';
import type { Story } from './story.ts';
import { createWorkerTable } from './worker-table.ts';

/** Creates the function that shows a story's pools. */
export function createPools(hueOf: HueOf, options: PoolCardOptions): (story: Story) => void {
  const show = createList<PoolFacts>(
    byId('pool-cards'),
    ({ pool }) => pool.range,
    (facts) => createPoolCard(facts, options),
  );
  const routerWorkers = createWorkerTable('the router');
  byId('router-card').append(routerWorkers.element);
  return ({ status, traffic }) => {
    if (!status) return;
    show(
      status.pools.map((pool) => ({
        pool,
        hue: hueOf(pool.range),
        traffic: recentOfRange(traffic, pool.range),
      })),
    );
    routerWorkers.update(status.router.workers);
  };
}
