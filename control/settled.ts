// Whether an order has been carried out, by the router's status. Pure.

import { UserError } from '../runtime/user-error.ts';
import type { OperationView, PoolView, StatusView, WorkerView } from './ops-client.ts';

/** An order that is not carried out after this long has failed, in ms. */
export const ORDER_MS = 30_000;

/** The pool of a range. Throws UserError (failed) that names the pools there are. */
export function poolOf({ pools }: StatusView, range: string): PoolView {
  const pool = pools.find((candidate) => candidate.range === range);
  if (pool) return pool;
  throw new UserError(
    'failed',
    `no pool serves ${range}; pools are: ${pools.map((each) => each.range).join(', ') || 'none'}`,
  );
}

/** Whether each instance has exactly so many workers, all ready. Throws UserError when one of them says it failed. */
export function isScaled({ instances }: PoolView, workers: number): boolean {
  for (const { id, operation } of instances) throwIfFailed(id, 'scale', operation);
  return (
    instances.length > 0 &&
    instances.every((instance) => instance.workers?.length === workers && instance.workers.every(isReady))
  );
}

/** The pids of all workers, of the instances of some pools and, if wanted, of the router. */
export function workerPids(
  { pools, router }: StatusView,
  ranges: readonly string[],
  hasRouter: boolean,
): ReadonlySet<number> {
  const instances = pools.filter(({ range }) => ranges.includes(range)).flatMap((pool) => pool.instances);
  const workers = [...instances.flatMap((instance) => instance.workers ?? []), ...(hasRouter ? router.workers : [])];
  return new Set(workers.map(({ pid }) => pid));
}

/**
 * Whether each pool has an instance, all workers are ready and none is one of `before`. Throws UserError when a reload
 * says it failed.
 */
export function isReloaded(
  status: StatusView,
  ranges: readonly string[],
  hasRouter: boolean,
  before: ReadonlySet<number>,
): boolean {
  const pools = ranges.map((range) => poolOf(status, range));
  const instances = pools.flatMap((pool) => pool.instances);
  for (const { id, operation } of instances) throwIfFailed(id, 'reload', operation);
  if (hasRouter) throwIfFailed('the router', 'reload', status.router.operation);
  const groups = [...instances.map(({ workers }) => workers), ...(hasRouter ? [status.router.workers] : [])];
  const operations = [...instances.map(({ operation }) => operation), ...(hasRouter ? [status.router.operation] : [])];
  return (
    pools.every((pool) => pool.instances.length > 0) &&
    groups.every(
      (workers) =>
        workers && workers.length > 0 && workers.every((worker) => isReady(worker) && !before.has(worker.pid)),
    ) &&
    operations.every((operation) => operation?.state !== 'running')
  );
}

function isReady({ state }: WorkerView): boolean {
  return state === 'ready';
}

function throwIfFailed(who: string, kind: OperationView['kind'], operation: OperationView | null): void {
  if (operation?.kind === kind && operation.state === 'failed') {
    throw new UserError('failed', `${who} did not ${kind}: ${operation.detail}`);
  }
}
