// Files that are either the old or the new, never half: temporary name, fsync, rename, fsync of the folder.

import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** How temporary files of an interrupted write are recognised (they may be removed by whoever holds the folder). */
export const TEMPORARY_FILE = /^\..+\.\d+\.tmp$/;

/**
 * Replaces `path` by what `fill` writes. On any failure (also in `fill`) the old file stays, the temporary one is
 * removed, and the error is passed on. Cost: two fsyncs.
 */
export async function writeDurably(path: string, fill: (file: FileHandle) => Promise<void>): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `.${basename(path)}.${process.pid}.tmp`);
  try {
    const file = await open(temporary, 'w');
    try {
      await fill(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** Makes renames and removals inside a folder survive a power cut. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
