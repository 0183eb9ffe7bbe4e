// Sees to it that a dataset's files for a layout are on disk: those that are intact stay, the letters of others are
// taken from files of another layout, and only what nothing on disk gives is made (again). Does not touch the catalog.

import { availableParallelism } from 'node:os';
import type { Catalog, DatasetEntry, DatasetSource } from '../people/catalog.ts';
import type { Layout, Range } from '../people/range.ts';
import { datasetId, type ShardDraft } from '../people/shard-file.ts';
import { createCrew } from './crew.ts';
import { workFolderOf } from './data-folder.ts';
import { findIntact, isShardOf, type Letters, lettersOfShards, listRanges, writeShard } from './dataset-files.ts';
import { makeLetters, RUN_PEOPLE } from './make-letters.ts';
import { findDataset } from './next-catalog.ts';
import type { Meter } from './progress.ts';

export interface BuildOptions {
  readonly source: DatasetSource;
  readonly layout: Layout;
  readonly skipInvalid: boolean;
  readonly dataFolder: string;
  readonly threads: number | undefined;
}

/** A dataset that is wholly on disk. */
export interface BuiltDataset {
  readonly entry: DatasetEntry;
  readonly letters: Letters;
  /** Files that had to be written. */
  readonly written: number;
}

const MAX_THREADS = 8;

/** Builds what is missing. `catalog` is what the folder knows; all else has been removed from it. */
export async function buildDataset(
  options: BuildOptions,
  catalog: Catalog | null,
  meter: Meter,
): Promise<BuiltDataset> {
  const { dataFolder, layout, source } = options;
  const known = findDataset(catalog, source, options.skipInvalid);
  const found = known && (await findOnDisk(dataFolder, known.id, layout));
  const letters = found?.letters ?? (await make(options, meter));
  const id = datasetId(letters.values());
  const intact = found?.intact ?? (await findIntact(dataFolder, id, layout));

  const missing = layout.filter((range) => !isShardOf(intact.get(range), letters));
  for (const range of missing) meter.pass(await writeShard(dataFolder, id, range, letters));
  const people = [...letters.values()].reduce((sum, { count }) => sum + count, 0);
  return { entry: { id, people, source }, letters, written: missing.length };
}

interface Found {
  readonly letters: Letters;
  readonly intact: ReadonlyMap<Range, ShardDraft>;
}

/** A known dataset out of its own files, of this or other layouts; null when they do not give all of it. */
async function findOnDisk(dataFolder: string, id: string, layout: Layout): Promise<Found | null> {
  const intact = await findIntact(dataFolder, id, layout);
  const isComplete = intact.size === layout.length;
  const others = isComplete ? [] : (await listRanges(dataFolder, id)).filter((range) => !layout.includes(range));
  const shards = [...(await findIntact(dataFolder, id, others)).values(), ...intact.values()];
  const letters = lettersOfShards(shards);
  return letters && datasetId(letters.values()) === id ? { letters, intact } : null;
}

async function make(options: BuildOptions, meter: Meter): Promise<Letters> {
  const { people, seed, locales } = options.source;
  const crew = createCrew(options.threads ?? defaultThreads(people));
  try {
    return await makeLetters(
      {
        people,
        generator: { seed, locales },
        skipInvalid: options.skipInvalid,
        workFolder: workFolderOf(options.dataFolder),
      },
      crew,
      meter.pass,
    );
  } finally {
    await crew.close();
  }
}

function defaultThreads(people: number): number {
  return Math.min(availableParallelism(), Math.ceil(people / RUN_PEOPLE), MAX_THREADS);
}
