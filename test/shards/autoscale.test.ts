import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideScale, type LoadSample, type ScaleBounds, type ScaleHistory } from '../../shards/autoscale.ts';
import { seededRandom } from '../helpers/seeded-random.ts';

const NOW = 1_000_000;
const BOUNDS: ScaleBounds = { min: 1, max: 8 };
const LONG_AGO: ScaleHistory = { lastUpMs: 0, lastChangeMs: 0 };

type Load = Partial<Pick<LoadSample, 'elu' | 'inFlight' | 'workers'>>;

/** Two samples a second over the last so many seconds, the newest now. */
function over(seconds: number, load: Load, workers: number, untilMs = NOW): LoadSample[] {
  return Array.from({ length: seconds * 2 + 1 }, (_, i) => ({
    ...{ atMs: untilMs - (seconds * 2 - i) * 500, workers, elu: 0, inFlight: 0 },
    ...load,
  }));
}

/** What becomes of so many workers: `2 → 3` or `2`. */
function decide(samples: readonly LoadSample[], current: number, history = LONG_AGO, bounds = BOUNDS): string {
  const decision = decideScale(samples, current, history, bounds, NOW);
  return decision.kind === 'stay' ? `${current}` : `${current} → ${decision.workers}`;
}

describe('an instance of so many workers with this load for a minute', () => {
  it.each<[workers: number, load: Load, then: string]>([
    [2, { elu: 0.6 }, '2'],
    [2, { elu: 0.659 }, '2'], // within tolerance
    [2, { elu: 0.67 }, '2 → 3'],
    [2, { elu: 0.9 }, '2 → 3'],
    [2, { elu: 1 }, '2 → 4'],
    [2, { inFlight: 32 }, '2'],
    [2, { inFlight: 36 }, '2 → 3'],
    [2, { elu: 0.1, inFlight: 48 }, '2 → 3'], // whichever asks for more
    [2, { elu: 0.9, inFlight: 1 }, '2 → 3'],
    [2, { inFlight: 1_000 }, '2 → 4'], // at most doubled
    [1, { inFlight: 1_000 }, '1 → 2'],
    [3, { inFlight: 1_000 }, '3 → 6'],
    [8, { inFlight: 1_000 }, '8'], // no more than the bounds
    [6, { inFlight: 1_000 }, '6 → 8'],
    [4, { elu: 0.55 }, '4'], // within tolerance
    [4, { elu: 0.5 }, '4'], // would ask for four again
    [4, { elu: 0.45 }, '4 → 3'],
    [4, { elu: 0 }, '4 → 3'], // by one
    [2, { elu: 0 }, '2 → 1'],
    [1, { elu: 0 }, '1'],
  ])('%i workers, %j: %s', (workers, load, then) => {
    expect(decide(over(60, load, workers), workers)).toBe(then);
  });

  it.each<[workers: number, then: string]>([
    [9, '9 → 8'],
    [1, '1 → 2'],
    [20, '20 → 8'],
  ])('%i workers, out of bounds of 2 to 8: %s, whatever the load', (workers, then) => {
    expect(decide([], workers, LONG_AGO, { min: 2, max: 8 })).toBe(then);
  });
});

describe('going up', () => {
  it('waits until three seconds are known', () => {
    expect(decide(over(2, { elu: 1 }, 2), 2)).toBe('2');
    expect(decide(over(3, { elu: 1 }, 2), 2)).toBe('2 → 4');
  });

  it('takes three seconds of load, not one of them', () => {
    const step = [
      ...over(60, { elu: 0.2 }, 2, NOW - 1_000),
      ...over(0, { elu: 1 }, 2, NOW - 500),
      ...over(0, { elu: 1 }, 2),
    ];
    expect(decide(step, 2)).toBe('2');
    expect(decide([...over(60, { elu: 0.2 }, 2, NOW - 3_000), ...over(2, { elu: 1 }, 2)], 2)).toBe('2 → 4');
  });

  it.each([
    [9_999, '2'],
    [10_000, '2 → 4'],
  ])('comes %i ms after the last time: %s', (ms, then) => {
    expect(decide(over(60, { elu: 1 }, 2), 2, { lastUpMs: NOW - ms, lastChangeMs: NOW - ms })).toBe(then);
  });

  it('does not count workers that still start', () => {
    // Two ready ones are full, two more are on their way: what is there already would do.
    expect(decide(over(60, { elu: 1 }, 2), 4)).toBe('4');
  });
});

describe('going down', () => {
  it('takes a full minute', () => {
    expect(decide(over(59, { elu: 0 }, 4), 4)).toBe('4');
    expect(decide(over(60, { elu: 0 }, 4), 4)).toBe('4 → 3');
  });

  it.each([
    [59_999, '4'],
    [60_000, '4 → 3'],
  ])('comes %i ms after the last change: %s', (ms, then) => {
    expect(decide(over(60, { elu: 0 }, 4), 4, { lastUpMs: 0, lastChangeMs: NOW - ms })).toBe(then);
  });

  it('does not go below what any moment of that minute asked for', () => {
    const peak = over(0, { elu: 0.6 }, 4, NOW - 30_000);
    const quiet = over(60, { elu: 0.1 }, 4);
    expect(
      decide(
        [...quiet, ...peak].sort((a, b) => a.atMs - b.atMs),
        4,
      ),
    ).toBe('4');
    const old = over(0, { elu: 0.6 }, 4, NOW - 60_000);
    expect(
      decide(
        [...quiet, ...old].sort((a, b) => a.atMs - b.atMs),
        4,
      ),
    ).toBe('4 → 3');
  });
});

