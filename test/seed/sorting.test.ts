// Runs and merges together must do what sorting in memory does.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LETTERS, letterOfName } from '../../people/letter.ts';
import { comparePeople, type Person } from '../../people/person.ts';
import { MergeHeap } from '../../seed/merge-heap.ts';
import { mergeLetter } from '../../seed/merge-letter.ts';
import { writeRun } from '../../seed/run.ts';
import { createFolder, temporaryFolder } from '../helpers/temporary-folder.ts';

const ignore = (): void => {};
const options = { firstNumber: 1, skipInvalid: false, onPeople: ignore };

function person(firstName: string, lastName: string, id: string, more: object = {}): Person {
  return { id, firstName, lastName, email: '', jobTitle: '', city: '', ...more };
}

/** Splits people into runs of so many, merges all 26 letters and gives each letter's block. */
async function sortByRuns(people: readonly Person[], runPeople: number): Promise<string[]> {
  const { path: folder, remove } = await createFolder();
  try {
    const runs = [];
    for (let from = 0; from < people.length; from += runPeople) {
      runs.push(
        await writeRun(people.slice(from, from + runPeople), { ...options, path: join(folder, `run-${from}`) }),
      );
    }
    const blocks = [];
    for (const index of LETTERS.keys()) {
      const path = join(folder, `letter-${index}`);
      const summary = await mergeLetter(
        runs.map((run) => run[index]!),
        path,
        ignore,
      );
      const block = await readFile(path, 'utf8');
      expect(summary).toEqual({
        count: block === '' ? 0 : block.split('\n').length,
        bytes: Buffer.byteLength(block),
        sha256: createHash('sha256').update(block).digest('hex'),
      });
      blocks.push(block);
    }
    return blocks;
  } finally {
    await remove();
  }
}

/** The same by sorting in memory. */
function sortAtOnce(people: readonly Person[]): string[] {
  return LETTERS.map((letter) =>
    people
      .filter(({ firstName }) => letterOfName(firstName) === letter)
      .sort(comparePeople)
      .map((one) => JSON.stringify(one))
      .join(',\n'),
  );
}

describe('runs and merges', () => {
  it('sort as sorting in memory does, whatever the size of runs', async () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', 'É', 'é', '李', '😀', '\uFFFF', '"', '\n', ' ') });
    const people = fc
      .array(fc.tuple(fc.constantFrom('A', 'B', 'z', 'Ø'), name, name), { maxLength: 40 })
      .map((rows) => rows.map(([letter, first, last], index) => person(letter + first, last, `p${index}`)));
    await fc.assert(
      fc.asyncProperty(people, fc.integer({ min: 1, max: 50 }), async (all, runPeople) => {
        expect(await sortByRuns(all, runPeople)).toEqual(sortAtOnce(all));
      }),
      { numRuns: 25 },
    );
  });

  it('carry lines longer than any buffer, and further columns', async () => {
    const all = [1, 3, 2, 0].map((n) => person('Al', `L${n}`, `p${n}`, { note: `${n}`.repeat(n * 700_000), n }));
    expect(await sortByRuns(all, 2)).toEqual(sortAtOnce(all));
  });

  it('carry more than a buffer of lines', async () => {
    const all = Array.from({ length: 12_000 }, (_, n) => person(`B${(n * 7919) % 12_000}`, 'x'.repeat(150), `p${n}`));
    expect(await sortByRuns(all, 5000)).toEqual(sortAtOnce(all));
  });

  it('tell of everybody that passed', async () => {
    const path = join(await temporaryFolder(), 'run');
    const all = Array.from({ length: 2345 }, (_, n) => person('Cy', '', `p${n}`));
    const told: number[] = [];
    const run = await writeRun(all, { ...options, path, onPeople: (count) => told.push(count) });
    expect(told).toEqual([1000, 1000, 345]);
    await mergeLetter([run[2]!], `${path}.C`, (count) => told.push(count));
    expect(told.slice(3)).toEqual([1000, 1000, 345]);
  });

  it('notice a temporary file that was cut', async () => {
    const path = join(await temporaryFolder(), 'run');
    const [a] = await writeRun([person('Al', '', 'p1')], { ...options, path });
    await expect(mergeLetter([{ ...a!, bytes: a!.bytes + 1 }], `${path}.A`, ignore)).rejects.toThrow('ends early');
  });
});

describe('a person whose first name has no letter', () => {
  const all = [person('Al', 'x', 'p1'), person('42', 'x', 'p2'), person('Bo', 'x', 'p3'), person('', 'x', 'p4')];

  it('is refused, the first of them named', async () => {
    const path = join(await temporaryFolder(), 'run');
    await expect(writeRun(all, { ...options, firstNumber: 5001, path })).rejects.toMatchObject({
      code: 'data',
      message: 'record 5002: first name "42" has no letter; --skip-invalid leaves such out',
    });
  });

  it('is left out when that is asked for', async () => {
    const path = join(await temporaryFolder(), 'run');
    const run = await writeRun(all, { ...options, skipInvalid: true, path });
    expect(run.map(({ count }) => count).slice(0, 3)).toEqual([1, 1, 0]);
    expect(run.reduce((sum, { count }) => sum + count, 0)).toBe(2);
  });

  it('is named on one short line, whatever it is', async () => {
    const path = join(await temporaryFolder(), 'run');
    const refusal: unknown = await writeRun([person('\n1'.repeat(9999), '', 'p1')], { ...options, path }).catch(
      (e) => e,
    );
    expect((refusal as Error).message).toMatch(/^record 1: .{0,250}$/);
  });
});

it('a heap gives the least key each time', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat(99), { minLength: 1 }), { maxLength: 9 }), (lists) => {
      const key = (n: number) => ({ firstName: '', lastName: '', id: String(n).padStart(2, '0') });
      const items = lists.map((list) => ({ rest: [...list].sort((a, b) => a - b), key: key(Math.min(...list)) }));
      const heap = new MergeHeap(items);
      const given: number[] = [];
      for (let top = heap.top; top; top = heap.top) {
        given.push(top.rest.shift()!);
        if (top.rest.length === 0) heap.removeTop();
        else {
          top.key = key(top.rest[0]!);
          heap.topMoved();
        }
      }
      expect(given).toEqual(lists.flat().sort((a, b) => a - b));
    }),
  );
});
