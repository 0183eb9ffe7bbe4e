// What outcomes come to, and how it reads.

import { describe, expect, it } from 'vitest';
import { grouped, milliseconds, percent } from '../../control/load/figures.ts';
import { Latencies } from '../../control/load/latencies.ts';
import { liveLine } from '../../control/load/live.ts';
import type { CacheOutcome, Outcome } from '../../control/load/outcome.ts';
import { type LoadReport, renderReport } from '../../control/load/report.ts';
import { type LoadSummary, Tally } from '../../control/load/tally.ts';
import type { Letter } from '../../people/letter.ts';

const letter = 'J' as Letter;

function answer(
  servedBy: string,
  range: string,
  { endedAtMs = 0, latencyMs = 1, status = 200, cache = 'request' as CacheOutcome } = {},
): Outcome {
  const origin = { servedBy, range, cache };
  return { kind: 'answered', letter, status, bytes: 1_000, origin, endedAtMs, latencyMs };
}

function summaryOf(outcomes: readonly Outcome[], elapsedMs: number): LoadSummary {
  const tally = new Tally();
  for (const outcome of outcomes) tally.add(outcome);
  return tally.summary(elapsedMs);
}

const MIXED: readonly Outcome[] = [
  answer('e-p-1/11', 'E-P', { endedAtMs: 100 }),
  answer('e-p-1/12', 'E-P', { endedAtMs: 200, latencyMs: 3 }),
  answer('e-p-1/12', 'E-P', { endedAtMs: 1_100 }),
  answer('a-d-1/10', 'A-D', { endedAtMs: 1_200, status: 503 }),
  answer('router/9', 'E-P', { endedAtMs: 1_300, cache: 'hit' }),
  { kind: 'failed', reason: 'ECONNRESET', letter, endedAtMs: 1_400, latencyMs: 60 },
  { kind: 'unfinished', letter, endedAtMs: 2_000, latencyMs: 700 },
  { kind: 'unsent', letter, endedAtMs: 2_000, latencyMs: 500 },
];

describe('a tally', () => {
  it('counts each outcome once', () => {
    const summary = summaryOf(MIXED, 2_000);
    expect(summary).toMatchObject({ answered: 5, failed: 1, unfinished: 1, unsent: 1, bytes: 5_000 });
    expect(summary.statuses).toEqual({ 200: 4, 503: 1 });
    expect(summary.failures).toEqual({ ECONNRESET: 1 });
    expect(summary.cache).toEqual({ hit: 1, request: 4 });
    expect(summary.perSecond).toEqual({ mean: 2.5, min: 2, max: 3 });
  });

  it('knows the share of each worker; what the router had kept is its own', () => {
    expect(summaryOf(MIXED, 2_000).workers).toEqual([
      { instance: 'a-d-1', pid: '10', range: 'A-D', answers: 1, share: 0.2 },
      { instance: 'e-p-1', pid: '11', range: 'E-P', answers: 1, share: 0.2 },
      { instance: 'e-p-1', pid: '12', range: 'E-P', answers: 2, share: 0.4 },
      { instance: 'router', pid: '9', range: null, answers: 1, share: 0.2 },
    ]);
    expect(summaryOf(MIXED, 2_000).ranges.map(({ range, answers }) => [range, answers])).toEqual([
      ['A-D', 1],
      ['E-P', 4],
    ]);
  });

  it('has who still waits at the end in the percentiles, and who failed not', () => {
    expect(summaryOf(MIXED, 2_000).latencyMs.max).toBeCloseTo(700, -1);
    expect(summaryOf(MIXED.slice(0, 6), 2_000).latencyMs.max).toBeCloseTo(3, 1);
  });

  it('is all zeros when there was nothing', () => {
    expect(summaryOf([], 0)).toMatchObject({
      answered: 0,
      perSecond: { mean: 0, min: 0, max: 0 },
      latencyMs: { min: 0, mean: 0, p50: 0, p90: 0, p99: 0, max: 0 },
      ranges: [],
      workers: [],
    });
  });
});

describe('latencies', () => {
  it('are right to three digits, from microseconds to minutes', () => {
    const latencies = new Latencies();
    for (let ms = 1; ms <= 1_000; ms++) latencies.record(ms);
    latencies.record(0.05);
    latencies.record(300_000);
    const { min, p50, p90, p99, max } = latencies.summary();
    expect([min, p50, p90, p99, max].map((ms) => Number(ms.toPrecision(2)))).toEqual([0.05, 500, 900, 990, 300_000]);
  });
});

describe('figures', () => {
  it.each([
    [milliseconds(0.423), '0.42 ms'],
    [milliseconds(9.72), '9.7 ms'],
    [milliseconds(312.4), '312 ms'],
    [milliseconds(999.7), '1.0 s'],
    [milliseconds(12_345), '12 s'],
    [percent(0), '0 %'],
    [percent(0.00001), '< 0.1 %'],
    [percent(0.034), '3.4 %'],
    [percent(0.27), '27 %'],
    [percent(0.996), '99.6 %'],
    [percent(0.99999), '> 99.9 %'],
    [percent(1), '100 %'],
    [grouped(12345), '12,345'],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected);
  });
});

describe('the report', () => {
  const report: LoadReport = {
    ...{ url: 'http://127.0.0.1:8080', hot: 'E-P', rate: 5, connections: 1, durationS: 2, isFresh: true },
    ...summaryOf(MIXED, 2_000),
  };

  it('says under which conditions, what came, and from whom', () => {
    expect(renderReport(report, { isColor: false })).toBe(`
  http://127.0.0.1:8080  2.0 s · 1 connection · 5/s due · most to E-P · past the cache

  answers   5   2.5/s (2 to 3)   5 kB
  latency   p50 1.0 ms   p90 500 ms   p99 700 ms   max 700 ms
  status    200: 4 (80 %)   503: 1 (20 %)
  cache     hit: 1 (20 %)   past the cache: 4 (80 %)
  failed    1   ECONNRESET: 1
  late      1 without an answer when it ended
  late      1 due and never sent: all connections were busy

  range  answers  share     p50     p99
  A-D          1   20 %  1.0 ms  1.0 ms
  E-P          4   80 %  1.0 ms  3.0 ms

  range  answered by  pid  answers  share
  A-D    a-d-1         10        1   20 %  ██████████
  E-P    e-p-1         11        1   20 %  ██████████
  E-P    e-p-1         12        2   40 %  ████████████████████
         router         9        1   20 %  ██████████

`);
  });

  it('leaves out what nobody answered', () => {
    const text = renderReport({ ...report, ...summaryOf([], 0) }, { isColor: false });
    expect(text).not.toMatch(/answered by|NaN|Infinity|undefined/);
    expect(text).toContain('status    -');
  });

  it('says how it goes in one line', () => {
    expect(liveLine(summaryOf(MIXED, 2_000), 2_000, 10_000)).toBe('2 of 10 s · 3 answers/s · p99 700 ms · 1 failed');
  });
});