const load = fc.record({ elu: fc.double({ min: 0, max: 1, noNaN: true }), inFlight: fc.nat({ max: 300 }) });
const samples = fc
  .array(fc.tuple(load, fc.integer({ min: 1, max: 20 })), { maxLength: 130 })
  .map((loads) =>
    loads.map(([one, workers], i): LoadSample => ({ atMs: NOW - (loads.length - 1 - i) * 500, workers, ...one })),
  );
const bounds = fc
  .tuple(fc.integer({ min: 1, max: 10 }), fc.nat({ max: 10 }))
  .map(([min, more]) => ({ min, max: min + more }));
const current = fc.integer({ min: 1, max: 25 });
const history = fc.record({ lastUpMs: fc.nat({ max: NOW }), lastChangeMs: fc.nat({ max: NOW }) });

it('never leaves its bounds, never more than doubles, never takes more than one, whatever is measured', () => {
  fc.assert(
    fc.property(samples, current, history, bounds, (samples, current, history, bounds) => {
      const decision = decideScale(samples, current, history, bounds, NOW);
      const workers = decision.kind === 'stay' ? current : decision.workers;
      const wasWithin = current >= bounds.min && current <= bounds.max;
      if (decision.kind === 'stay') expect(wasWithin).toBe(true);
      expect(workers).toBeGreaterThanOrEqual(bounds.min);
      expect(workers).toBeLessThanOrEqual(bounds.max);
      if (decision.kind === 'up') expect(workers).toBeGreaterThan(current);
      if (decision.kind === 'down') expect(workers).toBeLessThan(current);
      if (!wasWithin) return;
      expect(workers).toBeLessThanOrEqual(current * 2);
      expect(workers).toBeGreaterThanOrEqual(current - 1);
    }),
  );
});

it('never wants fewer workers for more load', () => {
  fc.assert(
    fc.property(samples, current, history, bounds, fc.nat(), load, (samples, current, history, bounds, at, more) => {
      const busier = samples.map((sample, i) =>
        i === at % samples.length
          ? { ...sample, elu: Math.max(sample.elu, more.elu), inFlight: Math.max(sample.inFlight, more.inFlight) }
          : sample,
      );
      const workersFor = (samples: readonly LoadSample[]): number => {
        const decision = decideScale(samples, current, history, bounds, NOW);
        return decision.kind === 'stay' ? current : decision.workers;
      };
      expect(workersFor(busier)).toBeGreaterThanOrEqual(workersFor(samples));
    }),
  );
});

/** Lets a load (in workers kept fully busy) act for a while; the worker counts, as they were decided. */
function simulate(loadAt: (s: number) => number, seconds: number, from: number, startS = 1): number[] {
  const counts = [from];
  let samples: LoadSample[] = [];
  let workers = from;
  let ready = from;
  let readyAtMs = 0;
  const history = { lastUpMs: Number.NEGATIVE_INFINITY, lastChangeMs: 0 };
  for (let nowMs = 0; nowMs <= seconds * 1_000; nowMs += 500) {
    if (nowMs >= readyAtMs) ready = workers;
    const busy = loadAt(nowMs / 1_000);
    samples.push({ atMs: nowMs, workers: ready, elu: Math.min(1, busy / ready), inFlight: 0 });
    samples = samples.filter(({ atMs }) => atMs > nowMs - 61_000);
    const decision = decideScale(samples, workers, history, BOUNDS, nowMs);
    if (decision.kind === 'stay') continue;
    workers = decision.workers;
    counts.push(workers);
    ready = Math.min(ready, workers);
    readyAtMs = nowMs + startS * 1_000;
    history.lastChangeMs = nowMs;
    if (decision.kind === 'up') history.lastUpMs = nowMs;
  }
  return counts;
}

/** How often a series of counts turns round. */
function turns(counts: readonly number[]): number {
  const steps = counts.slice(1).map((count, i) => Math.sign(count - counts[i]!));
  return steps.filter((step, i) => i > 0 && step !== steps[i - 1]).length;
}

describe('in ten minutes', () => {
  it('a steady load settles where the loop is at its target', () => {
    expect(simulate(() => 1.7, 600, 1)).toEqual([1, 2, 3]);
    expect(simulate(() => 0.1, 600, 6)).toEqual([6, 5, 4, 3, 2, 1]);
  });

  it('a step of load and back goes up and down again, once each', () => {
    const counts = simulate((s) => (s > 30 && s < 90 ? 2 : 0.5), 600, 1);
    expect(counts).toEqual([1, 2, 4, 3, 2, 1]);
    expect(turns(counts)).toBe(1);
  });

  it('noise makes it turn round at most once, however large, wherever it begins', () => {
    const base = fc.double({ min: 0.05, max: 6, noNaN: true });
    const noise = fc.double({ min: 0, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(base, noise, fc.integer({ min: 1, max: 8 }), fc.integer(), (base, noise, from, seed) => {
        const random = seededRandom(seed);
        const counts = simulate(() => base * (1 + noise * (random() * 2 - 1)), 600, from);
        expect(turns(counts)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('a load that comes and goes every few seconds does not make it turn round either', () => {
    for (const periodS of [2, 5, 10, 20, 40]) {
      const counts = simulate((s) => (s % periodS < periodS / 2 ? 3 : 0.3), 600, 1);
      expect(turns(counts)).toBe(0);
    }
  });
});
