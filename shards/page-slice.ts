// Which people a query means: indices into a letter's block. Pure; cost: one binary search for a cursor.

import type { PageQuery } from '../people/page-request.ts';
import { comparePeople, type SortKey } from '../people/person.ts';
import { type LetterBlock, sortKeyAt } from '../people/shard-file.ts';

/** Persons `from` (inclusive) to `to` (exclusive). */
export interface Slice {
  readonly from: number;
  readonly to: number;
}

/** The slice of a query; `defaultLimit` (may be Infinity) counts when the query names no limit. */
export function sliceOf(people: LetterBlock, query: PageQuery, defaultLimit: number): Slice {
  const from = query.cursor ? firstAfter(people, query.cursor.after) : 0;
  return { from, to: Math.min(people.count, from + (query.limit ?? defaultLimit)) };
}

/** Index of the first person behind a key, which need not be anybody's (the dataset may have changed). */
export function firstAfter(people: LetterBlock, key: SortKey): number {
  let low = 0;
  let high = people.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (comparePeople(sortKeyAt(people, middle), key) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
