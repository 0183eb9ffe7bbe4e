import { describe, expect, it } from 'vitest';
import {
  duration,
  type Kind,
  layout,
  oneOf,
  range,
  text,
  wholeNumber,
  wordList,
  workerPlan,
} from '../../control/flag-kinds.ts';
import { parseLayout, parseRange } from '../../people/range.ts';

describe('a value that is allowed is read, and written back as text that means the same', () => {
  const rows: readonly (readonly [string, Kind<unknown>, string, unknown])[] = [
    ['whole number', wholeNumber('n', 0, 9), '7', 7],
    ['whole number at its ends', wholeNumber('n', 0, 9), '9', 9],
    ['milliseconds', duration(0), '250ms', 250],
    ['seconds', duration(0), '10s', 10_000],
    ['minutes', duration(0), '2m', 120_000],
    ['no time at all', duration(0), '0s', 0],
    ['word', oneOf('w', ['info', 'warn']), 'warn', 'warn'],
    ['text', text('t'), 'a b', 'a b'],
    ['words', wordList('w'), 'de, fr', ['de', 'fr']],
    ['range', range, 'e-p', parseRange('E-P')],
    ['workers for all', workerPlan(2, 64), '3', { usual: 3, byRange: new Map() }],
    [
      'workers for some ranges',
      workerPlan(2, 64),
      'a-d=1,S=4',
      {
        usual: 2,
        byRange: new Map([
          [parseRange('A-D'), 1],
          [parseRange('S'), 4],
        ]),
      },
    ],
    ['layout in any order', layout, 'N-Z,A-M', parseLayout('A-M,N-Z')],
  ];
  it.each(rows)('%s', (_, kind, given, value) => {
    const parsed = kind.parse(given);
    expect(parsed).toEqual(value);
    expect(kind.parse(kind.format(parsed))).toEqual(value);
  });
});

describe('a value that is not allowed is refused with what is', () => {
  const rows: readonly (readonly [string, Kind<unknown>, string, RegExp])[] = [
    ['no number', wholeNumber('n', 0, 9), 'abc', /whole number from 0 to 9/],
    ['empty', wholeNumber('n', 0, 9), '', /whole number/],
    ['negative', wholeNumber('n', 0, 9), '-1', /whole number/],
    ['fraction', wholeNumber('n', 0, 9), '1.5', /whole number/],
    ['exponent', wholeNumber('n', 0, 9), '1e0', /whole number/],
    ['too large', wholeNumber('n', 0, 9), '10', /whole number/],
    ['larger than numbers go', wholeNumber('n', 0, 9), '9'.repeat(400), /whole number/],
    ['time without unit', duration(0), '10', /a time with its unit, like 500ms, 10s or 2m/],
    ['time too short', duration(1), '0ms', /at least 1ms/],
    ['unknown unit', duration(0), '1h', /like 500ms/],
    ['other word', oneOf('w', ['info', 'warn']), 'loud', /one of info, warn/],
    ['empty text', text('t'), '', /not be empty/],
    ['empty word', wordList('w'), 'de,,fr', /one name, or several/],
    ['no workers', workerPlan(2, 64), '0', /whole number from 1 to 64/],
    ['a range without its number', workerPlan(2, 64), 'A-D=1,E-P', /whole number from 1 to 64/],
    ['a range with a wrong number', workerPlan(2, 64), 'A-D=65', /whole number from 1 to 64/],
    ['a wrong range with a number', workerPlan(2, 64), 'AB=1', /"AB" is not a range/],
    ['no range', range, 'AB', /"AB" is not a range/],
    ['layout with a gap', layout, 'A-D', /no range holds E-Z/],
    ['layout with an overlap', layout, 'A-M,M-Z', /overlaps: M is in/],
  ];
  it.each(rows)('%s', (_, kind, given, message) => {
    expect(() => kind.parse(given)).toThrow(message);
  });
});
