// What the catalog says after a seed, decided from what it said before. Pure.

import type { Catalog, DatasetEntry, DatasetSource } from '../people/catalog.ts';
import type { Layout } from '../people/range.ts';

/** Datasets that stay on disk, the current one included. */
export const DATASETS_KEPT = 3;

/** The dataset made from this source earlier. One with records left out counts only for who allows that. */
export function findDataset(
  catalog: Catalog | null,
  source: DatasetSource,
  skipInvalid: boolean,
): DatasetEntry | undefined {
  const entry = catalog?.datasets.find((candidate) => isSameSource(candidate.source, source));
  return entry && (skipInvalid || entry.people === source.people) ? entry : undefined;
}

/** The catalog with `entry` as current, hence latest dataset; its epoch grows when the layout changes. */
export function nextCatalog(before: Catalog | null, entry: DatasetEntry, layout: Layout): Catalog {
  const others = before?.datasets.filter(({ id, source }) => id !== entry.id && !isSameSource(source, entry.source));
  const datasets = [...(others ?? []), entry].slice(-DATASETS_KEPT);
  const epoch = before ? before.epoch + (isSameLayout(before.layout, layout) ? 0 : 1) : 1;
  return { current: entry.id, epoch, layout, datasets };
}

/** Whether two catalogs say the same. */
export function isSameCatalog(a: Catalog | null, b: Catalog): boolean {
  return (
    a?.current === b.current &&
    a.epoch === b.epoch &&
    isSameLayout(a.layout, b.layout) &&
    a.datasets.map(({ id }) => id).join() === b.datasets.map(({ id }) => id).join()
  );
}

function isSameLayout(a: Layout, b: Layout): boolean {
  return a.join() === b.join();
}

function isSameSource(a: DatasetSource, b: DatasetSource): boolean {
  return (
    a.people === b.people && a.seed === b.seed && a.generator === b.generator && a.locales.join() === b.locales.join()
  );
}
