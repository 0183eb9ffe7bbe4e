// A shard of few people against shards of many: how long until it serves, what a worker holds, what a first page costs.
// All are up at the same time and asked in turn, so that a disturbance meets them alike.

import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Letter } from '../../people/letter.ts';
import { pageTarget } from '../../people/page-request.ts';
import type { Range } from '../../people/range.ts';
import { readInstance, serveShard } from './instances.ts';
import { residentMb } from './process-usage.ts';
import type { PeopleFigures } from './scale-result.ts';
import { median } from './statistics.ts';
import type { Server, Workbench } from './workbench.ts';

/** A dataset in a folder. */
export interface Seeded {
  readonly people: number;
  readonly dataFolder: string;
}

/** An instance of one worker that serves it. */
export interface LargeShard extends Seeded {
  readonly server: Server;
  /** Median of its starts. */
  readonly readyS: number;
  readonly workerPid: number;
  readonly shardMb: number;
  /** People by letter. */
  readonly letters: Readonly<Record<string, number>>;
}

const STARTS = 3;
const SETTLE_MS = 1_500;
/** Pages of these sizes are asked for: the smallest dataset has them all. */
const FIRST_LIMIT = 20;
const PAGES = 150;
const WARM_UPS = 150;

/** Starts an instance of a range, some times over: how long that takes, and the last one to stay. */
export async function openLargeShard(workbench: Workbench, seeded: Seeded, range: Range): Promise<LargeShard> {
  const readyS: number[] = [];
  for (;;) {
    const startedAt = performance.now();
    const server = await serveShard(workbench, seeded.dataFolder, range, null);
    readyS.push((performance.now() - startedAt) / 1_000);
    if (readyS.length < STARTS) {
      workbench.stop(server.program);
      continue;
    }
    const { workers, bytes, letters } = await readInstance(server.opsUrl);
    const [worker] = workers;
    return { ...seeded, server, readyS: median(readyS), workerPid: worker!.pid, shardMb: bytes / 1e6, letters };
  }
}

/** Asks all shards the same pages and looks at their memory. `letter` is one with many people in each. */
export async function measurePeople(shards: readonly LargeShard[], letter: Letter): Promise<readonly PeopleFigures[]> {
  const agent = new Agent({ keepAlive: true });
  const askAll = async (limits: readonly number[]): Promise<readonly (readonly number[])[]> => {
    const times = shards.map((): number[] => []);
    for (const [turn, limit] of limits.entries()) {
      for (let i = 0; i < shards.length; i++) {
        const which = (turn + i) % shards.length; // everyone goes first as often as the others
        times[which]!.push(await timeOf(agent, shards[which]!.server.url + pageTarget(letter, limit, null)));
      }
    }
    return times;
  };
  const sizes = Array.from({ length: PAGES + WARM_UPS }, (_, i) => FIRST_LIMIT + i);
  const isWarmUp = (limit: number): boolean => (limit - FIRST_LIMIT) % 2 === 0;
  await askAll(sizes.filter(isWarmUp));
  const newPages = await askAll(sizes.filter((limit) => !isWarmUp(limit)));
  const keptPages = await askAll(sizes.filter((limit) => !isWarmUp(limit)));
  agent.destroy();
  await sleep(SETTLE_MS);
  return shards.map(({ people, shardMb, readyS, workerPid }, i) => ({
    ...{ people, shardMb, readyS, workerMb: residentMb(workerPid) },
    ...{ newPageMs: median(newPages[i]!), keptPageMs: median(keptPages[i]!) },
  }));
}

/** From sending a request to the last byte of its answer, in ms. */
function timeOf(agent: Agent, url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sentAt = performance.now();
    get(url, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answers ${response.statusCode}`));
      response.resume().on('end', () => resolve(performance.now() - sentAt));
      response.on('error', reject);
    }).on('error', reject);
  });
}
