// What may lie in a data folder: the catalog, the datasets it knows, and the seeder's own work while it runs.
// Invariant: what the catalog knows is never touched here; the rest of ours goes (a killed seed leaves such).
// To be called only by who holds the seed lock.

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Catalog } from '../people/catalog.ts';
import { TEMPORARY_FILE } from '../runtime/durable-file.ts';
import { systemCode } from '../runtime/user-error.ts';

const WORK_FOLDER = '.seed-work';
const DATASET_FOLDER = /^[0-9a-f]{12}$/;

/** Where a seed keeps its temporary files: beside the datasets, so on the same disk. */
export function workFolderOf(dataFolder: string): string {
  return join(dataFolder, WORK_FOLDER);
}

/** Removes temporary files, and the folders of datasets that the catalog does not know. */
export async function removeLeftovers(dataFolder: string, catalog: Catalog | null): Promise<void> {
  const known = new Set(catalog?.datasets.map(({ id }) => id));
  for (const name of await list(dataFolder)) {
    const path = join(dataFolder, name);
    if (known.has(name)) await removeTemporary(path);
    else if (name === WORK_FOLDER || DATASET_FOLDER.test(name)) await rm(path, { recursive: true, force: true });
  }
  await removeTemporary(dataFolder);
}

async function removeTemporary(folder: string): Promise<void> {
  for (const name of await list(folder)) {
    if (TEMPORARY_FILE.test(name)) await rm(join(folder, name), { force: true });
  }
}

async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
