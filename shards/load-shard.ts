// From a data folder to the shard in memory, with errors that say what to do.

import { Low } from 'lowdb';
import { requireCatalog } from '../people/catalog.ts';
import type { Range } from '../people/range.ts';
import { type Shard, ShardFile, shardFilePath } from '../people/shard-file.ts';
import { UserError } from '../runtime/user-error.ts';

/** A shard and the layout epoch it belongs to. */
export interface LoadedShard {
  readonly shard: Shard;
  readonly epoch: number;
}

/** Loads the current dataset's shard of a range, checked. Throws UserError (data, data-missing). */
export async function loadShard(dataFolder: string, range: Range): Promise<LoadedShard> {
  const { current, epoch, layout } = await requireCatalog(dataFolder);
  if (!layout.includes(range)) {
    throw new UserError('data', `range ${range} is not in the layout of "${dataFolder}", which is ${layout.join(',')}`);
  }
  const path = shardFilePath(dataFolder, current, range);
  const stored = new Low<Shard | null>(new ShardFile(path), null);
  await stored.read();
  const shard = stored.data;
  if (!shard) throw new UserError('data', `shard file ${path} is missing; run "zpeople seed" again to rebuild it`);
  if (shard.dataset !== current || shard.range !== range) {
    throw new UserError(
      'data',
      `shard file ${path} holds ${shard.range} of dataset ${shard.dataset}; run "zpeople seed" again`,
    );
  }
  return { shard, epoch };
}
