// Shards made of people a test thinks up, served through a door as in a worker.

import type { RequestListener } from 'node:http';
import { LETTERS, type Letter, letterOfName } from '../../people/letter.ts';
import { comparePeople, type Person } from '../../people/person.ts';
import { lettersOf, parseRange } from '../../people/range.ts';
import { createLetterBlock, datasetId, type Shard } from '../../people/shard-file.ts';
import { Counters } from '../../runtime/counters.ts';
import { KnownHeads } from '../../runtime/known-heads.ts';
import { createShardApp, type ShardAppOptions } from '../../shards/shard-app.ts';
import { openDoor } from './listening.ts';

/** A person of whom only some facts matter. */
export function person({
  id,
  firstName,
  lastName = 'Lee',
}: Pick<Person, 'id' | 'firstName'> & Partial<Person>): Person {
  return { id, firstName, lastName, email: `${id}@example.com`, jobTitle: 'Tester', city: 'Zürich' };
}

/** So many people of a letter, in order: `J000001 Lee`, `J000002 Lee` … */
export function peopleOf(letter: string, count: number): Person[] {
  return Array.from({ length: count }, (_, i) => {
    const number = String(i + 1).padStart(6, '0');
    return person({ id: `${letter}-${number}`, firstName: `${letter}${number}` });
  });
}

/** A shard that holds the people of its range, put in order. */
export function createShard(rangeText: string, people: readonly Person[]): Shard {
  const range = parseRange(rangeText);
  const lines = new Map(LETTERS.map((letter): [Letter, string[]] => [letter, []]));
  for (const one of people.toSorted(comparePeople)) lines.get(letterOfName(one.firstName)!)!.push(JSON.stringify(one));
  const blocks = new Map(LETTERS.map((letter) => [letter, createLetterBlock(letter, lines.get(letter)!)]));
  const letters = new Map(lettersOf(range).map((letter) => [letter, blocks.get(letter)!]));
  const count = [...letters.values()].reduce((sum, letter) => sum + letter.count, 0);
  return { dataset: datasetId(blocks.values()), range, count, letters };
}

/** The app of a shard as a worker would have it. */
export function createSampleApp(shard: Shard, options: Partial<ShardAppOptions> = {}): RequestListener {
  return createShardApp({
    shard,
    identity: { id: 'sample-1', range: shard.range, dataset: shard.dataset, epoch: 1, opsUrl: null },
    workMs: 0,
    counters: new Counters(),
    isDraining: () => false,
    onError: (error) => {
      throw error;
    },
    ...options,
  }).app;
}

/** Serves a shard until the test is over. */
export async function serveShard(
  shard: Shard,
  options: Partial<ShardAppOptions> = {},
): Promise<{ readonly url: string }> {
  const heads = new KnownHeads(['X-Forwarded-For']);
  return openDoor(createSampleApp(shard, { heads, ...options }), {}, heads);
}
