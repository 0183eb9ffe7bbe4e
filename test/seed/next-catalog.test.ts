import { describe, expect, it } from 'vitest';
import type { Catalog, DatasetEntry } from '../../people/catalog.ts';
import { parseLayout } from '../../people/range.ts';
import { findDataset, isSameCatalog, nextCatalog } from '../../seed/next-catalog.ts';

const THREE = parseLayout('A-D,E-P,Q-Z');
const TWO = parseLayout('A-M,N-Z');

const dataset = (id: string, people = 1000): DatasetEntry => ({
  id,
  people,
  source: { people: 1000, seed: id.charCodeAt(0), locales: ['en', 'de'], generator: 'test 1' },
});
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => dataset(id)) as [
  DatasetEntry,
  DatasetEntry,
  DatasetEntry,
  DatasetEntry,
];
const catalog = (datasets: DatasetEntry[], layout = THREE, epoch = 1): Catalog => ({
  current: datasets.at(-1)!.id,
  epoch,
  layout,
  datasets,
});

describe('the next catalog', () => {
  it.each([
    ['the first', null, a, THREE, catalog([a])],
    ['another dataset', catalog([a]), b, THREE, catalog([a, b])],
    ['another layout', catalog([a]), a, TWO, catalog([a], TWO, 2)],
    ['both', catalog([a], THREE, 7), b, TWO, catalog([a, b], TWO, 8)],
    ['the same', catalog([a, b]), b, THREE, catalog([a, b])],
    ['the fourth: the oldest goes', catalog([a, b, c]), d, THREE, catalog([b, c, d])],
    ['an older one again: it is the latest now', catalog([a, b, c]), a, THREE, catalog([b, c, a])],
    ['the same source with other people', catalog([a, b]), { ...a, id: 'z' }, THREE, catalog([b, { ...a, id: 'z' }])],
    ['the same people from another source', catalog([a, b]), { ...b, id: 'a' }, THREE, catalog([{ ...b, id: 'a' }])],
  ])('after %s', (_, before, entry, layout, after) => {
    expect(nextCatalog(before, entry, layout)).toEqual(after);
    expect(before !== null && isSameCatalog(before, after)).toBe(_ === 'the same');
  });
});

describe('a dataset is recognised', () => {
  it('by its whole source', () => {
    expect(findDataset(catalog([a, b]), a.source, false)).toBe(a);
    for (const other of [
      { people: 999 },
      { seed: 0 },
      { locales: ['de', 'en'] },
      { locales: ['en'] },
      { generator: 'test 2' },
    ]) {
      expect(findDataset(catalog([a, b]), { ...a.source, ...other }, false)).toBeUndefined();
    }
    expect(findDataset(null, a.source, false)).toBeUndefined();
  });

  it('with records left out only by who allows that', () => {
    const skipping = catalog([dataset('a', 990)]);
    expect(findDataset(skipping, a.source, false)).toBeUndefined();
    expect(findDataset(skipping, a.source, true)).toMatchObject({ people: 990 });
  });
});
