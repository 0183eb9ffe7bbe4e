// What the tests of seeding share: options, a data folder as its bytes, and as the people that instances would load.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { requireCatalog } from '../../people/catalog.ts';
import type { Person } from '../../people/person.ts';
import { parseLayout } from '../../people/range.ts';
import { datasetId, ShardFile, shardFilePath } from '../../people/shard-file.ts';
import type { SeedOptions } from '../../seed/main.ts';

/** The usual options, in this process. */
export function seedOptions(dataFolder: string, others: Partial<SeedOptions> = {}): SeedOptions {
  const layout = parseLayout('A-D,E-P,Q-Z');
  return { people: 300, seed: 42, layout, locales: ['en'], skipInvalid: false, dataFolder, threads: 1, ...others };
}

/** All files of a folder, by their path in it, as text. */
export async function readFolder(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files: Record<string, string> = {};
  for (const path of paths.sort()) files[relative(folder, path)] = await readFile(path, 'utf8');
  return files;
}

/** The people of the current dataset, in order, read and checked as instances do; throws when they could not. */
export async function loadCurrent(dataFolder: string): Promise<Person[]> {
  const { current, layout } = await requireCatalog(dataFolder);
  const blocks = [];
  for (const range of layout) {
    const shard = await new ShardFile(shardFilePath(dataFolder, current, range)).read();
    if (shard?.dataset !== current) throw new Error(`there is no ${range} of ${current}`);
    blocks.push(...shard.letters.values());
  }
  if (datasetId(blocks) !== current) throw new Error(`these are not the people of ${current}`);
  return blocks.flatMap(({ block }) => JSON.parse(`[${block}]`) as Person[]);
}

/** How a seeder in another process ended: by a signal, or with what it had to say. */
export interface ChildOutcome {
  readonly signal: NodeJS.Signals | null;
  readonly said: Record<string, unknown> | null;
}

/** Runs the compiled seeder in another process; `limit` is a shell command to run first (`ulimit …`). */
export async function seedInChild(
  options: SeedOptions,
  { killAt, limit = ':' }: { readonly killAt?: number; readonly limit?: string } = {},
): Promise<ChildOutcome> {
  const program = fileURLToPath(new URL('./seed-child.mjs', import.meta.url));
  const json = JSON.stringify({ ...options, layout: options.layout.join(), killAt });
  const child = spawn('sh', ['-c', `${limit}; exec "$@"`, 'sh', process.execPath, program, json], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said, [, signal]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return { signal, said: said ? JSON.parse(said) : null };
}
