// What an instance is to serve: the current dataset's shard of its range, by the catalog.

import { requireCatalog } from '../people/catalog.ts';
import type { Range } from '../people/range.ts';
import { UserError } from '../runtime/user-error.ts';

/** A dataset and the layout epoch it is served under. */
export interface ShardPlan {
  readonly dataset: string;
  readonly epoch: number;
}

/** Reads the plan. Throws UserError (data, data-missing), also when the layout no longer has the range. */
export async function readShardPlan(dataFolder: string, range: Range): Promise<ShardPlan> {
  const { current, epoch, layout } = await requireCatalog(dataFolder);
  if (!layout.includes(range)) {
    throw new UserError('data', `range ${range} is not in the layout of "${dataFolder}", which is ${layout.join(',')}`);
  }
  return { dataset: current, epoch };
}
