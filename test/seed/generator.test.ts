import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { letterOfName } from '../../people/letter.ts';
import type { Person } from '../../people/person.ts';
import { BLOCK_PEOPLE, createGenerator, GENERATOR } from '../../seed/generator.ts';
import { listLocales, loadLocale, requireLocales } from '../../seed/vocabulary.ts';

async function people(from: number, to: number, seed = 42, locales = ['en']): Promise<Person[]> {
  return [...(await createGenerator({ seed, locales }))(from, to)];
}

describe('generated people', () => {
  it('are of this shape', async () => {
    for (const [index, person] of (await people(0, 500, 1, ['en', 'de', 'zh_CN'])).entries()) {
      expect(Object.keys(person)).toEqual(['id', 'firstName', 'lastName', 'email', 'jobTitle', 'city']);
      expect(person.id).toBe(`p${index + 1}`);
      expect(letterOfName(person.firstName)).not.toBeNull();
      expect(person.email).toMatch(/^[a-z]{1,24}(\.[a-z]{1,24})?\d+@example\.(com|net|org)$/);
      for (const value of Object.values(person)) expect(value).toMatch(/^\S(.*\S)?$/);
    }
  });

  it('have e-mails made of their names, unlike each other', async () => {
    const all = await people(0, 2000, 5, ['fr']);
    const renée = all.find(({ firstName }) => firstName === 'Éléonore')!;
    expect(renée.email).toMatch(/^eleonore\./);
    expect(new Set(all.map(({ email }) => email)).size).toBe(all.length);
  });

  it('are the same again', async () => {
    expect(await people(0, 1500)).toEqual(await people(0, 1500));
  });

  it('stay the same these days: another generator must call itself so', async () => {
    // Change GENERATOR in seed/generator.ts when this changes: folders recognise their datasets by it.
    const [ben, lenny] = await people(1000, 1002, 42, ['en', 'de']);
    expect(JSON.stringify(ben)).toBe(
      '{"id":"p1001","firstName":"Ben","lastName":"Halvorson","email":"ben.halvorson1001@example.org",' +
        '"jobTitle":"Forward Configuration Supervisor","city":"Inglewood"}',
    );
    expect(lenny).toMatchObject({ firstName: 'Lenny', lastName: 'Woytkowska', city: 'Kuppriondorf' });
  });

  it('are the same when there are more', async () => {
    const many = await people(0, 2500);
    expect(await people(0, 1700)).toEqual(many.slice(0, 1700));
  });

  it('are the same from any block on', async () => {
    const all = await people(0, 3 * BLOCK_PEOPLE);
    expect(await people(2 * BLOCK_PEOPLE, 3 * BLOCK_PEOPLE)).toEqual(all.slice(2 * BLOCK_PEOPLE));
    expect(all[0]).not.toEqual({ ...all[BLOCK_PEOPLE], id: 'p1' });
  });

  it('are others for another seed, however large or negative', async () => {
    const seeds = [0, 1, -1, 42, 42 + 2 ** 32, 2 ** 53 - 1];
    const firsts = await Promise.all(seeds.map(async (seed) => JSON.stringify(await people(0, 5, seed))));
    expect(new Set(firsts).size).toBe(seeds.length);
  });

  it('come from all locales asked for', async () => {
    const mixed = await people(0, 300, 42, ['en', 'ja']);
    const isJapanese = ({ lastName }: Person): boolean => /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}]/u.test(lastName);
    const japanese = mixed.filter(isJapanese).length;
    expect(japanese).toBeGreaterThan(90);
    expect(japanese).toBeLessThan(210);
  });

  it('spread over many letters', async () => {
    const letters = (await people(0, 1000)).map(({ firstName }) => letterOfName(firstName));
    expect(new Set(letters).size).toBeGreaterThan(20);
  });
});

describe('locales', () => {
  it('are listed without the one that has no names', () => {
    expect(listLocales()).toEqual(expect.arrayContaining(['en', 'de', 'zh_CN', 'pt_BR', 'en_US']));
    expect(listLocales()).not.toContain('base');
  });

  it.each(['xx', 'EN', 'zh_cn', '', '../en', 'base', 'en '])(
    '%j is none, and the refusal says which there are',
    (locale) => {
      expect(() => requireLocales(['en', locale])).toThrow(
        expect.objectContaining({
          code: 'usage',
          message: expect.stringMatching(/^locale ".*" is not one of .* de .* zh_CN/),
        }),
      );
    },
  );

  it('give every person a letter, a mailbox and words, each of them', async () => {
    for (const locale of listLocales()) {
      const { vocabulary } = await loadLocale(locale);
      const names = vocabulary.names.flatMap(({ first }) => first);
      const odd = names.filter(({ text, slug }) => letterOfName(text) === null || slug === '');
      const words = [...vocabulary.jobTitles, ...vocabulary.cities].filter((word) =>
        /^$|^\s|\s$|undefined|[{}]/.test(word),
      );
      expect({ locale, odd, words }).toEqual({ locale, odd: [], words: [] });
    }
  });
});

it('the generator is named after the versions that are installed', async () => {
  const { resolve } = createRequire(import.meta.url);
  const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  const faker = JSON.parse(await readFile(resolve('@faker-js/faker/package.json'), 'utf8'));
  const { '@faker-js/faker': fakerPinned, 'any-ascii': asciiPinned } = manifest.dependencies;
  expect(GENERATOR).toBe(`zpeople 1, faker ${fakerPinned}, any-ascii ${asciiPinned}`);
  expect(faker.version).toBe(fakerPinned);
});
