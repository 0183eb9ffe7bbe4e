// What a locale's people are made of: pools of names, job titles and cities that faker gave when asked often.
// Picking from a pool costs a hundredth of asking faker. Invariant: a pool depends on the locale alone.
// Only the locales in use are loaded: the whole of faker takes its time.

import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { Faker } from '@faker-js/faker';
import anyAscii from 'any-ascii';
import { UserError } from '../runtime/user-error.ts';

/** A name, and how it is written in an e-mail address (a–z; may be empty). */
export interface Name {
  readonly text: string;
  readonly slug: string;
}

/** First and last names that go together (some languages have two forms of a last name). */
export interface NamePool {
  readonly first: readonly Name[];
  readonly last: readonly Name[];
}

/** The pools of one locale. */
export interface Vocabulary {
  readonly names: readonly NamePool[];
  readonly jobTitles: readonly string[];
  readonly cities: readonly string[];
}

const POOL_SIZE = 2048;
const POOL_SEED = 1;
const SLUG_LIMIT = 24; // two of them and a number stay below the 64 bytes of a local part (RFC 5321 §4.5.3.1.1)

/** Throws UserError (usage) for the first locale faker has no people of. */
export function requireLocales(locales: readonly string[]): void {
  const known = listLocales();
  for (const locale of locales) {
    if (!known.includes(locale)) {
      throw UserError.usage(`locale "${locale}" is not one of faker's; there are ${known.join(' ')}`);
    }
  }
}

/** The locales that can be asked for; each falls back to English for what it lacks. */
export function listLocales(): string[] {
  const folder = dirname(createRequire(import.meta.url).resolve('@faker-js/faker/locale/en'));
  const locales = readdirSync(folder).flatMap((file) => /^(\w+)\.js$/.exec(file)?.[1] ?? []);
  return locales.filter((locale) => locale !== 'base').sort(); // base is what all have in common: no names
}

/** Loads a locale; its faker is left as the caller's source of random picks, unseeded. */
export async function loadLocale(locale: string): Promise<{ readonly faker: Faker; readonly vocabulary: Vocabulary }> {
  const { faker } = (await import(`@faker-js/faker/locale/${locale}`)) as { faker: Faker };
  faker.seed(POOL_SEED);
  const names = (['female', 'male'] as const).map((sex) => ({
    first: pool(() => faker.person.firstName(sex)).map(toName),
    last: pool(() => faker.person.lastName(sex)).map(toName),
  }));
  const jobTitles = pool(() => faker.person.jobTitle());
  const cities = pool(() => faker.location.city());
  return { faker, vocabulary: { names, jobTitles, cities } };
}

function pool(ask: () => string): string[] {
  return Array.from({ length: POOL_SIZE }, ask);
}

function toName(text: string): Name {
  const slug = anyAscii(text)
    .toLowerCase()
    .replace(/[^a-z]/g, '');
  return { text, slug: slug.slice(0, SLUG_LIMIT) };
}
