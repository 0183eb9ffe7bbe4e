import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LETTERS, type Letter } from '../../people/letter.ts';
import { DEFAULT_LAYOUT, lettersOf, parseLayout, parseRange, rangeHolds, rangesOverlap } from '../../people/range.ts';
import { UserError } from '../../runtime/user-error.ts';

const letter = fc.constantFrom(...LETTERS);
const range = fc.tuple(letter, letter).map(([a, b]) => parseRange(a < b ? `${a}-${b}` : `${b}-${a}`));

describe('a range', () => {
  it.each([
    ['A-D', 'A-D'],
    ['a-d', 'A-D'],
    [' Q-Z ', 'Q-Z'],
    ['S', 'S'],
    ['s', 'S'],
    ['S-S', 'S'],
  ])('%j is %s', (text, expected) => {
    expect(parseRange(text)).toBe(expected);
  });

  it.each(['', 'D-A', 'A-', '-D', 'AB', 'A-DE', 'A–D', '1-2', 'É', 'A-D,E', '../A'])(
    '%j is none, and named',
    (text) => {
      expect(() => parseRange(text)).toThrow(
        expect.objectContaining({ code: 'usage', message: expect.stringContaining(`"${text}"`) }),
      );
    },
  );

  it('holds exactly its letters', () => {
    fc.assert(
      fc.property(range, letter, (some, one) => {
        expect(rangeHolds(some, one)).toBe(lettersOf(some).includes(one));
      }),
    );
  });

  it('overlaps another exactly when they share a letter', () => {
    fc.assert(
      fc.property(range, range, (a, b) => {
        expect(rangesOverlap(a, b)).toBe(lettersOf(a).some((one) => lettersOf(b).includes(one)));
      }),
    );
  });
});

describe('a layout', () => {
  it('is put in order', () => {
    expect(parseLayout('q-z, a-d,E-P')).toEqual(parseLayout(DEFAULT_LAYOUT));
  });

  it('holds each letter once, however the alphabet is cut', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 25 })), fc.integer(), (cuts, rotation) => {
        const ends = [0, ...cuts.sort((a, b) => a - b), 26];
        const ranges = ends.slice(1).map((end, index) => `${LETTERS[ends[index]!]}-${LETTERS[end - 1]}`);
        const turn = Math.abs(rotation) % ranges.length;
        const layout = parseLayout([...ranges.slice(turn), ...ranges.slice(0, turn)].join(','));
        expect(layout.flatMap(lettersOf)).toEqual(LETTERS);
      }),
    );
  });

  it.each([
    ['A-D,F-P,Q-Z', 'has a gap: no range holds E'],
    ['B-Y', 'has a gap: no range holds A and Z'],
    ['D-F,K', 'has a gap: no range holds A-C, G-J and L-Z'],
    ['A-E,E-P,Q-Z', 'overlaps: E is in A-E and in E-P'],
    ['A-Z,M', 'overlaps: M is in A-Z and in M'],
    ['A-D,A-D,E-Z', 'overlaps: A is in A-D twice'],
    ['A-D,,E-Z', '"" is not a range'],
    ['', '"" is not a range'],
    ['A-D;E-Z', '"A-D;E-Z" is not a range'],
  ])('%j is refused: %s', (text, message) => {
    const parse = (): unknown => parseLayout(text);
    expect(parse).toThrow(UserError);
    expect(parse).toThrow(message);
  });

  it('refuses anything that does not hold each letter once', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 6 }), (ranges) => {
        const held = ranges.flatMap(lettersOf) as Letter[];
        const isWhole = held.length === 26 && new Set(held).size === 26;
        const parse = (): unknown => parseLayout(ranges.join(','));
        if (isWhole) expect(parse).not.toThrow();
        else expect(parse).toThrow(UserError);
      }),
    );
  });
});
