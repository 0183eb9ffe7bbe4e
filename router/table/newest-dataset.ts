// Which dataset of a pool is the newest: only its pages are kept (DESIGN §8). Ids are hashes and have no order of their
// own, so the newest is the one that came last. An instance that only lost touch brings nothing new when it is back.
// Pure.

interface Announced {
  readonly url: string;
  readonly dataset: string | null;
}

const KEPT = 16;

/** The datasets of a pool as they came, the newest last, after a change of its instances. */
export function datasetOrder(
  order: readonly string[],
  before: readonly Announced[],
  after: readonly Announced[],
): readonly string[] {
  let next = order;
  for (const { url, dataset } of after) {
    if (dataset === null || dataset === next.at(-1)) continue;
    const had = before.find((instance) => instance.url === url)?.dataset ?? null;
    const hasReloaded = had !== null && had !== dataset;
    if (hasReloaded || !next.includes(dataset)) next = [...next.filter((known) => known !== dataset), dataset];
  }
  return next.slice(-KEPT);
}

/** The newest dataset that an instance has; null when none has any. */
export function newestDataset(order: readonly string[], instances: readonly Announced[]): string | null {
  return order.findLast((known) => instances.some(({ dataset }) => dataset === known)) ?? null;
}
