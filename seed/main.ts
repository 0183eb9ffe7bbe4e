// Seeding: from options to a dataset on disk that the catalog names. Invariants: the same options give the same bytes;
// the catalog is switched last, so that whatever happens on the way, what was served before can be served still.

import { mkdir, stat } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { readCatalog, writeCatalog } from '../people/catalog.ts';
import type { Letter } from '../people/letter.ts';
import { type Layout, lettersOf, type Range } from '../people/range.ts';
import { type LetterSummary, shardFilePath } from '../people/shard-file.ts';
import { messageOf, systemCode, UserError } from '../runtime/user-error.ts';
import { buildDataset } from './build-dataset.ts';
import { removeLeftovers } from './data-folder.ts';
import type { Letters } from './dataset-files.ts';
import { GENERATOR } from './generator.ts';
import { isSameCatalog, nextCatalog } from './next-catalog.ts';
import { createMeter, type SeedProgress } from './progress.ts';
import { acquireSeedLock } from './seed-lock.ts';
import { requireLocales } from './vocabulary.ts';

export type { SeedProgress } from './progress.ts';

export interface SeedOptions {
  /** How many to make, 1 or more. */
  readonly people: number;
  /** Any whole number; another one, other people. */
  readonly seed: number;
  readonly layout: Layout;
  /** Names of faker's locales, one or more. */
  readonly locales: readonly string[];
  /** Leave out records whose name has no letter, instead of refusing all. */
  readonly skipInvalid: boolean;
  readonly dataFolder: string;
  /** Threads at work; 0 or 1: this one. Default: as many as there are cores, at most 8, fewer for few people. */
  readonly threads?: number;
}

/** A shard file of the layout. */
export interface SeededFile {
  readonly range: Range;
  readonly path: string;
  readonly bytes: number;
  readonly people: number;
}

export interface SeedResult {
  readonly dataset: string;
  readonly people: number;
  /** Records left out, because their first name has no letter. */
  readonly skipped: number;
  readonly layout: Layout;
  readonly letters: ReadonlyMap<Letter, LetterSummary>;
  readonly files: readonly SeededFile[];
  readonly tookMs: number;
  /** The folder held exactly this already: nothing was written. */
  readonly isUnchanged: boolean;
}

/**
 * Writes the dataset of these options and makes it the current one.
 * Throws UserError: usage (a bad option), data (a record without a letter, a damaged catalog), failed (the disk,
 * another seed at work); then the datasets from before are as they were.
 */
export async function seedDataset(options: SeedOptions, progress?: SeedProgress): Promise<SeedResult> {
  checkOptions(options);
  const { dataFolder } = options;
  try {
    await mkdir(dataFolder, { recursive: true });
    const release = await acquireSeedLock(dataFolder);
    try {
      return await seedLocked(options, progress);
    } finally {
      await release();
    }
  } catch (error) {
    if (error instanceof UserError || !systemCode(error)) throw error;
    throw new UserError(
      'failed',
      `seeding "${dataFolder}" failed: ${messageOf(error)}; what was there before is intact`,
      {
        cause: error,
      },
    );
  }
}

async function seedLocked(options: SeedOptions, progress: SeedProgress | undefined): Promise<SeedResult> {
  const startedAt = performance.now();
  const { people, seed, locales, layout, dataFolder, skipInvalid, threads } = options;
  const before = await readCatalog(dataFolder);
  await removeLeftovers(dataFolder, before);
  const meter = createMeter(people, progress);
  try {
    const source = { people, seed, locales, generator: GENERATOR };
    const built = await buildDataset({ source, layout, skipInvalid, dataFolder, threads }, before, meter);
    const catalog = nextCatalog(before, built.entry, layout);
    const isUnchanged = built.written === 0 && isSameCatalog(before, catalog);
    if (!isUnchanged) await writeCatalog(dataFolder, catalog);
    await removeLeftovers(dataFolder, catalog);
    meter.finish();
    return {
      dataset: built.entry.id,
      people: built.entry.people,
      skipped: people - built.entry.people,
      layout,
      letters: built.letters,
      files: await Promise.all(layout.map((range) => describeFile(dataFolder, built.entry.id, range, built.letters))),
      tookMs: performance.now() - startedAt,
      isUnchanged,
    };
  } catch (error) {
    // The catalog is asked anew: it may have been switched before the failure.
    await readCatalog(dataFolder)
      .then((catalog) => removeLeftovers(dataFolder, catalog))
      .catch(() => {});
    throw error;
  }
}

async function describeFile(dataFolder: string, id: string, range: Range, letters: Letters): Promise<SeededFile> {
  const path = shardFilePath(dataFolder, id, range);
  const { size } = await stat(path);
  const people = lettersOf(range).reduce((sum, letter) => sum + letters.get(letter)!.count, 0);
  return { range, path, bytes: size, people };
}

function checkOptions({ people, seed, locales }: SeedOptions): void {
  if (!Number.isSafeInteger(people) || people < 1)
    throw UserError.usage(`"${people}" is no number of people; give a whole number from 1 on`);
  if (!Number.isSafeInteger(seed)) throw UserError.usage(`"${seed}" is no seed; give a whole number`);
  if (locales.length === 0) throw UserError.usage('there is no locale; name one, like en');
  requireLocales(locales);
}
