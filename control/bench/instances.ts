// This product's processes as benches start them: instances that announce themselves nowhere, routers that are told of
// them on the command line. All else is as a user gets it: metrics, probes and heartbeats are on.

import type { Range } from '../../people/range.ts';
import { OpsClient, type WorkerView } from '../ops-client.ts';
import type { Server, Workbench } from './workbench.ts';

const AVAILABLE_MS = 10_000;

/** Starts an instance, with one worker unless `flags` say otherwise. */
export function serveShard(
  workbench: Workbench,
  dataFolder: string,
  range: Range,
  core: number | null,
  flags: readonly string[] = ['--workers', '1'],
): Promise<Server> {
  const nowhere = `static:${range}=http://127.0.0.1:1`;
  return workbench.serveZpeople(['shard', range, '--data', dataFolder, '--registry', nowhere, ...flags], core);
}

/** Starts a router in front of an instance, and waits until it has found it available. */
export async function serveRouter(
  workbench: Workbench,
  range: Range,
  shardUrl: string,
  core: number | null,
): Promise<Server> {
  const router = await workbench.serveZpeople(['router', '--registry', `static:${range}=${shardUrl}`], core);
  await new OpsClient(router.opsUrl, null).until(AVAILABLE_MS, 'the router to find its instance', ({ pools }) =>
    pools.some(({ instances }) => instances.some(({ state }) => state === 'available')),
  );
  return router;
}

/** What an instance says of itself on its ops port, as far as benches look. */
export interface InstanceFacts {
  readonly bytes: number;
  readonly letters: Readonly<Record<string, number>>;
  readonly workers: readonly WorkerView[];
}

export async function readInstance(opsUrl: string): Promise<InstanceFacts> {
  return (await (await fetch(`${opsUrl}/status`)).json()) as InstanceFacts;
}

/** The process id of a router's only worker. */
export async function readRouterPid(opsUrl: string): Promise<number> {
  const { router } = await new OpsClient(opsUrl, null).status();
  return router.workers[0]!.pid;
}
