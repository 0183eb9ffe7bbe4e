// Whether the disk holds what a bench is about to write: a full disk would fail it minutes later, and others too.

import { statfsSync } from 'node:fs';
import { UserError } from '../../runtime/user-error.ts';

/** Of a seeded person in its shard file, and once more while seeding. */
const BYTES_PER_PERSON = 2 * 200;

/** Throws UserError when so many people do not fit on the folder's disk. */
export function requireSpace(folder: string, people: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const wanted = people * BYTES_PER_PERSON;
  const free = bavail * bsize;
  if (free >= wanted) return;
  const gb = (bytes: number): string => (bytes / 1e9).toFixed(1);
  throw new UserError(
    'failed',
    `${people.toLocaleString('en-US')} people need ${gb(wanted)} GB in ${folder}, where ${gb(free)} GB are free; TMPDIR names another disk`,
  );
}
