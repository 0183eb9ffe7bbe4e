import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Catalog, readCatalog, requireCatalog, writeCatalog } from '../../people/catalog.ts';
import { parseLayout } from '../../people/range.ts';
import { UserError } from '../../runtime/user-error.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const entry = (id: string) => ({
  id,
  people: 1000,
  source: { people: 1000, seed: 42, locales: ['en'], generator: 'test 1' },
});
const CATALOG: Catalog = {
  current: 'bbbbbbbbbbbb',
  epoch: 3,
  layout: parseLayout('A-M,N-Z'),
  datasets: [entry('aaaaaaaaaaaa'), entry('bbbbbbbbbbbb')],
};

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

describe('a catalog', () => {
  it('comes back as it was, and leaves no other file', async () => {
    await writeCatalog(folder, CATALOG);
    expect(await readCatalog(folder)).toEqual(CATALOG);
    expect(await readdir(folder)).toEqual(['catalog.json']);
  });

  it('is replaced whole', async () => {
    await writeCatalog(folder, CATALOG);
    await writeCatalog(folder, { ...CATALOG, epoch: 4, datasets: [entry('bbbbbbbbbbbb')] });
    expect(await readCatalog(folder)).toEqual({ ...CATALOG, epoch: 4, datasets: [entry('bbbbbbbbbbbb')] });
  });

  it('is the same bytes for the same content', async () => {
    await writeCatalog(folder, CATALOG);
    const bytes = await readFile(join(folder, 'catalog.json'));
    await writeCatalog(folder, (await readCatalog(folder))!);
    expect(await readFile(join(folder, 'catalog.json'))).toEqual(bytes);
  });

  it('is null where there is none, and an error that says what to run for who needs one', async () => {
    expect(await readCatalog(folder)).toBeNull();
    expect(await readCatalog(join(folder, 'nowhere'))).toBeNull();
    await expect(requireCatalog(folder)).rejects.toMatchObject({
      code: 'data-missing',
      message: expect.stringMatching(/"zpeople seed --data .*" first/),
    });
  });
});

describe('a damaged catalog', () => {
  const text = JSON.stringify(CATALOG);

  it.each([
    ['empty', ''],
    ['cut off', text.slice(0, -5)],
    ['null', 'null'],
    ['a number', '3'],
    ['a list', '[]'],
    ['without a layout', JSON.stringify({ ...CATALOG, layout: undefined })],
    ['with a gap in its layout', JSON.stringify({ ...CATALOG, layout: ['A-M'] })],
    ['with numbers for a layout', JSON.stringify({ ...CATALOG, layout: [1, null] })],
    ['with epoch 0', JSON.stringify({ ...CATALOG, epoch: 0 })],
    ['with a text for an epoch', JSON.stringify({ ...CATALOG, epoch: '3' })],
    ['without datasets', JSON.stringify({ ...CATALOG, datasets: [] })],
    ['with null for a dataset', JSON.stringify({ ...CATALOG, datasets: [null] })],
    ['with a path for an id', JSON.stringify({ ...CATALOG, current: '../x', datasets: [entry('../x')] })],
    [
      'with a dataset of no source',
      JSON.stringify({ ...CATALOG, datasets: [{ ...entry('bbbbbbbbbbbb'), source: null }] }),
    ],
    ['with an unknown current dataset', JSON.stringify({ ...CATALOG, current: 'cccccccccccc' })],
    ['without a current dataset', JSON.stringify({ ...CATALOG, current: undefined })],
  ])('that is %s is refused in one line that names it', async (_, damaged) => {
    const path = join(folder, 'catalog.json');
    await writeFile(path, damaged);
    const error: unknown = await readCatalog(folder).catch((refusal: unknown) => refusal);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({
      code: 'data',
      message: expect.stringMatching(/^catalog .* is damaged \([^\n]+\); remove it/),
    });
    expect((error as Error).message).toContain(path);
  });

  it('that is a folder is refused', async () => {
    await mkdir(join(folder, 'catalog.json'));
    await expect(readCatalog(folder)).rejects.toMatchObject({
      code: 'data',
      message: expect.stringContaining('cannot be read'),
    });
  });
});
