// A dataset's shard files: which of them are intact, and writing those that are not there.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Low } from 'lowdb';
import { LETTERS, type Letter } from '../people/letter.ts';
import { lettersOf, parseRange, type Range } from '../people/range.ts';
import { type LetterDraft, type ShardDraft, ShardFile, shardFilePath } from '../people/shard-file.ts';
import { systemCode, UserError } from '../runtime/user-error.ts';

/** The letters of a whole dataset, in order of the alphabet. */
export type Letters = ReadonlyMap<Letter, LetterDraft>;

/** Those of a dataset's files that are there and whole (one pass over each). */
export async function findIntact(dataFolder: string, dataset: string, ranges: readonly Range[]) {
  const intact = new Map<Range, ShardDraft>();
  for (const range of ranges) {
    const shard = await inspect(shardFilePath(dataFolder, dataset, range));
    if (shard?.dataset === dataset && shard.range === range) intact.set(range, shard);
  }
  return intact;
}

/** The ranges that a dataset has files of, whatever their layout. */
export async function listRanges(dataFolder: string, dataset: string): Promise<Range[]> {
  const names = await readdir(join(dataFolder, dataset)).catch((error) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => name.endsWith('.json')).flatMap((name) => rangeNamed(name.slice(0, -5)));
}

/** All 26 letters out of shards that overlap or not; null when one is in none of them. */
export function lettersOfShards(shards: Iterable<ShardDraft>): Letters | null {
  const found = new Map([...shards].flatMap(({ letters }) => [...letters]));
  return found.size === LETTERS.length ? new Map(LETTERS.map((letter) => [letter, found.get(letter)!])) : null;
}

/** Whether a shard holds the same people as these letters do. */
export function isShardOf(shard: ShardDraft | undefined, letters: Letters): boolean {
  return (
    shard !== undefined && [...shard.letters].every(([letter, { sha256 }]) => letters.get(letter)?.sha256 === sha256)
  );
}

/** Writes a range's file out of the letters, durably; gives the number of its people. */
export async function writeShard(dataFolder: string, dataset: string, range: Range, letters: Letters): Promise<number> {
  const own = new Map(lettersOf(range).map((letter) => [letter, letters.get(letter)!]));
  const count = [...own.values()].reduce((sum, letter) => sum + letter.count, 0);
  const file = new ShardFile(shardFilePath(dataFolder, dataset, range));
  await new Low<ShardDraft>(file, { dataset, range, count, letters: own }).write();
  return count;
}

function rangeNamed(name: string): Range[] {
  try {
    const range = parseRange(name);
    return range === name ? [range] : [];
  } catch {
    return []; // a file of somebody else's
  }
}

async function inspect(path: string): Promise<ShardDraft | null> {
  try {
    return await new ShardFile(path).inspect();
  } catch (error) {
    if (error instanceof UserError && error.code === 'data') return null; // damaged: to be written anew
    throw error;
  }
}
