// The routing table in force in one router worker, with the live pools behind it. A new table is built aside and
// swapped whole; when it cannot be built the old one stays. A range that lost its last instance stays known as an
// empty pool, so that its letters answer 503 in its name.

import { LETTERS, type Letter, letterIndex } from '../people/letter.ts';
import type { Range } from '../people/range.ts';
import type { Announcement } from '../registry/announcement.ts';
import { Pool } from './pool.ts';
import { buildRoutingTable } from './routing-table.ts';

export class Pools {
  #byRange: ReadonlyMap<Range, Pool> = new Map();
  #owners: readonly (Pool | undefined)[] = LETTERS.map(() => undefined);

  /** The pool of a letter; undefined as long as no range that holds it was ever known. */
  poolOf(letter: Letter): Pool | undefined {
    return this.#owners[letterIndex(letter)];
  }

  /** Takes a new set of instances; returns why it can't be, and changes nothing then. */
  update(instances: readonly Announcement[]): string | null {
    const result = buildRoutingTable(instances);
    if (!result.ok) return result.reason;
    const { table } = result;
    const byRange = new Map<Range, Pool>();
    for (const { range, instances } of table.pools) {
      const pool = this.#byRange.get(range) ?? new Pool(range);
      pool.update(instances);
      byRange.set(range, pool);
    }
    this.#owners = LETTERS.map((letter, index) => {
      const entry = table.poolOf(letter);
      if (entry) return byRange.get(entry.range);
      const before = this.#owners[index];
      if (before && !byRange.has(before.range)) {
        before.update([]);
        byRange.set(before.range, before);
      }
      return before;
    });
    this.#byRange = byRange;
    return null;
  }
}
