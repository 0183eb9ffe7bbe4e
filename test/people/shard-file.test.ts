import { createHash } from 'node:crypto';
import { appendFile, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { Low } from 'lowdb';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Letter } from '../../people/letter.ts';
import { parseRange } from '../../people/range.ts';
import {
  createLetterBlock,
  datasetId,
  type LetterDraft,
  type Shard,
  ShardFile,
  shardFilePath,
  sliceOfPeople,
  sortKeyAt,
} from '../../people/shard-file.ts';
import { FileRegion } from '../../runtime/file-region.ts';
import { UserError } from '../../runtime/user-error.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const PEOPLE: Readonly<Record<string, readonly string[]>> = {
  A: ['Aaron', 'Ada', 'Ämilie'],
  B: [],
  C: ['Ciarán', '陈'],
  D: ['"D"\\'],
};

/** A header as anybody may read it, to be tampered with. */
interface HeaderJson {
  count: number;
  letters: Record<'A' | 'B' | 'C' | 'D', { count: number; bytes: number; sha256: string }>;
}

function line(firstName: string): string {
  return JSON.stringify({ id: `p-${firstName}`, firstName, lastName: 'Lee\n李', email: '', jobTitle: '', city: 'X' });
}

/** A shard with the given first names under each letter. */
function shardOf(people: Readonly<Record<string, readonly string[]>>): Shard {
  const letters = Object.keys(people) as Letter[];
  const blocks = letters.map((letter) => [letter, createLetterBlock(letter, people[letter]!.map(line))] as const);
  const count = Object.values(people).flat().length;
  return {
    dataset: '0123456789ab',
    range: parseRange(`${letters[0]}-${letters.at(-1)}`),
    count,
    letters: new Map(blocks),
  };
}

let path: string;
beforeEach(async () => {
  path = join(await temporaryFolder(), 'A-D.json');
});

async function write(shard: Shard): Promise<Buffer> {
  await new ShardFile(path).write(shard);
  return readFile(path);
}

describe('a shard file', () => {
  it.each([
    ['people under most letters', PEOPLE],
    ['nobody under the first letters', { A: [], B: [], C: ['Cy'], D: ['Di', 'Do'] }],
    ['nobody under the last letters', { A: ['Al'], B: [], C: [], D: [] }],
    ['nobody at all', { A: [], B: [], C: [], D: [] }],
    ['one letter', { S: ['Su'] }],
  ])('with %s comes back as it was', async (_, people) => {
    const shard = shardOf(people);
    await write(shard);
    expect(await new ShardFile(path).read()).toEqual(shard);
  });

  it('is JSON, a header first and one person a line', async () => {
    const bytes = await write(shardOf(PEOPLE));
    const [header, ...rest] = bytes.toString().split('\n');
    expect(rest.slice(0, -2)).toEqual([
      `${line('Aaron')},`,
      `${line('Ada')},`,
      `${line('Ämilie')},`,
      `${line('Ciarán')},`,
      `${line('陈')},`,
      line('"D"\\'),
    ]);
    expect(rest.slice(-2)).toEqual([']}', '']);
    const block = `${line('Ciarán')},\n${line('陈')}`;
    expect(JSON.parse(`${header}]}`)).toMatchObject({
      dataset: '0123456789ab',
      range: 'A-D',
      count: 6,
      letters: {
        B: { count: 0, bytes: 0 },
        C: { count: 2, bytes: Buffer.byteLength(block), sha256: createHash('sha256').update(block).digest('hex') },
      },
      people: [],
    });
    expect(Object.keys(JSON.parse(bytes.toString()))).toEqual(['dataset', 'range', 'count', 'letters', 'people']);
    expect(JSON.parse(bytes.toString()).people).toHaveLength(6);
  });

  it('is null where there is none', async () => {
    expect(await new ShardFile(path).read()).toBeNull();
    expect(await new ShardFile(path).inspect()).toBeNull();
  });

  it('inspected tells the same and gives the letters from where they lie', async () => {
    const shard = shardOf(PEOPLE);
    const bytes = await write(shard);
    const inspected = await new ShardFile(path).inspect();
    const { block, starts: _, ...summary } = shard.letters.get('C' as Letter)!;
    const region = inspected!.letters.get('C' as Letter)!.block as FileRegion;
    expect(inspected).toMatchObject({ dataset: shard.dataset, range: shard.range, count: 6 });
    expect(inspected!.letters.get('C' as Letter)).toMatchObject(summary);
    expect(bytes.subarray(region.start, region.start + region.bytes)).toEqual(block);
  });

  it('can be made of regions of other files', async () => {
    const whole = await write(shardOf(PEOPLE));
    const inspected = await new ShardFile(path).inspect();
    const copy = join(await temporaryFolder(), 'A-D.json');
    await new Low(new ShardFile(copy), inspected).write();
    expect(await readFile(copy)).toEqual(whole);
  });

  it('stays as it was when a letter comes with other bytes than announced', async () => {
    const before = await write(shardOf(PEOPLE));
    const shard = shardOf(PEOPLE);
    const letters = new Map<Letter, LetterDraft>(shard.letters);
    letters.set('C' as Letter, { ...shard.letters.get('C' as Letter)!, block: new FileRegion(path, 0, 5) });
    await expect(new ShardFile(path).write({ ...shard, letters })).rejects.toThrow('letter C');
    expect(await readFile(path)).toEqual(before);
    expect(await readdir(join(path, '..'))).toEqual(['A-D.json']);
  });
});

