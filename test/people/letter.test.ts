import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LETTERS, letterIndex, letterOfName, letterOfRequest } from '../../people/letter.ts';

describe('the letter of a name', () => {
  it.each([
    ['Anna', 'A'],
    ['anna', 'A'],
    ['Émile', 'E'],
    ['E\u0301mile', 'E'],
    ['Øystein', 'O'],
    ['Łukasz', 'L'],
    ['Ñuño', 'N'],
    ['Ångström', 'A'],
    ['A\u030Angström', 'A'],
    ['Þór', 'T'],
    ['ßo', 'S'],
    ['Æsir', 'A'],
    ['李', 'L'],
    ['明轩', 'M'],
    ['한', 'H'],
    ['\u1112\u1161\u11AB', 'H'],
    ['Ольга', 'O'],
    ['Юлия', 'Y'],
    ['Ωmega', 'O'],
    ['שרה', 'S'],
    ['محمد', 'M'],
    ["'t Hooft", 'T'],
    ['  Bo', 'B'],
    ['-4 Zoë', 'Z'],
    ['😀Yi', 'Y'],
    ['ǅemo', 'D'],
    ['ﬁona', 'F'],
    ['ªb', 'A'],
  ])('%s is %s', (name, letter) => {
    expect(letterOfName(name)).toBe(letter);
  });

  it.each(['', ' ', '42', '😀', '\u0301', "'", '€', '٣', '\0', '\uD800'])('%j has none', (name) => {
    expect(letterOfName(name)).toBeNull();
  });

  it('goes on to the next character when the first gives no A-Z letter', () => {
    expect(letterOfName('ьanna')).toBe('A'); // the soft sign is written ' or not at all
  });

  it('is one of the 26 or none, for any text, and the same for its normal forms', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const letter = letterOfName(name);
        expect(letter === null || LETTERS.includes(letter)).toBe(true);
        expect(letterOfName(name.normalize('NFD'))).toBe(letter);
        expect(letterOfName(name.normalize('NFC'))).toBe(letter);
      }),
    );
  });

  it('of a name in plain letters is its first, upper case', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z][a-z]*$/), (name) => {
        expect(letterOfName(name)).toBe(name.charAt(0).toUpperCase());
      }),
    );
  });
});

describe('the letter of a request', () => {
  it.each([
    ['J', 'J'],
    ['j', 'J'],
    ['É', 'E'],
    ['E\u0301', 'E'],
    ['ø', 'O'],
    ['Ł', 'L'],
    ['ß', 'S'],
    ['李', 'L'],
    ['한', 'H'],
    ['x\u0323\u0301', 'X'],
    ['Ж', 'Z'],
  ])('%s is %s', (text, letter) => {
    expect(letterOfRequest(text)).toBe(letter);
  });

  it.each([
    '',
    'AB',
    '1',
    ' ',
    ' A',
    'A ',
    '€',
    '😀',
    '\0',
    'A\0',
    '\u0301',
    "'t",
    'ÉÉ',
    '../A',
    'A/',
    '\uFFFD',
    '%41',
  ])('%j is none', (text) => {
    expect(letterOfRequest(text)).toBeNull();
  });

  it('is the letter of a name that begins so', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\p{L}\p{M}?$/u), (text) => {
        expect(letterOfRequest(text)).toBe(letterOfName(text));
      }),
    );
  });
});

it('counts letters from A', () => {
  expect(LETTERS.map(letterIndex)).toEqual(Array.from({ length: 26 }, (_, index) => index));
});
