import { mkdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readCatalog } from '../../people/catalog.ts';
import { LETTERS, letterOfName } from '../../people/letter.ts';
import { comparePeople } from '../../people/person.ts';
import { parseLayout } from '../../people/range.ts';
import { seedDataset } from '../../seed/main.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { loadCurrent, readFolder, seedOptions } from './seeding.ts';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

describe('a dataset', () => {
  it('holds all people asked for, in order, and the result says so', async () => {
    const result = await seedDataset(seedOptions(folder));
    const people = await loadCurrent(folder);
    expect(result).toMatchObject({ people: 300, skipped: 0, isUnchanged: false, layout: ['A-D', 'E-P', 'Q-Z'] });
    expect(people.map(({ id }) => Number(id.slice(1))).sort((a, b) => a - b)).toEqual([...Array(301).keys()].slice(1));
    for (const letter of LETTERS) {
      const own = people.filter(({ firstName }) => letterOfName(firstName) === letter);
      expect(result.letters.get(letter)?.count).toBe(own.length);
      expect(own).toEqual(own.toSorted(comparePeople));
    }
    for (const { range, path, bytes, people: count } of result.files) {
      const text = await readFile(path, 'utf8');
      expect(path).toBe(`${folder}/${result.dataset}/${range}.json`);
      expect(Buffer.byteLength(text)).toBe(bytes);
      expect(JSON.parse(text).people).toHaveLength(count);
    }
  });

  it('has the same id and bytes on every machine', async () => {
    // The same ids on Node 20, 22, 24 and 26. When they change, GENERATOR in seed/generator.ts must, too.
    const ids = [];
    for (const locales of [['en'], ['en', 'de', 'zh_CN', 'ja', 'ru', 'ar']]) {
      ids.push((await seedDataset(seedOptions(folder, { people: 1000, locales }))).dataset);
    }
    expect(ids).toEqual(['a14bde28ab2e', '84a9fddff40c']);
  });

  it('is the same in another folder, with its catalog', async () => {
    const other = await temporaryFolder();
    await seedDataset(seedOptions(folder));
    await seedDataset(seedOptions(other));
    expect(await readFolder(other)).toEqual(await readFolder(folder));
  });

  it('has the same people and id in any layout', async () => {
    const { dataset } = await seedDataset(seedOptions(folder));
    const people = await loadCurrent(folder);
    for (const layout of ['A-Z', LETTERS.join(','), 'A-C,D-Y,Z']) {
      const other = await temporaryFolder();
      expect(await seedDataset(seedOptions(other, { layout: parseLayout(layout) }))).toMatchObject({ dataset });
      expect(await loadCurrent(other)).toEqual(people);
    }
  });

  it('keeps its people when there are to be more', async () => {
    await seedDataset(seedOptions(folder, { people: 1200 }));
    const few = new Map((await loadCurrent(folder)).map((person) => [person.id, person]));
    await seedDataset(seedOptions(folder, { people: 2100 }));
    const many = await loadCurrent(folder);
    expect(many).toHaveLength(2100);
    for (const person of many) expect(few.get(person.id) ?? person).toEqual(person);
  });

  it('can be one person', async () => {
    await seedDataset(seedOptions(folder, { people: 1 }));
    expect(await loadCurrent(folder)).toHaveLength(1);
  });

  it('tells how far it is, never backwards, and ends with all', async () => {
    const told: number[] = [];
    const onProgress = (done: number, total: number): void => {
      expect(total).toBe(2500);
      told.push(done);
    };
    await seedDataset(seedOptions(folder, { people: 2500 }), { onProgress });
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect([told.at(0)! < 500, told.at(-1)]).toEqual([true, 2500]);
  });
});

