import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Counters, LATENCY_BUCKETS_S } from '../../runtime/counters.ts';

const NAME = 'request_duration_seconds';
const bucket = (le: number | '+Inf'): string => `${NAME}_bucket{range="A-D",le="${le}"}`;

describe('a series', () => {
  it('has one cell, however often it is asked for', () => {
    const counters = new Counters();
    expect(counters.cell('a')).toBe(counters.cell('a'));
    expect(counters.cell('b')).not.toBe(counters.cell('a'));
  });

  it('counts through its cell and by name', () => {
    const counters = new Counters();
    counters.cell('a').value++;
    counters.add('a');
    counters.add('a', 5);
    expect(counters.counts()).toEqual({ a: 7 });
  });

  it('is there from when its cell is made', () => {
    const counters = new Counters();
    counters.cell('a');
    expect(counters.counts()).toEqual({ a: 0 });
  });
});

describe('a level', () => {
  it('is read when it is reported, and is no count', () => {
    const counters = new Counters();
    let level = 1;
    counters.gauge('in_flight', () => level);
    level = 2;
    expect([counters.levels(), counters.counts()]).toEqual([{ in_flight: 2 }, {}]);
  });

  it('has its last reader', () => {
    const counters = new Counters();
    counters.gauge('in_flight', () => 1);
    counters.gauge('in_flight', () => 2);
    expect(counters.levels()).toEqual({ in_flight: 2 });
  });
});

describe('a time', () => {
  it.each([
    [0, 0.0001],
    [0.1, 0.0001], // a bound belongs to its bucket
    [0.1001, 0.00025],
    [1, 0.001],
    [999, 1],
    [10_000, 10],
    [10_001, '+Inf'],
    [1e9, '+Inf'],
  ] as const)('of %d ms is in the buckets from %s s on', (ms, first) => {
    const counters = new Counters();
    counters.histogram(NAME, 'range="A-D"').observe(ms);
    const counts = counters.counts();
    const bounds = [...LATENCY_BUCKETS_S, '+Inf' as const];
    expect(bounds.map((le) => counts[bucket(le)])).toEqual(bounds.map((_, i) => (i >= bounds.indexOf(first) ? 1 : 0)));
    expect(counts[`${NAME}_sum{range="A-D"}`]).toBeCloseTo(ms / 1_000);
    expect(counts[`${NAME}_count{range="A-D"}`]).toBe(1);
  });

  it('is counted apart for other labels', () => {
    const counters = new Counters();
    counters.histogram(NAME, 'range="A-D"').observe(1);
    counters.histogram(NAME, 'range="E-P"').observe(1);
    counters.histogram(NAME, 'range="E-P"').observe(1);
    const counts = counters.counts();
    expect([counts[`${NAME}_count{range="A-D"}`], counts[`${NAME}_count{range="E-P"}`]]).toEqual([1, 2]);
  });
});

it('has buckets in order, the last of them as many as there were times, and nothing that ever falls', () => {
  const ms = fc.oneof(
    fc.double({ min: 0, max: 20_000, noNaN: true }),
    fc.constantFrom(...LATENCY_BUCKETS_S).map((s) => s * 1_000),
  );
  fc.assert(
    fc.property(fc.array(ms, { maxLength: 60 }), (times) => {
      const counters = new Counters();
      const histogram = counters.histogram(NAME, 'range="A-D"');
      let before = counters.counts();
      for (const [i, time] of times.entries()) {
        histogram.observe(time);
        const counts = counters.counts();
        for (const [series, count] of Object.entries(counts)) expect(count).toBeGreaterThanOrEqual(before[series] ?? 0);
        const cumulative = [...LATENCY_BUCKETS_S, '+Inf' as const].map((le) => counts[bucket(le)]!);
        expect(cumulative).toEqual(cumulative.toSorted((a, b) => a - b));
        expect(cumulative.at(-1)).toBe(i + 1);
        for (const [at, le] of LATENCY_BUCKETS_S.entries()) {
          expect(cumulative[at]).toBe(times.slice(0, i + 1).filter((one) => one / 1_000 <= le).length);
        }
        before = counts;
      }
    }),
  );
});
