// People made up from a seed: blocks of 1,000, each with random numbers of its own, so that any thread can make any
// block. Invariant: person n depends on seed, locales and n alone, not on how many are made or by whom.

import type { Faker } from '@faker-js/faker';
import type { Person } from '../people/person.ts';
import { loadLocale, type Vocabulary } from './vocabulary.ts';

/** What decides the people, together with their number. */
export interface GeneratorOptions {
  readonly seed: number;
  readonly locales: readonly string[];
}

/** Makes the people of indices `from` (the first of a block) to `to` (exclusive). */
export type PeopleGenerator = (from: number, to: number) => Iterable<Person>;

/** Names and versions of all that shapes the people: a change of any is another source (DESIGN §4). */
export const GENERATOR = 'zpeople 1, faker 10.6.0, any-ascii 0.3.3';

/** People made from one state of the random numbers. */
export const BLOCK_PEOPLE = 1000;

const MAIL_DOMAINS = ['example.com', 'example.net', 'example.org'] as const; // RFC 2606 §3

/** Loads the locales and gives the generator of their people. Cost: about 80 ms a locale, 1 µs a person. */
export async function createGenerator({ seed, locales }: GeneratorOptions): Promise<PeopleGenerator> {
  const loaded = [];
  for (const locale of locales) loaded.push(await loadLocale(locale));
  const vocabularies = loaded.map(({ vocabulary }) => vocabulary);
  const { faker } = loaded[0]!;

  return function* people(from, to) {
    for (let index = from; index < to; index++) {
      if (index % BLOCK_PEOPLE === 0) faker.seed(blockSeed(seed, index / BLOCK_PEOPLE));
      yield makePerson(faker, vocabularies, index + 1);
    }
  };
}

/** The number of person n is in id and e-mail, so that both are unique. */
function makePerson({ helpers }: Faker, vocabularies: readonly Vocabulary[], number: number): Person {
  const { names, jobTitles, cities } = helpers.arrayElement(vocabularies);
  const { first, last } = helpers.arrayElement(names);
  const firstName = helpers.arrayElement(first);
  const lastName = helpers.arrayElement(last);
  const mailbox = [firstName.slug, lastName.slug].filter(Boolean).join('.');
  return {
    id: `p${number}`,
    firstName: firstName.text,
    lastName: lastName.text,
    email: `${mailbox}${number}@${helpers.arrayElement(MAIL_DOMAINS)}`,
    jobTitle: helpers.arrayElement(jobTitles),
    city: helpers.arrayElement(cities),
  };
}

/** Three 32-bit words, the Mersenne twister's unit: all of a safe integer, and the block. */
function blockSeed(seed: number, block: number): number[] {
  return [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0, block];
}