describe('damage', () => {
  /** Both ways of reading must refuse the file, naming it. */
  async function expectRefusal(about: string | RegExp = ''): Promise<void> {
    for (const way of ['read', 'inspect'] as const) {
      const error: unknown = await new ShardFile(path)[way]().catch((refusal: unknown) => refusal);
      expect(error).toBeInstanceOf(UserError);
      expect(error).toMatchObject({ code: 'data', message: expect.stringContaining(path) });
      expect((error as Error).message).toMatch(about);
    }
  }

  it('of any length at the end is refused', async () => {
    const { length } = await write(shardOf(PEOPLE));
    for (let size = length - 1; size >= 0; size--) {
      await truncate(path, size);
      await expectRefusal('is damaged');
    }
  });

  it('of any one byte is refused, or shows as another dataset', async () => {
    const bytes = await write(shardOf(PEOPLE));
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const damaged = Buffer.from(bytes);
        damaged[at]! ^= flip;
        await writeFile(path, damaged);
        const shard = await new ShardFile(path).read().catch(() => null);
        // The dataset's name is the one thing that no other part of the file vouches for: the loader compares it.
        if (shard) expect(shard.dataset).not.toBe('0123456789ab');
        else await expectRefusal('is damaged');
      }),
      { numRuns: 500 },
    );
  });

  it.each(['\n', ' ', 'x', '{"id":"p9"}'])('by %j after the end is refused', async (extra) => {
    await write(shardOf(PEOPLE));
    await appendFile(path, extra);
    await expectRefusal('it goes on after its end');
  });

  it.each([
    ['an empty file', '', 'it has no header line'],
    ['no newline', '{"dataset":"0123456789ab"', 'it has no header line'],
    ['no JSON', 'people\n]}\n', 'its header is not JSON'],
    ['another JSON', '[\n]}\n', 'its header is not JSON'],
    ['a header without a range', '{"dataset":"0123456789ab","people":[\n]}\n', 'lacks dataset, range or count'],
    ['a range that is none', '{"dataset":"0","range":"D-A","count":0,"letters":{},"people":[\n]}\n', 'is not a range'],
    ['no letters', '{"dataset":"0","range":"A","count":0,"people":[\n]}\n', 'does not describe letter A'],
  ])('%s is refused', async (_, text, reason) => {
    await writeFile(path, text);
    await expectRefusal(reason);
  });

  it.each<[string, (header: HeaderJson) => void, string]>([
    ['a total that is wrong', (header) => header.count++, 'counts 7 people, its letters 6'],
    ['a letter too few people', (header) => header.letters.A.count--, 'counts 6 people, its letters 5'],
    [
      'people moved between counts',
      (header) => {
        header.letters.A.count--;
        header.letters.C.count++;
      },
      '3 people where 2 were announced',
    ],
    ['people where none are', (header) => Object.assign(header.letters.B, { count: 1 }), 'describe letter B'],
    ['a negative count', (header) => Object.assign(header.letters.B, { count: -1 }), 'describe letter B'],
    ['a hash of another', (header) => Object.assign(header.letters.C, { sha256: '0'.repeat(64) }), 'SHA-256'],
    ['sizes beyond the file', (header) => Object.assign(header.letters.D, { bytes: 2 ** 40 }), 'ends inside letter D'],
    ['a larger range', (header) => Object.assign(header, { range: 'A-E' }), 'does not describe letter E'],
    ['a smaller range', (header) => Object.assign(header, { range: 'A-C' }), 'its letters 5'],
    ['a letter of no range', (header) => Object.assign(header.letters, { Z: header.letters.B }), 'not as it was'],
    ['a field of its own', (header) => Object.assign(header, { note: 'mine' }), 'not as it was written'],
  ])('a header with %s is refused', async (_, change, reason) => {
    const [head, ...rest] = (await write(shardOf(PEOPLE))).toString().split('\n');
    const { people, ...header } = JSON.parse(`${head}]}`);
    change(header);
    await writeFile(path, [JSON.stringify({ ...header, people }).slice(0, -2), ...rest].join('\n'));
    await expectRefusal(reason);
  });

  it('by people of another letter is refused, though all hashes match', async () => {
    await write(shardOf({ A: ['Bea'], B: [], C: [], D: [] }));
    await expectRefusal('the people under A belong to another letter');
  });

  it('in the shape of a folder is refused', async () => {
    path = await temporaryFolder();
    await expectRefusal();
  });
});

describe('a letter block', () => {
  const names = fc.array(fc.string({ unit: 'binary' }), { maxLength: 20 });

  it('slices into the lines it was made of', () => {
    fc.assert(
      fc.property(names, fc.nat(20), fc.nat(20), (firstNames, a, b) => {
        const lines = firstNames.map(line);
        const [from, to] = [Math.min(a, b, lines.length), Math.min(Math.max(a, b), lines.length)];
        const block = createLetterBlock('A' as Letter, lines);
        expect(sliceOfPeople(block, from, to).toString()).toBe(lines.slice(from, to).join(',\n'));
      }),
    );
  });

  it('knows the sort key of each of its people', () => {
    const block = createLetterBlock('A' as Letter, ['Ann', 'Änne'].map(line));
    expect(sortKeyAt(block, 1)).toMatchObject({ firstName: 'Änne', lastName: 'Lee\n李', id: 'p-Änne' });
  });
});

describe('the dataset id', () => {
  const [a, b] = ['A', 'B'].map((letter) => createLetterBlock(letter as Letter, [line(letter)]));

  it('depends on all people and their letters', () => {
    const ids = [[a!, b!], [a!], [b!], [b!, a!], [{ ...a!, letter: 'B' as Letter }], []].map(datasetId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{12}$/);
  });

  it('names the folder of the files', () => {
    expect(shardFilePath('data', datasetId([a!]), parseRange('A-D'))).toBe(`data/${datasetId([a!])}/A-D.json`);
  });
});
