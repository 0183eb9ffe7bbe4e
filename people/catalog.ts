// data/catalog.json: which datasets there are, which one is current, the layout in force and its epoch.
// Invariant: it is replaced whole and last, so a reader sees the old or the new state, never a mix.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Adapter, Low } from 'lowdb';
import { writeDurably } from '../runtime/durable-file.ts';
import { messageOf, systemCode, UserError } from '../runtime/user-error.ts';
import { type Layout, parseLayout } from './range.ts';

/** What a dataset was made from: equal sources make equal bytes. */
export interface DatasetSource {
  readonly people: number;
  readonly seed: number;
  readonly locales: readonly string[];
  /** Names and versions of what shapes the bytes; another generator is another source. */
  readonly generator: string;
}

/** One dataset that is on disk. */
export interface DatasetEntry {
  readonly id: string;
  readonly people: number;
  readonly source: DatasetSource;
}

/** The catalog's content. `datasets` is oldest first; `current` is the id of one of them. */
export interface Catalog {
  readonly current: string;
  readonly epoch: number;
  readonly layout: Layout;
  readonly datasets: readonly DatasetEntry[];
}

/** The catalog of a data folder; null where there is none. Throws UserError (data) when it is damaged. */
export async function readCatalog(dataFolder: string): Promise<Catalog | null> {
  const catalog = new Low<Catalog | null>(new CatalogFile(dataFolder), null);
  await catalog.read();
  return catalog.data;
}

/** As readCatalog, but a folder without data is an error that says what to run. */
export async function requireCatalog(dataFolder: string): Promise<Catalog> {
  const catalog = await readCatalog(dataFolder);
  if (catalog) return catalog;
  throw new UserError('data-missing', `no data in "${dataFolder}": run "zpeople seed --data ${dataFolder}" first`);
}

/** Replaces the catalog, durably. */
export async function writeCatalog(dataFolder: string, content: Catalog): Promise<void> {
  const catalog = new Low<Catalog | null>(new CatalogFile(dataFolder), content);
  await catalog.write();
}

class CatalogFile implements Adapter<Catalog | null> {
  readonly path: string;

  constructor(dataFolder: string) {
    this.path = join(dataFolder, 'catalog.json');
  }

  async read(): Promise<Catalog | null> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return null;
      throw new UserError('data', `catalog ${this.path} cannot be read: ${messageOf(error)}`, { cause: error });
    }
    try {
      return parseCatalog(text);
    } catch (error) {
      throw new UserError(
        'data',
        `catalog ${this.path} is damaged (${messageOf(error)}); remove it and run "zpeople seed"`,
        { cause: error },
      );
    }
  }

  async write(catalog: Catalog | null): Promise<void> {
    await writeDurably(this.path, (file) => file.writeFile(`${JSON.stringify(catalog, null, 2)}\n`));
  }
}

function parseCatalog(text: string): Catalog {
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) throw new Error('it is no object');
  const { current, epoch, layout, datasets } = value;
  if (!Array.isArray(layout)) throw new Error('it has no layout');
  if (!isCount(epoch) || epoch < 1) throw new Error('its epoch is no positive number');
  if (!Array.isArray(datasets) || !datasets.every(isEntry)) throw new Error('its list of datasets is odd');
  if (!datasets.some(({ id }) => id === current)) throw new Error('its current dataset is not in its list');
  return { current: current as string, epoch, layout: parseLayout(layout.join(',')), datasets };
}

function isEntry(value: unknown): value is DatasetEntry {
  if (!isObject(value)) return false;
  const { id, people, source } = value;
  return typeof id === 'string' && /^[0-9a-f]+$/.test(id) && isCount(people) && isSource(source);
}

function isSource(value: unknown): value is DatasetSource {
  if (!isObject(value)) return false;
  const { people, seed, locales, generator } = value;
  return isCount(people) && Number.isSafeInteger(seed) && Array.isArray(locales) && typeof generator === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
