// The router's /status (DESIGN §7): layout, pools, instances, workers, put together from memory. Pure.

import { lettersOf, type Range } from '../../people/range.ts';
import type { Operation } from '../../runtime/workers/primary.ts';
import type { WorkerStatus } from '../../runtime/workers/worker-pool.ts';
import type { InstanceView } from '../table/members.ts';
import type { RoutingTable } from '../table/routing-table.ts';
import type { InstanceStatus } from './fleet.ts';

/** States of an instance as routers see it. */
export type InstanceState = 'starting' | 'available' | 'ejected' | 'down' | 'draining' | 'gone';

export interface StatusSources {
  readonly table: RoutingTable<InstanceView>;
  /** Ranges that once were in the table and lost their last instance. */
  readonly lostRanges: readonly Range[];
  /** Whether a router worker has ejected the instance at a URL. */
  readonly isEjected: (url: string) => boolean;
  /** Fresh facts, or null. */
  readonly statusOf: (id: string) => InstanceStatus | null;
  readonly peopleOf: (range: Range) => Pick<InstanceStatus, 'people' | 'letters'> | null;
  readonly lastStatusOf: (id: string) => InstanceStatus | null;
  readonly router: {
    readonly pid: number;
    readonly workers: readonly WorkerStatus[];
    readonly operation: Operation | null;
  };
}

export function routerStatus({
  table,
  lostRanges,
  isEjected,
  statusOf,
  lastStatusOf,
  peopleOf,
  router,
}: StatusSources): object {
  const pools = [
    ...table.pools.map(({ range, instances }) => ({ range, instances })),
    ...lostRanges.map((range) => ({ range, instances: [] as readonly InstanceView[] })),
  ].sort((a, b) => (a.range < b.range ? -1 : 1));
  const all = pools.flatMap(({ instances }) => instances);
  return {
    dataset: mostFrequent(all.map(({ dataset }) => dataset)),
    epoch: all.length > 0 ? Math.max(...all.map(({ epoch }) => epoch ?? 0)) || null : null,
    layout: pools.map(({ range }) => range),
    router,
    pools: pools.map(({ range, instances }) => ({
      range,
      letters: lettersOf(range).join(''),
      people: peopleOf(range)?.people ?? null,
      peopleByLetter: peopleOf(range)?.letters ?? null,
      instances: instances.map((instance) => {
        const fresh = statusOf(instance.id);
        return {
          id: instance.id,
          url: instance.url,
          opsUrl: instance.opsUrl,
          pid: lastStatusOf(instance.id)?.pid ?? null,
          state: stateOf(instance, isEjected(instance.url)),
          dataset: instance.dataset,
          epoch: instance.epoch,
          workers: fresh?.workers ?? null,
          operation: fresh?.operation ?? null,
          autoscale: fresh?.autoscale ?? null,
        };
      }),
    })),
  };
}

function stateOf({ health }: InstanceView, isEjected: boolean): InstanceState {
  return health === 'available' && isEjected ? 'ejected' : health;
}

function mostFrequent(values: readonly (string | null)[]): string | null {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null;
}
