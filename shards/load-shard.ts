// From a data folder to the shard in memory, with errors that say what to do.

import { type Adapter, Low } from 'lowdb';
import type { Range } from '../people/range.ts';
import { type Shard, ShardFile, shardFilePath } from '../people/shard-file.ts';
import { UserError } from '../runtime/user-error.ts';

/** Loads a dataset's shard of a range, checked. Throws UserError (data). */
export async function loadShard(dataFolder: string, dataset: string, range: Range): Promise<Shard> {
  const path = shardFilePath(dataFolder, dataset, range);
  const stored = new Low<Shard | null>(new ShardFile(path) as Adapter<Shard | null>, null); // only read from
  await stored.read();
  const shard = stored.data;
  if (!shard) throw new UserError('data', `shard file ${path} is missing; run "zpeople seed" again to rebuild it`);
  if (shard.dataset !== dataset || shard.range !== range) {
    throw new UserError(
      'data',
      `shard file ${path} holds ${shard.range} of dataset ${shard.dataset}; run "zpeople seed" again`,
    );
  }
  return shard;
}
