// Letter → pool, as an immutable value that is replaced whole (DESIGN §8). Pure: no timer, no socket.
// Invariants (property-tested): a letter has at most one owner; the order of the instances does not matter;
// with an instance for each range of a layout every letter has an owner.

import { LETTERS, type Letter, letterIndex } from '../../people/letter.ts';
import { type Range, rangeHolds, rangesOverlap } from '../../people/range.ts';
import type { Announcement } from '../../registry/announcement.ts';

/** All instances of one range. */
export interface PoolEntry<A extends Announcement = Announcement> {
  readonly range: Range;
  readonly epoch: number;
  readonly instances: readonly A[];
}

export interface RoutingTable<A extends Announcement = Announcement> {
  /** Pools in the order of their ranges. */
  readonly pools: readonly PoolEntry<A>[];
  /** The pool that owns a letter; undefined where nobody does. */
  poolOf(letter: Letter): PoolEntry<A> | undefined;
}

export type TableResult<A extends Announcement = Announcement> =
  | { readonly ok: true; readonly table: RoutingTable<A> }
  | { readonly ok: false; readonly reason: string };

/**
 * Builds the table. Instances of one range are one pool whatever their epoch; a letter goes to the highest-epoch
 * range that holds it. A range none of whose instances ever answered (`hasAnswered`) takes letters from no other: one
 * that is announced and cannot be reached would take them from who serves them. Two different ranges of one epoch that
 * overlap are refused, with the reason.
 */
export function buildRoutingTable<A extends Announcement>(
  instances: readonly A[],
  hasAnswered: (instance: A) => boolean = () => true,
): TableResult<A> {
  const pools = gatherPools(instances);
  for (const [i, a] of pools.entries()) {
    for (const b of pools.slice(i + 1)) {
      if (a.epoch === b.epoch && rangesOverlap(a.range, b.range)) {
        return { ok: false, reason: `ranges ${a.range} and ${b.range} of epoch ${a.epoch} overlap` };
      }
    }
  }
  const newestFirst = pools.toSorted((a, b) => b.epoch - a.epoch);
  const owners = LETTERS.map((letter) => {
    const holding = newestFirst.filter(({ range }) => rangeHolds(range, letter));
    return holding.find((pool) => pool.instances.some(hasAnswered)) ?? holding[0];
  });
  return { ok: true, table: { pools, poolOf: (letter) => owners[letterIndex(letter)] } };
}

function gatherPools<A extends Announcement>(instances: readonly A[]): readonly PoolEntry<A>[] {
  return [...groupByRange(instances)]
    .map(([range, members]) => ({
      range,
      epoch: Math.max(...members.map(({ epoch }) => epoch ?? 0)),
      instances: members.toSorted((a, b) => compareText(a.id, b.id) || compareText(a.url, b.url)),
    }))
    .sort((a, b) => compareText(a.range, b.range) || b.epoch - a.epoch);
}

function groupByRange<A extends Announcement>(instances: readonly A[]): Map<Range, A[]> {
  const groups = new Map<Range, A[]>();
  for (const instance of instances) {
    const group = groups.get(instance.range);
    if (group) group.push(instance);
    else groups.set(instance.range, [instance]);
  }
  return groups;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
