import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RangeSample, type Totals, trafficSample } from '../../router/ops/traffic-sample.ts';
import { Counters } from '../../runtime/counters.ts';

const AT = '2026-01-01T00:00:00.000Z';

/** Answers of a range: how many, with what status, how the cache took part, how long each took. */
interface Answers {
  readonly count: number;
  readonly range?: string;
  readonly letter?: string;
  readonly status?: number;
  readonly cache?: string;
  readonly ms?: number;
}

/** A router's counters, as they are after some answers more. */
function createTotals(): (...answers: Answers[]) => Totals {
  const counters = new Counters();
  return (...answers) => {
    for (const { count, range = 'A-D', letter = 'A', status = 200, cache = 'miss', ms = 1 } of answers) {
      counters.add(`people_requests_total{range="${range}",status="${status}",cache="${cache}"}`, count);
      counters.add(`people_letter_requests_total{letter="${letter}"}`, count);
      const histogram = counters.histogram('people_request_duration_seconds', `range="${range}"`);
      for (let i = 0; i < count; i++) histogram.observe(ms);
    }
    return new Map(Object.entries(counters.counts()));
  };
}

/** What happened to range A-D between what was before and what came then, two seconds later. */
function sampleOf(before: Answers[], then: Answers[]): RangeSample | undefined {
  const totals = createTotals();
  return trafficSample(totals(...before), totals(...then), 2, AT).ranges['A-D'];
}

describe('of two readings, two seconds apart', () => {
  it.each<[what: string, then: Answers[], sample: Partial<RangeSample> | undefined]>([
    ['nothing happened: no sample', [], undefined],
    ['another range was asked: no sample', [{ count: 4, range: 'E-P' }], undefined],
    ['ten requests: five a second', [{ count: 10 }], { rps: 5, failedPs: 0, hitShare: 0 }],
    [
      'failures are those of ours',
      [
        { count: 2, status: 404 },
        { count: 6, status: 503 },
      ],
      { rps: 4, failedPs: 3 },
    ],
    ['hits are a share', [{ count: 3, cache: 'hit' }, { count: 1 }], { hitShare: 0.75 }],
    ['304 is a hit, too', [{ count: 4, cache: 'hit', status: 304 }], { hitShare: 1, failedPs: 0 }],
    ['all are equally fast: all percentiles are', [{ count: 9, ms: 2 }], { p50Ms: 2.5, p99Ms: 2.5 }],
    [
      'half is slow',
      [
        { count: 5, ms: 0.2 },
        { count: 5, ms: 300 },
      ],
      { p50Ms: 0.25, p99Ms: 500 },
    ],
    [
      'one in a hundred is slow',
      [
        { count: 99, ms: 0.2 },
        { count: 1, ms: 300 },
      ],
      { p50Ms: 0.25, p99Ms: 0.25 },
    ],
    [
      'two in a hundred are slow',
      [
        { count: 98, ms: 0.2 },
        { count: 2, ms: 300 },
      ],
      { p50Ms: 0.25, p99Ms: 500 },
    ],
    ['slower than all buckets: as the last', [{ count: 1, ms: 60_000 }], { p50Ms: 10_000, p99Ms: 10_000 }],
  ])('%s', (_, then, expected) => {
    const before = [
      { count: 1_000, ms: 40 },
      { count: 50, status: 503, cache: 'none' },
      { count: 7, range: 'E-P' },
    ];
    for (const earlier of [[], before]) {
      const sample = sampleOf(earlier, then);
      if (expected === undefined) expect(sample).toBeUndefined();
      else expect(sample).toMatchObject(expected);
    }
  });

  it('letters are counted a second, each of its own', () => {
    const totals = createTotals();
    const before = totals({ count: 5, letter: 'A' }, { count: 5, letter: 'B' });
    const sample = trafficSample(before, totals({ count: 3, letter: 'B' }, { count: 1, letter: 'C' }), 2, AT);
    expect(sample).toMatchObject({ at: AT, letters: { B: 1.5, C: 0.5 } });
  });

  it('a reading lower than the one before is no traffic', () => {
    const totals = createTotals();
    const before = totals({ count: 5 });
    expect(trafficSample(before, createTotals()({ count: 2 }), 2, AT)).toEqual({ at: AT, ranges: {}, letters: {} });
  });

  it('what is no traffic is not looked at', () => {
    const after = new Map([
      ['people_retries_total', 5],
      ['people_requests_total', 5],
      ['people_requests_total{range="A-D"}', 5],
      ['people_letter_requests_total{letter="AB"}', 5],
    ]);
    expect(trafficSample(new Map(), after, 2, AT)).toEqual({ at: AT, ranges: {}, letters: {} });
  });
});

it('says what happened, whatever happened: sums, and percentiles in order and not below the times', () => {
  const answers = fc.record({
    count: fc.integer({ min: 1, max: 20 }),
    letter: fc.constantFrom('A', 'B'),
    status: fc.constantFrom(200, 304, 400, 502, 503),
    cache: fc.constantFrom('hit', 'miss', 'none'),
    ms: fc.integer({ min: 0, max: 12_000 }),
  });
  fc.assert(
    fc.property(fc.array(answers), fc.array(answers, { minLength: 1 }), (before, then) => {
      const totals = createTotals();
      const sample = trafficSample(totals(...before), totals(...then), 2, AT);
      const { rps, failedPs, hitShare, p50Ms, p99Ms } = sample.ranges['A-D']!;
      const count = (of: (answer: Answers) => boolean): number =>
        then.filter(of).reduce((sum, answer) => sum + answer.count, 0);
      expect(rps).toBeCloseTo(count(() => true) / 2);
      expect(failedPs).toBeCloseTo(count(({ status }) => status! >= 500) / 2);
      expect(hitShare).toBeCloseTo(count(({ cache }) => cache === 'hit') / count(() => true));
      expect(sample.letters.B ?? 0).toBeCloseTo(count(({ letter }) => letter === 'B') / 2);
      expect(p50Ms).toBeLessThanOrEqual(p99Ms!);
      const times = then.flatMap(({ count, ms }) => Array.from({ length: count }, () => ms!)).sort((a, b) => a - b);
      const median = times[Math.ceil(times.length / 2) - 1]!;
      expect(p50Ms).toBeGreaterThanOrEqual(Math.min(median, 10_000));
    }),
  );
});
