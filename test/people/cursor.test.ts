import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from '../../people/cursor.ts';
import { LETTERS, type Letter, letterOfName } from '../../people/letter.ts';

const J = 'J' as Letter;
const KEY = { firstName: 'Jürgen', lastName: "O'Neil 李 😀", id: 'p82' };
const ALPHABET = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
const TOKEN = encodeCursor(KEY);

const key = fc
  .record({ firstName: fc.string({ unit: 'binary' }), lastName: fc.string(), id: fc.string() })
  .map(({ firstName, ...rest }) => ({ ...rest, firstName: `J${firstName}` }));

/** A token with a right checksum around any content. */
function sealed(format: number, text: string): string {
  const head = Buffer.concat([Buffer.from([format]), Buffer.from(text)]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(head));
  return Buffer.concat([head, sum]).toString('base64url');
}

describe('a cursor', () => {
  it('comes back as the place it stands for', () => {
    expect(decodeCursor(TOKEN, J)).toEqual(KEY);
    fc.assert(
      fc.property(key, (place) => {
        expect(decodeCursor(encodeCursor(place), J)).toEqual(place);
      }),
    );
  });

  it('is written for URLs', () => {
    fc.assert(
      fc.property(key, (place) => {
        expect(encodeCursor(place)).toMatch(/^[\w-]+$/);
      }),
    );
  });

  it('keeps its form: tokens given out today are valid tomorrow', () => {
    expect(encodeCursor({ firstName: 'Jo', lastName: 'Doe', id: 'p1' })).toBe('AVsiSm8iLCJEb2UiLCJwMSJdYyw--g');
  });

  it('is of its own letter only', () => {
    for (const letter of LETTERS) expect(decodeCursor(TOKEN, letter) !== null).toBe(letter === J);
  });

  it('is refused when cut anywhere', () => {
    for (let length = 0; length < TOKEN.length; length++) expect(decodeCursor(TOKEN.slice(0, length), J)).toBeNull();
  });

  it('is refused with any one character changed', () => {
    fc.assert(
      fc.property(fc.nat(TOKEN.length - 1), fc.constantFrom(...ALPHABET), (at, character) => {
        fc.pre(TOKEN[at] !== character);
        expect(decodeCursor(TOKEN.slice(0, at) + character + TOKEN.slice(at + 1), J)).toBeNull();
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['nothing', ''],
    ['a foreign token', 'eyJwYWdlIjoyfQ'],
    ['padding', `${TOKEN}=`],
    ['plain base64', `${TOKEN}+/`],
    ['spaces', ` ${TOKEN}`],
    ['text after it', `${TOKEN}A`],
    ['another format', sealed(2, '["Jo","Doe","p1"]')],
    ['no JSON', sealed(1, 'Jo,Doe,p1')],
    ['too few parts', sealed(1, '["Jo","Doe"]')],
    ['too many parts', sealed(1, '["Jo","Doe","p1","x"]')],
    ['parts that are no strings', sealed(1, '["Jo","Doe",1]')],
    ['an object', sealed(1, '{"firstName":"Jo"}')],
    ['a name without a letter', sealed(1, '["42","Doe","p1"]')],
    ['only a checksum', sealed(1, '')],
  ])('is refused when it is %s', (_, token) => {
    expect(decodeCursor(token, J)).toBeNull();
  });

  it('has one spelling: another with the same bytes is refused', () => {
    const bytes = Buffer.from(TOKEN, 'base64url');
    const others = ALPHABET.map((last) => TOKEN.slice(0, -1) + last).filter((token) => token !== TOKEN);
    const sameBytes = others.filter((token) => Buffer.from(token, 'base64url').equals(bytes));
    expect(sameBytes).not.toEqual([]);
    for (const token of sameBytes) expect(decodeCursor(token, J)).toBeNull();
  });

  it('of arbitrary text is null or a place of that letter', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String(),
          fc.string().map((text) => sealed(1, text)),
        ),
        (token) => {
          const place = decodeCursor(token, J);
          expect(place === null || letterOfName(place.firstName) === J).toBe(true);
        },
      ),
    );
  });
});
