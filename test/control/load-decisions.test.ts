// What a load decides without a socket: letters, times, what an answer's headers mean.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { letterMix } from '../../control/load/letter-mix.ts';
import { originOf } from '../../control/load/outcome.ts';
import { createPace } from '../../control/load/pace.ts';
import { LETTERS, type Letter } from '../../people/letter.ts';
import { lettersOf, parseRange } from '../../people/range.ts';

/** How often each letter comes, for numbers spread evenly. */
function countLetters(hot: readonly Letter[], of: number): Map<Letter, number> {
  const mix = letterMix(hot);
  const counts = new Map<Letter, number>();
  for (let i = 0; i < of; i++) {
    const letter = mix((i + 0.5) / of);
    counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  return counts;
}

describe('a mix of letters', () => {
  it('sends 80 % to the hot range, and evenly within the hot and the others', () => {
    const hot = lettersOf(parseRange('E-P'));
    const counts = countLetters(hot, 33_600);
    for (const letter of LETTERS) expect(counts.get(letter)).toBeCloseTo(hot.includes(letter) ? 2_240 : 480, -1);
  });

  it('sends 80 % to one letter', () => {
    const counts = countLetters(['S' as Letter], 10_000);
    expect(counts.get('S' as Letter)).toBe(8_000);
    expect(counts.size).toBe(26);
  });

  it.each([
    ['nothing is hot', 'none'],
    ['everything is hot', 'A-Z'],
  ])('is even when %s', (_, range) => {
    const counts = countLetters(range === 'none' ? [] : lettersOf(parseRange(range)), 26_000);
    expect([...counts.values()]).toEqual(LETTERS.map(() => 1_000));
  });

  it('always gives a letter', () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.subarray([...LETTERS]), share, chance, (hot, hotShare, random) => {
        expect(LETTERS).toContain(letterMix(hot, hotShare)(random));
      }),
    );
  });
});

describe('a pace', () => {
  it.each([
    ['the first at once', 100, 1_000, 0, 1],
    ['the next after its time', 100, 1_000, 10, 2],
    ['not before', 100, 1_000, 9.9, 1],
    ['all in the end', 100, 1_000, 999.9, 100],
    ['none that would be due after the end', 100, 1_000, 5_000, 100],
    ['fewer than one a second', 1, 500, 400, 1],
  ])('has due: %s', (_, perSecond, durationMs, elapsedMs, due) => {
    expect(createPace(perSecond, durationMs).dueBy(elapsedMs)).toBe(due);
  });

  it('says when each is due, and how many were missed', () => {
    const pace = createPace(200, 1_000);
    expect([0, 1, 100].map((index) => pace.dueAtMs(index))).toEqual([0, 5, 500]);
    expect(pace.missedBy(500, 41)).toBe(60);
    expect(pace.missedBy(500, 101)).toBe(0);
  });

  it('has no times and misses nothing without a rate', () => {
    const pace = createPace(null, 1_000);
    expect(pace.dueBy(0)).toBe(Number.POSITIVE_INFINITY);
    expect(pace.dueAtMs(7)).toBeNull();
    expect(pace.missedBy(1_000, 0)).toBe(0);
  });
});

describe('the headers of an answer', () => {
  it.each([
    ['people-router; hit', 'hit'],
    ['people-router; fwd=uri-miss', 'miss'],
    ['people-router; fwd=uri-miss; stored', 'miss'],
    ['people-router; fwd=uri-miss; collapsed', 'collapsed'],
    ['people-router; fwd=request; stored', 'request'],
    ['people-router; fwd=bypass', 'bypass'],
    ['people-router; fwd=stale', null],
    ['hit', null],
  ])('say of the cache: %s → %s', (cacheStatus, cache) => {
    expect(originOf({ 'cache-status': cacheStatus })).toEqual({ servedBy: null, range: null, cache });
  });

  it('say who answered', () => {
    expect(originOf({ 'served-by': 'e-p-1/42', shard: 'E-P' })).toEqual({
      servedBy: 'e-p-1/42',
      range: 'E-P',
      cache: null,
    });
  });
});