describe('seeding again', () => {
  /** Which file is which: a file that was written anew is another. */
  async function inodes(paths: readonly string[]): Promise<number[]> {
    return Promise.all(paths.map(async (path) => (await stat(path)).ino));
  }

  it('writes nothing when all is there', async () => {
    const { files } = await seedDataset(seedOptions(folder));
    const paths = [...files.map(({ path }) => path), join(folder, 'catalog.json')];
    const before = await inodes(paths);
    const again = await seedDataset(seedOptions(folder));
    expect(again).toMatchObject({ isUnchanged: true, people: 300, skipped: 0, files });
    expect(await inodes(paths)).toEqual(before);
  });

  it.each<[string, (path: string) => Promise<void>]>([
    ['missing', (path) => rm(path)],
    ['cut short', (path) => truncate(path, 500)],
    ['empty', (path) => truncate(path, 0)],
    [
      'changed in one byte',
      async (path) => {
        const bytes = await readFile(path);
        bytes[bytes.length >> 1]! ^= 1;
        await writeFile(path, bytes);
      },
    ],
    [
      'that of another dataset',
      async (path) => writeFile(path, (await readFile(path, 'utf8')).replace(/\w{12}/, '0'.repeat(12))),
    ],
    [
      'whole, but of other people under our name',
      async (path) => {
        const other = await temporaryFolder();
        const { dataset, files } = await seedDataset(seedOptions(other, { seed: 7 }));
        const own = basename(dirname(path));
        await writeFile(path, (await readFile(files[1]!.path, 'utf8')).replace(dataset, own));
      },
    ],
  ])('makes a file that is %s anew, and only that', async (_, damage) => {
    const { files } = await seedDataset(seedOptions(folder));
    const whole = await readFolder(folder);
    const [a, e, q] = files.map(({ path }) => path) as [string, string, string];
    const before = await inodes([a, q]);
    await damage(e);
    expect(await seedDataset(seedOptions(folder))).toMatchObject({ isUnchanged: false });
    expect(await readFolder(folder)).toEqual(whole);
    expect(await inodes([a, q])).toEqual(before);
  });

  it('with another layout adds its files, switches, and raises the epoch', async () => {
    const { dataset } = await seedDataset(seedOptions(folder));
    const before = await readFolder(folder);
    const two = seedOptions(folder, { layout: parseLayout('A-D,E-Z') });
    expect(await seedDataset(two)).toMatchObject({ dataset, isUnchanged: false });
    expect(await readCatalog(folder)).toMatchObject({ current: dataset, epoch: 2, layout: ['A-D', 'E-Z'] });
    const files = await readFolder(folder);
    expect(files).toMatchObject({ ...before, 'catalog.json': expect.any(String) });
    const elsewhere = await temporaryFolder();
    await seedDataset({ ...two, dataFolder: elsewhere });
    expect(files[`${dataset}/E-Z.json`]).toBe((await readFolder(elsewhere))[`${dataset}/E-Z.json`]);
    await seedDataset(seedOptions(folder));
    expect(await readCatalog(folder)).toMatchObject({ epoch: 3, layout: ['A-D', 'E-P', 'Q-Z'] });
  });

  it('with another layout makes people anew where a file it could take them from is damaged', async () => {
    const { files } = await seedDataset(seedOptions(folder));
    await truncate(files[1]!.path, 600);
    await seedDataset(seedOptions(folder, { layout: parseLayout('A-Z') }));
    expect(await loadCurrent(folder)).toHaveLength(300);
  });

  it('with other options keeps the last three datasets, the one in use among them', async () => {
    const seeds = [1, 2, 3, 4];
    const ids = [];
    for (const seed of seeds) ids.push((await seedDataset(seedOptions(folder, { seed }))).dataset);
    const [, two, three, four] = ids;
    expect((await readCatalog(folder))?.datasets.map(({ id }) => id)).toEqual([two, three, four]);
    await seedDataset(seedOptions(folder, { seed: 2 }));
    await seedDataset(seedOptions(folder, { seed: 5 }));
    const catalog = await readCatalog(folder);
    expect(catalog).toMatchObject({ epoch: 1, datasets: [{ id: four }, { id: two }, { id: catalog!.current }] });
    const folders = new Set(Object.keys(await readFolder(folder)).map((path) => path.split('/')[0]));
    expect(folders).toEqual(new Set(['catalog.json', four, two, catalog!.current]));
  });

  it('removes what a killed seed left, and nothing of anybody else', async () => {
    const { dataset } = await seedDataset(seedOptions(folder));
    const clean = await readFolder(folder);
    const mine = { 'README.md': 'mine', 'notes/0.json': '{}', '.env': 'x', 'deadbeef/A-D.json': 'short name' };
    const left = {
      '.seed-work/run-0': 'half',
      'deadbeef0123/A-D.json': 'half',
      '.catalog.json.4711.tmp': 'half',
      [`${dataset}/.A-D.json.4711.tmp`]: 'half',
    };
    for (const [path, content] of Object.entries({ ...mine, ...left })) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    expect(await seedDataset(seedOptions(folder))).toMatchObject({ isUnchanged: true });
    expect(await readFolder(folder)).toEqual({ ...clean, ...mine });
  });
});
