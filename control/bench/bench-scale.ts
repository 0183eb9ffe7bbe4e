// The bench of scaling: more workers, more people, a stream that nobody hurries to read. Nothing is pinned here.

import { join } from 'node:path';
import type { Letter } from '../../people/letter.ts';
import { pageTarget } from '../../people/page-request.ts';
import { parseRange } from '../../people/range.ts';
import { requireSpace } from './disk-space.ts';
import { readRouterPid, serveRouter } from './instances.ts';
import { openLoadGenerator } from './load.ts';
import { describeMachine } from './machine.ts';
import { type LargeShard, measurePeople, openLargeShard, type Seeded } from './scale-people.ts';
import { type ScaleResult, type StreamFigures, scaleTargets } from './scale-result.ts';
import { measureWorkers } from './scale-workers.ts';
import { readSlowly } from './slow-reader.ts';
import type { Workbench } from './workbench.ts';

export interface ScaleOptions {
  readonly isQuick: boolean;
  readonly isFull: boolean;
  readonly say: (text: string) => void;
}

const RANGE = parseRange('E-P');
const LETTER = 'J' as Letter;
const WORK_MS = 10;
const SEED_MS = 300_000;
const QUICK = { sizes: [10_000, 100_000], rounds: 1, seconds: 2, readingS: 3 };
const USUAL = { sizes: [10_000, 1_000_000], rounds: 3, seconds: 4, readingS: 8 };
const FULL = { ...USUAL, sizes: [...USUAL.sizes, 10_000_000], readingS: 20 };

/** Measures. Throws UserError when a part of it cannot run. */
export async function benchScale(workbench: Workbench, { isQuick, isFull, say }: ScaleOptions): Promise<ScaleResult> {
  const machine = describeMachine();
  const { sizes, rounds, seconds, readingS } = isFull ? FULL : isQuick ? QUICK : USUAL;
  requireSpace(workbench.folder, Math.max(...sizes));
  const datasets: Seeded[] = [];
  for (const people of sizes) {
    say(`seeding: ${people.toLocaleString('en-US')} people`);
    const dataFolder = join(workbench.folder, `people-${people}`);
    await workbench.zpeople(['seed', '--people', String(people), '--data', dataFolder], SEED_MS);
    datasets.push({ people, dataFolder });
  }

  say('1 worker against 2');
  const load = openLoadGenerator(workbench, null);
  const { dataFolder } = datasets[0]!;
  const plan = { dataFolder, range: RANGE, target: pageTarget(LETTER, null, null), workMs: WORK_MS, rounds, seconds };
  const workers = await measureWorkers(workbench, load, [1, 2], plan);

  say('few people against many');
  const shards: LargeShard[] = [];
  for (const seeded of datasets) shards.push(await openLargeShard(workbench, seeded, RANGE));
  const people = await measurePeople(shards, LETTER);

  say('a slow reader');
  const stream = await measureStream(workbench, shards.at(-1)!, readingS);
  const found = { workers, people, stream };
  return { kind: 'scale', machine, workMs: WORK_MS, ...found, targets: scaleTargets(found) };
}

async function measureStream(workbench: Workbench, shard: LargeShard, seconds: number): Promise<StreamFigures> {
  const { server, letters, shardMb, workerPid } = shard;
  const all = Object.values(letters).reduce((sum, count) => sum + count, 0);
  const [letter, people] = Object.entries(letters).reduce((most, one) => (one[1] > most[1] ? one : most));
  const router = await serveRouter(workbench, RANGE, server.url, null);
  const pids = [workerPid, await readRouterPid(router.opsUrl)];
  const { readMb, grewMb, ...took } = await readSlowly(
    router.url + pageTarget(letter as Letter, null, null),
    seconds,
    pids,
  );
  return {
    ...{ letter, people, streamMb: (shardMb * people) / all, readMb, seconds: took.seconds },
    ...{ shardGrewMb: grewMb[0]!, routerGrewMb: grewMb[1]! },
  };
}
