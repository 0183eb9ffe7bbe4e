// A router's status as commands see it, written down shortly.

import type { InstanceView, OperationView, PoolView, StatusView, WorkerView } from '../../control/ops-client.ts';

/** A ready worker, but for what is changed. */
export function worker(pid: number, changes: Partial<WorkerView> = {}): WorkerView {
  const facts = { ageS: 12, restarts: 0, requests: 90, inFlight: 0, elu: 0.02, rssMb: 61 };
  return { pid, state: 'ready', ...facts, ...changes };
}

/** An available instance with workers of these pids, but for what is changed. */
export function instance(id: string, pids: readonly number[], changes: Partial<InstanceView> = {}): InstanceView {
  const facts = { url: `http://${id}`, pid: 10, state: 'available', dataset: 'd1', operation: null };
  return { id, ...facts, workers: pids.map((pid) => worker(pid)), ...changes };
}

export function pool(range: string, ...instances: readonly InstanceView[]): PoolView {
  return { range, people: 100, instances };
}

/** A system of these pools behind a router with workers 1 and 2, but for what is changed. */
export function status(pools: readonly PoolView[], router: Partial<StatusView['router']> = {}): StatusView {
  return {
    ...{ dataset: 'd1', epoch: 1, layout: pools.map(({ range }) => range), pools },
    router: { pid: 9, workers: [worker(1), worker(2)], operation: null, ...router },
  };
}

export function operation(kind: OperationView['kind'], state: OperationView['state']): OperationView {
  return { kind, state, detail: 'the shard file is damaged' };
}
