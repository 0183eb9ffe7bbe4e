import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { acquireSeedLock } from '../../seed/seed-lock.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  path = join(folder, '.seed.lock');
});

/** A process that lives until the test is over. */
async function startProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await once(child, 'spawn');
  return child.pid!;
}

function pidOfTheDead(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

describe('the lock', () => {
  it('names its process, and is gone afterwards', async () => {
    const release = await acquireSeedLock(folder);
    expect(await readFile(path, 'utf8')).toMatch(new RegExp(`^${process.pid} `));
    await release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is not given twice, nor in one process', async () => {
    const release = await acquireSeedLock(folder);
    await expect(acquireSeedLock(folder)).rejects.toMatchObject({
      code: 'failed',
      message: `another seed (pid ${process.pid}) is at work in "${folder}"; if there is none, remove ${path}`,
    });
    await release();
    await (await acquireSeedLock(folder))();
  });

  it('of a living process is respected', async () => {
    const pid = await startProcess();
    await writeFile(path, `${pid}\n`);
    await expect(acquireSeedLock(folder)).rejects.toThrow(`another seed (pid ${pid})`);
    expect(await readFile(path, 'utf8')).toBe(`${pid}\n`);
  });

  it.each<[string, () => string]>([
    ['of a dead process', () => `${pidOfTheDead()} 1700000000000.5\n`],
    ['of an earlier process with our pid, as after a restart of a container', () => `${process.pid} 1700000000000.5\n`],
    ['that was never filled', () => ''],
    ['that says nothing', () => 'mine\n'],
    ['of pid 0', () => '0\n'],
    ['of a negative pid', () => '-1\n'],
  ])('%s stops nobody', async (_, content) => {
    await writeFile(path, content());
    const release = await acquireSeedLock(folder);
    expect(await readFile(path, 'utf8')).toMatch(new RegExp(`^${process.pid} `));
    await release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('that was left behind goes to one of many who want it', async () => {
    const stale = `${pidOfTheDead()} 1\n`;
    await writeFile(path, stale);
    await writeFile(`${path}.0.tmp`, stale); // and one died while removing it
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => acquireSeedLock(folder)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'failed' });
    }
  });
});
