// People who weigh much: few, quickly written, and more of them than all the buffers between a shard and a client hold.

import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeCatalog } from '../../people/catalog.ts';
import { parseRange } from '../../people/range.ts';
import { ShardFile, shardFilePath } from '../../people/shard-file.ts';
import { createShard, peopleOf } from './sample-shard.ts';

/** How many people of J there are. */
export const HEAVY_PEOPLE = 8_000;

/** Writes one shard, A-Z, with 32 MB of people of J. */
export async function writeHeavyData(dataFolder: string): Promise<void> {
  const range = parseRange('A-Z');
  const jobTitle = 'Tester '.repeat(600);
  const shard = createShard(
    range,
    peopleOf('J', HEAVY_PEOPLE).map((person) => ({ ...person, jobTitle })),
  );
  const path = shardFilePath(dataFolder, shard.dataset, range);
  await mkdir(dirname(path), { recursive: true });
  await new ShardFile(path).write(shard);
  await writeCatalog(dataFolder, {
    current: shard.dataset,
    epoch: 1,
    layout: [range],
    datasets: [
      {
        id: shard.dataset,
        people: shard.count,
        source: { people: shard.count, seed: 0, locales: ['test'], generator: 'heavy' },
      },
    ],
  });
}
