// One worker against two: two instances whose pages cost CPU (`--work-ms`), in interleaved rounds. Nothing is pinned:
// two workers are to find two cores. They are asked without a router, which would need a part of those cores, too.

import type { Range } from '../../people/range.ts';
import { readInstance, serveShard } from './instances.ts';
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
  readonly rounds: (Omit<WorkerFigures, 'workers' | 'shares'> & { readonly shares: readonly number[] })[];
}

/** Enough to keep two workers at work. */
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
    const side: Side = { workers, shard, rounds: [] };
    await runRound(side, load, plan, 1);
    sides.push(side);
  }
  for (const side of interleaved(sides, plan.rounds)) side.rounds.push(await runRound(side, load, plan, plan.seconds));
  for (const { shard } of sides) workbench.stop(shard.program);
  return sides.map(({ workers, rounds }) => ({
    workers,
    ...medians(rounds.map(({ shares: _, ...numbers }) => ({ ...numbers }))),
    shares: rounds.at(-1)!.shares,
  }));
}

async function runRound(
  { shard }: Side,
  load: LoadGenerator,
  { target }: WorkerPlan,
  seconds: number,
): Promise<Side['rounds'][number]> {
  const before = await requestsByWorker(shard);
  const { requests, errors, p50Ms, p99Ms, ...took } = await load.fire({
    url: shard.url + target,
    headers: {},
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
