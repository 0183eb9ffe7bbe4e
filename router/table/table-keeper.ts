// The primary's routing table: built from the members, kept when new ones cannot make one, with its age.

import type { Range } from '../../people/range.ts';
import type { Announcement } from '../../registry/announcement.ts';
import type { Logger } from '../../runtime/log.ts';
import type { InstanceView } from './members.ts';
import { buildRoutingTable, type RoutingTable } from './routing-table.ts';

const EMPTY: RoutingTable<InstanceView> = { pools: [], poolOf: () => undefined };

export class TableKeeper {
  readonly #log: Logger;
  #table = EMPTY;
  #instances: readonly InstanceView[] = [];
  #lostRanges: readonly Range[] = [];
  #confirmedAt: number | null = null;

  constructor(log: Logger) {
    this.#log = log;
  }

  get table(): RoutingTable<InstanceView> {
    return this.#table;
  }

  /** The instances the table was built from: what workers build theirs from. */
  get instances(): readonly InstanceView[] {
    return this.#instances;
  }

  /** Ranges that had instances once, and whose letters nobody serves now. */
  get lostRanges(): readonly Range[] {
    return this.#lostRanges;
  }

  /** The registry answered: the table is as new as that. */
  confirm(): void {
    if (this.hasHadTable) this.#confirmedAt = performance.now();
  }

  /** Whether there ever was a table. */
  get hasHadTable(): boolean {
    return this.#confirmedAt !== null;
  }

  /** Seconds since the table was last built or confirmed; null before the first. */
  get ageS(): number | null {
    return this.#confirmedAt === null ? null : (performance.now() - this.#confirmedAt) / 1000;
  }

  /** Takes the members; false when they make no table, which then stays as it was. */
  update(members: readonly InstanceView[]): boolean {
    const result = buildRoutingTable(members);
    if (!result.ok) {
      this.#log.warn(`the routing table stays as it was: ${result.reason}`);
      return false;
    }
    const known = [...this.#lostRanges, ...this.#table.pools.map(({ range }) => range)];
    this.#table = result.table;
    this.#instances = members;
    this.#lostRanges = [...new Set(known)].filter((range) => !this.#table.poolOf(range.charAt(0) as never));
    if (members.length > 0) this.#confirmedAt = performance.now();
    return true;
  }
}

/** Why a candidate may not join the others; null when it may. */
export function refusalOf(candidate: Announcement, others: readonly Announcement[]): string | null {
  const result = buildRoutingTable([...others, candidate]);
  return result.ok ? null : result.reason;
}
