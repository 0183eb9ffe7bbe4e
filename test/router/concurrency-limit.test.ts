import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ConcurrencyBounds,
  type ConcurrencyLimit,
  type ConcurrencySample,
  firstLimit,
  nextLimit,
} from '../../router/pool/concurrency-limit.ts';
import { seededRandom } from '../helpers/seeded-random.ts';
import { drown } from './drowning-pool.ts';

const BOUNDS: ConcurrencyBounds = { max: 256, targetMs: 500 };
const STEADY: ConcurrencyLimit = { limit: 40, isProbing: false, decreasedAt: 0 };
const FAST: ConcurrencySample = { nowMs: 10_000, latencyMs: 20, isTimeout: false, inFlight: 40 };

describe('the first limit', () => {
  it.each([
    [256, 32],
    [32, 32],
    [10, 10],
    [1, 1],
  ])('of at most %i is %i', (max, limit) => {
    expect(firstLimit({ max, targetMs: 500 }).limit).toBe(limit);
  });
});

describe('an answer', () => {
  it.each<[what: string, sample: Partial<ConcurrencySample>, current: Partial<ConcurrencyLimit>, limit: number]>([
    ['in time, at the limit: grows by one in a round trip', {}, {}, 40 + 1 / 40],
    ['in time, one below the limit: grows, too', { inFlight: 39 }, {}, 40 + 1 / 40],
    ['in time, well below the limit: stays', { inFlight: 38 }, {}, 40],
    ['in time, at the limit, before the first decrease: doubles in a round trip', {}, { isProbing: true }, 41],
    ['in time, at the most there is: stays', { inFlight: 256 }, { limit: 256 }, 256],
    ['in time, just below the most there is: ends there', { inFlight: 256 }, { limit: 255.999 }, 256],
    ['just in time: grows', { latencyMs: 500 }, {}, 40 + 1 / 40],
    ['too slow: shrinks by a fifth', { latencyMs: 501 }, {}, 32],
    ['too slow, well below the limit: shrinks as well', { latencyMs: 501, inFlight: 1 }, {}, 32],
    ['that never came: shrinks by a fifth', { latencyMs: 2_000, isTimeout: true }, {}, 32],
    ['that never came, at the least there is: stays', { latencyMs: 2_000, isTimeout: true }, { limit: 4 }, 4],
    ['that never came, near the least: ends there', { latencyMs: 2_000, isTimeout: true }, { limit: 4.5 }, 4],
    ['too slow, sent before the last decrease: old news', { latencyMs: 501 }, { decreasedAt: 9_500 }, 40],
    ['too slow, sent after the last decrease: shrinks', { latencyMs: 501 }, { decreasedAt: 9_499 }, 32],
  ])('%s', (_, sample, current, limit) => {
    expect(nextLimit({ ...STEADY, ...current }, { ...FAST, ...sample }, BOUNDS).limit).toBe(limit);
  });

  it('that is too slow ends the doubling', () => {
    const slow = nextLimit({ ...STEADY, isProbing: true }, { ...FAST, latencyMs: 501 }, BOUNDS);
    expect(slow).toEqual({ limit: 32, isProbing: false, decreasedAt: 10_000 });
  });
});

const sample = fc.record({
  ms: fc.integer({ min: 0, max: 1_000 }),
  latencyMs: fc.integer({ min: 0, max: 2_000 }),
  isTimeout: fc.boolean(),
  inFlight: fc.nat({ max: 300 }),
});

it('never leaves its bounds, shrinks at most once in a round trip, and grows only while it is what limits', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.array(sample, { maxLength: 200 }), (max, samples) => {
      const bounds = { max, targetMs: 500 };
      let nowMs = 0;
      let limit = firstLimit(bounds);
      let shrankAt = Number.NEGATIVE_INFINITY;
      for (const { ms, ...rest } of samples) {
        nowMs += ms;
        const next = nextLimit(limit, { nowMs, ...rest }, bounds);
        expect(next.limit).toBeGreaterThanOrEqual(Math.min(4, max));
        expect(next.limit).toBeLessThanOrEqual(max);
        if (next.limit < limit.limit) {
          expect(nowMs - shrankAt).toBeGreaterThanOrEqual(rest.latencyMs);
          shrankAt = nowMs;
        }
        if (next.limit > limit.limit) expect(rest.inFlight).toBeGreaterThanOrEqual(Math.floor(limit.limit) - 1);
        limit = next;
      }
    }),
  );
});

describe('a pool that is asked for more than it can serve', () => {
  it.each([
    [1, 20, 50],
    [2, 20, 100],
    [4, 5, 800],
    [8, 50, 160],
    [64, 100, 640],
  ])(
    'with %i workers at %i ms keeps its %i answers a second, and its latency within bounds',
    (workers, workMs, rate) => {
      const { answersPerS, latenciesMs, timeouts } = drown({ workers, workMs, clients: 1_000, bounds: BOUNDS });
      expect(answersPerS).toBeGreaterThan(rate * 0.9);
      expect(timeouts).toBe(0);
      expect(latenciesMs.every((ms) => ms < 1_000)).toBe(true);
    },
  );

  it('keeps them while what a request costs varies', () => {
    const random = seededRandom(1);
    const costs = { workers: 4, workMs: () => 10 + 30 * random(), clients: 1_000, bounds: BOUNDS };
    const { answersPerS, latenciesMs, timeouts } = drown(costs);
    expect(answersPerS).toBeGreaterThan(160 * 0.9);
    expect(timeouts).toBe(0);
    expect(latenciesMs.every((ms) => ms < 1_000)).toBe(true);
  });

  it('finds its way back to the whole after half of its workers were lost for a while', () => {
    const workers = (nowMs: number): number => (nowMs > 20_000 && nowMs < 40_000 ? 2 : 4);
    const { answersPerS } = drown({
      workers,
      workMs: 10,
      clients: 1_000,
      bounds: BOUNDS,
      untilMs: 80_000,
      fromMs: 60_000,
    });
    expect(answersPerS).toBeGreaterThan(400 * 0.9);
  });

  it('answers slowly, but answers, where one request alone takes longer than the target', () => {
    const { answersPerS, timeouts } = drown({
      ...{ workers: 4, workMs: 700, clients: 100, bounds: BOUNDS },
      ...{ fromMs: 40_000, untilMs: 80_000 },
    });
    expect(answersPerS).toBeGreaterThan((4 / 0.7) * 0.9);
    expect(timeouts).toBe(0);
  });
});

it('does not stand in the way of a pool with room: all clients are served at once', () => {
  const { answersPerS, latenciesMs } = drown({ workers: 400, workMs: 20, clients: 200, bounds: BOUNDS });
  expect(answersPerS).toBeGreaterThan(200 * 50 * 0.9);
  expect(latenciesMs.every((ms) => ms < 25)).toBe(true);
});
