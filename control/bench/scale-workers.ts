// One worker against two: two instances whose pages cost CPU (`--work-ms`), each behind a router of its own, in
// interleaved rounds. Nothing is pinned: two workers are to find two cores.

import type { Range } from '../../people/range.ts';
import { readInstance, serveRouter, serveShard } from './instances.ts';
import type { LoadGenerator } from './load.ts';
import type { WorkerFigures } from './scale-result.ts';
import { interleaved, medians } from './statistics.ts';
import type { Server, Workbench } from './workbench.ts';

export interface WorkerPlan {
  readonly dataFolder: string;
  readonly range: Range;
  /** Page to ask for. */
  readonly target: string;
  readonly workMs: number;
  readonly rounds: number;
  readonly seconds: number;
}

interface Side {
  readonly workers: number;
  readonly shard: Server;
  readonly router: Server;
  readonly rounds: (Omit<WorkerFigures, 'workers' | 'shares'> & { readonly shares: readonly number[] })[];
}

/** Enough to keep two workers at work, few enough that nobody waits for admission. */
const CONNECTIONS = 16;

/** Measures instances of so many workers. */
export async function measureWorkers(
  workbench: Workbench,
  load: LoadGenerator,
  counts: readonly number[],
  plan: WorkerPlan,
): Promise<readonly WorkerFigures[]> {
  const sides: Side[] = [];
  for (const workers of counts) {
    const flags = ['--workers', String(workers), '--work-ms', String(plan.workMs)];
    const shard = await serveShard(workbench, plan.dataFolder, plan.range, null, flags);
    const router = await serveRouter(workbench, plan.range, shard.url, null);
    const side: Side = { workers, shard, router, rounds: [] };
    await runRound(side, load, plan, 1);
    sides.push(side);
  }
  for (const side of interleaved(sides, plan.rounds)) side.rounds.push(await runRound(side, load, plan, plan.seconds));
  for (const { shard, router } of sides) {
    workbench.stop(router.program);
    workbench.stop(shard.program);
  }
  return sides.map(({ workers, rounds }) => ({
    workers,
    ...medians(rounds.map(({ shares: _, ...numbers }) => ({ ...numbers }))),
    shares: rounds.at(-1)!.shares,
  }));
}

async function runRound(
  { shard, router }: Side,
  load: LoadGenerator,
  { target }: WorkerPlan,
  seconds: number,
): Promise<Side['rounds'][number]> {
  const before = await requestsByWorker(shard);
  const { requests, errors, p50Ms, p99Ms, ...took } = await load.fire({
    url: router.url + target,
    headers: { 'Cache-Control': 'no-cache' },
    connections: CONNECTIONS,
    seconds,
  });
  const after = await requestsByWorker(shard);
  const counts = [...after].map(([pid, count]) => count - (before.get(pid) ?? 0));
  const all = counts.reduce((sum, count) => sum + count, 0);
  const shares = counts.map((count) => count / all).toSorted((a, b) => a - b);
  return { requestsPerS: requests / took.seconds, p50Ms, p99Ms, errors, shares };
}

async function requestsByWorker({ opsUrl }: Server): Promise<ReadonlyMap<number, number>> {
  const { workers } = await readInstance(opsUrl);
  return new Map(workers.map(({ pid, requests }) => [pid, requests ?? 0]));
}
