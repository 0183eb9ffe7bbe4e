// How many people a shard file says it holds: its header, which is its first line (DESIGN §4), and nothing more.

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Range } from '../people/range.ts';
import { shardFilePath } from '../people/shard-file.ts';

/** The count in the header of a range's file. The file is one that an instance has just loaded and checked. */
export async function countPeople(dataFolder: string, dataset: string, range: Range): Promise<number> {
  const input = createReadStream(shardFilePath(dataFolder, dataset, range));
  try {
    for await (const line of createInterface({ input })) return (JSON.parse(`${line}]}`) as { count: number }).count;
    return 0;
  } finally {
    input.destroy();
  }
}
