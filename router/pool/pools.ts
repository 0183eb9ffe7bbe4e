// The routing table in force in one router worker, with the live pools behind it. A new table is built aside and
// swapped whole; when it cannot be built the old one stays. A range that lost its last instance stays known as an
// empty pool, so that its letters answer 503 in its name.

import { LETTERS, type Letter, letterIndex } from '../../people/letter.ts';
import type { Range } from '../../people/range.ts';
import type { InstanceView } from '../table/members.ts';
import { buildRoutingTable } from '../table/routing-table.ts';
import { Pool, type PoolLimits } from './pool.ts';

export class Pools {
  readonly #limits: PoolLimits;
  #byRange: ReadonlyMap<Range, Pool> = new Map();
  /** URLs of the instances that have been available since they were announced. */
  #answered: ReadonlySet<string> = new Set();
  #owners: readonly (Pool | undefined)[] = LETTERS.map(() => undefined);

  constructor(limits: PoolLimits) {
    this.#limits = limits;
  }

  get all(): Iterable<Pool> {
    return this.#byRange.values();
  }

  /** The pool of a letter; undefined as long as no range that holds it was ever known. */
  poolOf(letter: Letter): Pool | undefined {
    return this.#owners[letterIndex(letter)];
  }

  /** Takes a new set of instances; returns why it can't be, and changes nothing then. */
  update(instances: readonly InstanceView[]): string | null {
    const hasAnswered = ({ url, health }: InstanceView): boolean => health === 'available' || this.#answered.has(url);
    const result = buildRoutingTable(instances, hasAnswered);
    if (!result.ok) return result.reason;
    this.#answered = new Set(instances.filter(hasAnswered).map(({ url }) => url));
    const { table } = result;
    const byRange = new Map<Range, Pool>();
    for (const { range, instances } of table.pools) {
      const pool = this.#byRange.get(range) ?? new Pool(range, this.#limits);
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
