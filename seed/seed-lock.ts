// One seed at a time in a data folder: `.seed.lock` holds the pid of the one at work.
// Invariant: the lock of a process that is gone stops nobody, also where pids repeat (a container's is always 1):
// the file says when its process began, too.

import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemCode, UserError } from '../runtime/user-error.ts';

const WRITING_MS = 100; // between creating the file and filling it lies a moment

/** Takes the lock of an existing folder; gives what releases it. Throws UserError (failed) while another seeds. */
export async function acquireSeedLock(dataFolder: string): Promise<() => Promise<void>> {
  const path = join(dataFolder, '.seed.lock');
  while (!(await create(path))) {
    const holder = await readHolder(path);
    if (holder === null) continue; // released just now
    if (isAtWork(holder)) {
      const pid = Number.parseInt(holder, 10);
      throw new UserError(
        'failed',
        `another seed (pid ${pid}) is at work in "${dataFolder}"; if there is none, remove ${path}`,
      );
    }
    await removeStale(path, holder);
  }
  return () => rm(path, { force: true });
}

/** Whether the process that wrote this into a lock still runs. */
export function isAtWork(holder: string): boolean {
  const [pid, timeOrigin] = holder.split(/\s/).map(Number);
  if (!pid || !Number.isSafeInteger(pid) || pid < 1) return false;
  if (pid === process.pid) return !timeOrigin || timeOrigin === performance.timeOrigin;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM'; // somebody else's process, but there
  }
}

/**
 * Removes the lock of a dead process. Of several who found it so, one at a time may look again and remove: else the
 * second would remove the lock that the first has made since.
 */
async function removeStale(path: string, holder: string): Promise<void> {
  const turn = `${path}.0.tmp`;
  if (await create(turn)) {
    if ((await readHolder(path)) === holder) await rm(path, { force: true });
    await rm(turn, { force: true });
    return;
  }
  const other = await readHolder(turn);
  if (other !== null && !isAtWork(other)) await rm(turn, { force: true });
}

async function create(path: string): Promise<boolean> {
  try {
    await writeFile(path, `${process.pid} ${performance.timeOrigin}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** What a lock says; null when it is gone. */
async function readHolder(path: string): Promise<string | null> {
  try {
    const holder = await readFile(path, 'utf8');
    if (holder.endsWith('\n')) return holder;
    await sleep(WRITING_MS);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}
