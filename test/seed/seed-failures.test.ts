// What can go wrong while seeding, in real processes and on a real disk: the dataset before must serve on.

import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readCatalog } from '../../people/catalog.ts';
import { parseLayout } from '../../people/range.ts';
import { seedDataset } from '../../seed/main.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { loadCurrent, readFolder, seedInChild, seedOptions } from './seeding.ts';

const MANY = 60_000; // more than one run, so that both threads have work

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

describe('threads', () => {
  it('give the bytes that one gives', async () => {
    const other = await temporaryFolder();
    const [own, child] = await Promise.all([
      seedDataset(seedOptions(folder, { people: MANY, locales: ['en', 'de'] })),
      seedInChild(seedOptions(other, { people: MANY, locales: ['en', 'de'], threads: 3 })),
    ]);
    expect(child.said).toEqual({ dataset: own.dataset, people: MANY, isUnchanged: false });
    const [ours, theirs] = [await readFolder(folder), await readFolder(other)];
    expect(Object.keys(theirs)).toEqual(Object.keys(ours));
    for (const path of Object.keys(ours)) expect(theirs[path] === ours[path], path).toBe(true);
  });
});

describe('a seed that is killed', () => {
  it.each([
    ['while it makes people', 0],
    ['between making and merging', 1 / 3],
    ['while it merges', 0.5],
    ['with one shard written', 0.7],
    ['with all shards written, just before the switch', 1],
  ])('%s leaves the dataset before in force; the next one cleans up', async (_, killAt) => {
    const { dataset } = await seedDataset(seedOptions(folder));
    const before = await readFolder(folder);
    const people = await loadCurrent(folder);
    const options = seedOptions(folder, { people: MANY, threads: 2 });

    expect(await seedInChild(options, { killAt })).toEqual({ signal: 'SIGKILL', said: null });
    expect(await readFolder(folder)).toMatchObject(before);
    expect(await readCatalog(folder)).toMatchObject({ current: dataset });
    expect(await loadCurrent(folder)).toEqual(people);
    expect(Object.keys(await readFolder(folder)).length).toBeGreaterThan(Object.keys(before).length);

    expect(await seedDataset(seedOptions(folder))).toMatchObject({ dataset, isUnchanged: true });
    expect(await readFolder(folder)).toEqual(before);
  });

  it('as the first of its folder leaves nothing that would be taken for data', async () => {
    const options = seedOptions(folder, { people: 3000, threads: 0 });
    expect(await seedInChild(options, { killAt: 1 })).toEqual({ signal: 'SIGKILL', said: null });
    expect(await readCatalog(folder)).toBeNull();
    await seedDataset(options);
    const clean = await temporaryFolder();
    await seedDataset({ ...options, dataFolder: clean });
    expect(await readFolder(folder)).toEqual(await readFolder(clean));
  });
});

describe('a disk that fails', () => {
  // As a full disk does, a limit on the size of files makes writes fail midway. In blocks of 512 bytes: a run of 50,000
  // people takes some 16,000, a file of all 60,000 some 19,000.
  it.each([
    ['in a run', 'ulimit -f 512', 0],
    ['in a shard', 'ulimit -f 17500', (2 / 3) * MANY],
  ])('%s ends the seed in one line; the dataset before is as it was', async (_, limit, reached) => {
    await seedDataset(seedOptions(folder));
    const before = await readFolder(folder);
    const options = seedOptions(folder, { people: MANY, layout: parseLayout('A-Z'), threads: 2 });
    const { said } = await seedInChild(options, { limit });
    expect(said).toEqual({
      name: 'UserError',
      code: 'failed',
      message: `seeding "${folder}" failed: EFBIG: file too large, write; what was there before is intact`,
      reached: expect.any(Number),
    });
    expect(said?.reached).toBeGreaterThanOrEqual(reached);
    expect(await readFolder(folder)).toEqual(before);
  });

  it('as a file where the folder should be, is named', async () => {
    const path = join(folder, 'data');
    await writeFile(path, 'a file');
    for (const dataFolder of [path, join(path, 'deeper')]) {
      await expect(seedDataset(seedOptions(dataFolder))).rejects.toMatchObject({
        name: 'UserError',
        code: 'failed',
        message: expect.stringContaining(`"${dataFolder}"`),
      });
    }
  });

  it.skipIf(process.getuid?.() === 0)('as a folder that may not be written, is named', async () => {
    await chmod(folder, 0o500);
    await expect(seedDataset(seedOptions(folder))).rejects.toMatchObject({
      name: 'UserError',
      code: 'failed',
      message: expect.stringMatching(/EACCES/),
    });
  });

  it('as a damaged catalog, is said, and no dataset is removed for it', async () => {
    await seedDataset(seedOptions(folder));
    await writeFile(join(folder, 'catalog.json'), '{');
    const before = await readFolder(folder);
    await expect(seedDataset(seedOptions(folder))).rejects.toMatchObject({ code: 'data' });
    expect(await readFolder(folder)).toEqual(before);
  });
});

it('of two seeds at once one goes ahead and the other is told', async () => {
  const outcomes = await Promise.allSettled([
    seedDataset(seedOptions(folder)),
    seedDataset(seedOptions(folder, { seed: 7 })),
  ]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const refused = outcomes.find((outcome) => outcome.status === 'rejected');
  expect(refused?.reason).toMatchObject({
    code: 'failed',
    message: expect.stringMatching(/^another seed \(pid \d+\)/),
  });
  expect(await loadCurrent(folder)).toHaveLength(300);
});

describe('options', () => {
  it.each([
    [{ people: 0 }, '"0"'],
    [{ people: -5 }, '"-5"'],
    [{ people: 1.5 }, '"1.5"'],
    [{ people: Number.NaN }, '"NaN"'],
    [{ people: 2 ** 53 }, '"9007199254740992"'],
    [{ seed: 0.5 }, '"0.5"'],
    [{ seed: Infinity }, '"Infinity"'],
    [{ locales: [] }, 'locale'],
    [{ locales: ['en', 'xx'] }, '"xx"'],
  ])('%j are refused before anything is written', async (others, named) => {
    const dataFolder = join(folder, 'data');
    await expect(seedDataset(seedOptions(dataFolder, others))).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(named),
    });
    expect(await readFolder(folder)).toEqual({});
  });
});
