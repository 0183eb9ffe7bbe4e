// Which dataset of a pool is the newest: only its pages are kept (DESIGN §8). Ids are hashes and have no order, so the
// newest is the one that came last. Pure.

interface Announced {
  readonly dataset: string | null;
}

/** The newest dataset, from the one before and the instances before and after a change. */
export function newestDataset(
  newest: string | null,
  before: readonly Announced[],
  after: readonly Announced[],
): string | null {
  const known = new Set(before.map(({ dataset }) => dataset));
  const added = after.find(({ dataset }) => dataset !== null && dataset !== newest && !known.has(dataset));
  if (added) return added.dataset;
  if (after.length === 0 || after.some(({ dataset }) => dataset === newest)) return newest;
  return after.find(({ dataset }) => dataset !== null)?.dataset ?? newest;
}
