import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidate, pick } from '../../router/pool/pick.ts';
import { seededRandom } from '../helpers/seeded-random.ts';

/** The share of picks that each candidate gets, when nothing finishes and nothing begins in between. */
function sharesOf(candidates: readonly Candidate[], random: () => number, picks = 10_000): number[] {
  const counts = candidates.map(() => 0);
  for (let i = 0; i < picks; i++) counts[candidates.indexOf(pick(candidates, random)!)]!++;
  return counts.map((count) => count / picks);
}

const idle = (weight: number): Candidate => ({ inFlight: 0, weight });

describe('among', () => {
  it('nobody, it picks nobody', () => {
    expect(pick([], Math.random)).toBeUndefined();
  });

  it('one, it picks that one, however busy and new', () => {
    const only = { inFlight: 1_000, weight: 0.1 };
    expect(pick([only], Math.random)).toBe(only);
  });

  it.each([
    [0, 1],
    [1, 2],
    [31, 32],
    [0, 256],
  ])('two full ones with %i and %i in flight, always the less loaded', (less, more) => {
    const [idler, busier] = [
      { inFlight: less, weight: 1 },
      { inFlight: more, weight: 1 },
    ];
    expect(sharesOf([idler, busier], seededRandom(1))).toEqual([1, 0]);
    expect(sharesOf([busier, idler], seededRandom(1))).toEqual([0, 1]);
  });

  it('many, never the most loaded', () => {
    const candidates = [5, 3, 9, 4, 8].map((inFlight) => ({ inFlight, weight: 1 }));
    expect(sharesOf(candidates, seededRandom(1))[2]).toBe(0);
  });

  it('two of which one is new, the new one only until it has its share', () => {
    const full = { inFlight: 20, weight: 1 };
    expect(sharesOf([full, { inFlight: 1, weight: 0.1 }], seededRandom(1))).toEqual([0, 1]);
    expect(sharesOf([full, { inFlight: 2, weight: 0.1 }], seededRandom(1))[1]).toBeLessThan(0.15);
    expect(sharesOf([full, { inFlight: 3, weight: 0.1 }], seededRandom(1))).toEqual([1, 0]);
  });
});

const weight = fc.integer({ min: 10, max: 100 }).map((percent) => percent / 100);
const candidate = fc.record({ inFlight: fc.nat({ max: 300 }), weight });
const random = fc.integer().map((seed) => seededRandom(seed));

it('picks one of the candidates, whatever they are', () => {
  fc.assert(
    fc.property(fc.array(candidate, { minLength: 1, maxLength: 8 }), random, (candidates, random) => {
      expect(candidates).toContain(pick(candidates, random));
    }),
  );
});

it('picks one of the candidates, whatever the random number', () => {
  const extreme = fc.constantFrom(0, Number.MIN_VALUE, 0.5, 1 - Number.EPSILON);
  fc.assert(
    fc.property(fc.array(candidate, { minLength: 1, maxLength: 8 }), extreme, (candidates, value) => {
      expect(candidates).toContain(pick(candidates, () => value));
    }),
  );
});

it('gives idle candidates their share by weight: who ramps up gets little, and not nothing', () => {
  fc.assert(
    fc.property(fc.array(weight, { minLength: 2, maxLength: 5 }), random, (weights, random) => {
      const total = weights.reduce((sum, one) => sum + one, 0);
      const shares = sharesOf(weights.map(idle), random);
      for (const [i, share] of shares.entries()) expect(share).toBeCloseTo(weights[i]! / total, 1);
    }),
    { numRuns: 30 },
  );
});

it.each([1, 2, 4, 16, 64])(
  'gives two candidates work by weight, with %i requests under way at all times',
  (concurrency) => {
    const random = seededRandom(concurrency);
    for (const weight of [0.1, 0.5, 0.9, 1]) {
      const members = [
        { inFlight: 0, weight: 1 },
        { inFlight: 0, weight },
      ];
      const underWay: { inFlight: number }[] = [];
      let picksOfSecond = 0;
      const picks = 20_000;
      for (let i = 0; i < picks; i++) {
        if (underWay.length === concurrency) {
          const [done] = underWay.splice(Math.floor(random() * concurrency), 1);
          done!.inFlight--;
        }
        const picked = pick(members, random)!;
        if (picked === members[1]) picksOfSecond++;
        picked.inFlight++;
        underWay.push(picked);
      }
      const share = weight / (1 + weight);
      expect(picksOfSecond / picks).toBeGreaterThan(share * 0.5);
      expect(picksOfSecond / picks).toBeLessThan(share * 1.5);
    }
  },
);

it('keeps the most loaded of many within one of the mean, where one random choice would not', () => {
  const random = seededRandom(7);
  const members = Array.from({ length: 10 }, () => ({ inFlight: 0, weight: 1 }));
  for (let i = 0; i < 1_000; i++) pick(members, random)!.inFlight++;
  const loads = members.map(({ inFlight }) => inFlight);
  expect(Math.max(...loads)).toBeLessThanOrEqual(103);
});
