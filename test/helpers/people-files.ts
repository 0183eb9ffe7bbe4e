// What the shard files of a data folder say, dataset by dataset: the truth that answers are held against.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from './people-api.ts';

/** The people of a letter, each as the JSON text of the file. */
type Letters = ReadonlyMap<string, readonly string[]>;

interface ShardContent {
  readonly dataset: string;
  readonly people: readonly { readonly firstName: string }[];
  readonly letters: Readonly<Record<string, { readonly count: number }>>;
}

export class PeopleFiles {
  readonly #folder: string;
  readonly #datasets = new Map<string, Letters>();

  constructor(dataFolder: string) {
    this.#folder = dataFolder;
  }

  /** Reads the current dataset, and gives its id; those read before stay known. */
  async readCurrent(): Promise<string> {
    const { current } = JSON.parse(await readFile(join(this.#folder, 'catalog.json'), 'utf8')) as { current: string };
    const folder = join(this.#folder, current);
    const letters = new Map<string, string[]>();
    for (const name of await readdir(folder)) {
      const shard = JSON.parse(await readFile(join(folder, name), 'utf8')) as ShardContent;
      const people = shard.people.map((person) => JSON.stringify(person));
      for (const [letter, { count }] of Object.entries(shard.letters)) letters.set(letter, people.splice(0, count));
    }
    this.#datasets.set(current, letters);
    return current;
  }

  /** The number of people of a dataset. */
  count(dataset: string): number {
    return [...(this.#datasets.get(dataset)?.values() ?? [])].reduce((sum, { length }) => sum + length, 0);
  }

  /** What is wrong with a page that says it is of this dataset; null: it is a part of its letter there, and only that. */
  faultOf(dataset: string, letter: string, limit: number, page: Page): string | null {
    const all = this.#datasets.get(dataset)?.get(letter);
    if (!all) return `dataset "${dataset}" has no letter ${letter}`;
    if (page.letter !== letter) return `it is of letter ${page.letter}`;
    if (page.total !== all.length) return `its total is ${page.total}, not ${all.length}`;
    const people = page.people.map((person) => JSON.stringify(person));
    const from = people[0] === undefined ? all.length : all.indexOf(people[0]);
    const expected = all.slice(from, from + limit);
    if (from < 0 || people.join() !== expected.join()) return `its people are not these of dataset ${dataset}`;
    if ((page.next !== null) !== from + limit < all.length) return `its next is ${page.next}`;
    return null;
  }
}
