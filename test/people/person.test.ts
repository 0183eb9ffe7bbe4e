import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePeople, compareUtf8, type SortKey } from '../../people/person.ts';

const wellFormed = fc.string({ unit: 'binary' });
// Around the surrogates UTF-16 and UTF-8 order disagree: units drawn from there make the difference likely.
const awkward = fc.string({
  unit: fc.constantFrom('a', 'b', 'é', '\uD7FF', '\uE000', '\uFFFD', '\uFFFF', '😀', '\u{10FFFF}'),
});

describe('the order of strings', () => {
  it.each([
    ['', '', 0],
    ['', 'a', -1],
    ['Z', 'a', -1],
    ['ab', 'abc', -1],
    ['é', 'z', 1],
    ['\uFFFF', '\u{10000}', -1],
    ['\uE000', '😀', -1],
    ['\uD7FF', '\uE000', -1],
    ['😀', '😁', -1],
  ])('%j against %j is %i', (a, b, sign) => {
    expect(Math.sign(compareUtf8(a, b))).toBe(sign);
    expect(Math.sign(compareUtf8(b, a))).toBe(sign === 0 ? 0 : -sign);
  });

  it('is that of their UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.oneof(wellFormed, awkward), fc.oneof(wellFormed, awkward), (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the order of people', () => {
  const person = (firstName: string, lastName: string, id: string): SortKey => ({ firstName, lastName, id });

  it('is by first name, then last name, then id', () => {
    const inOrder = [
      person('Ann', 'Lee', 'p10'),
      person('Ann', 'Lee', 'p2'),
      person('Ann', 'Zorn', 'p1'),
      person('Anna', 'Abel', 'p3'),
      person('Émile', 'Abel', 'p4'),
    ];
    expect([...inOrder].reverse().sort(comparePeople)).toEqual(inOrder);
  });

  it('compares fields, not their concatenation', () => {
    expect(comparePeople(person('Ann', 'b', '1'), person('Ann ', 'a', '1'))).toBeLessThan(0);
    expect(comparePeople(person('A', '\0', '2'), person('A', '\0', '10'))).toBeGreaterThan(0);
  });

  it('tells people with different ids apart, whatever their names', () => {
    fc.assert(
      fc.property(wellFormed, wellFormed, wellFormed, wellFormed, (first, last, idA, idB) => {
        expect(comparePeople(person(first, last, idA), person(first, last, idB)) === 0).toBe(idA === idB);
      }),
    );
  });
});
