import { describe, expect, it } from 'vitest';
import { chartColumns, shownSeconds, timeLabels } from '../../router/console/chart-data.ts';
import { recentOfAll, recentOfLetter, recentOfRange } from '../../router/console/recent.ts';
import type { RangeTraffic, TrafficSample } from '../../router/console/wire.ts';

function traffic(rps: number, p99Ms: number | null = null): RangeTraffic {
  return { rps, p99Ms, failedPs: rps / 10, hitShare: 0.5 };
}
function sample(second: number, ranges: Record<string, RangeTraffic>, letters = {}): TrafficSample {
  return { at: new Date(second * 1_000).toISOString(), ranges, letters };
}

describe('recent traffic', () => {
  const samples = [
    sample(1, { 'A-D': traffic(900, 2_500) }),
    sample(2, { 'A-D': traffic(30, 10), 'E-P': traffic(3, 5) }, { A: 30 }),
    sample(3, { 'A-D': traffic(60, 25) }, { A: 60 }),
    sample(4, {}),
  ];

  it('is that of the last three seconds; a second without requests counts as one', () => {
    expect(recentOfRange(samples, 'A-D')).toEqual({ rps: 30, failedPs: 3, hitShare: 0.5, p99Ms: 25 });
    expect(recentOfLetter(samples, 'A')).toBe(30);
  });

  it('is nothing where nothing is known', () => {
    expect(recentOfRange([], 'A-D')).toEqual({ rps: 0, failedPs: 0, hitShare: null, p99Ms: null });
    expect(recentOfAll([])).toEqual({ rps: 0, failedPs: 0, p99Ms: null, slowest: null });
  });

  it('sums ranges up, and names the slowest', () => {
    expect(recentOfAll(samples)).toEqual({ rps: 31, failedPs: 3.1, p99Ms: 25, slowest: 'A-D' });
  });
});

describe('chart columns', () => {
  it('have a value per range and sample, and a gap where samples are missing', () => {
    const samples = [sample(10, { A: traffic(3) }), sample(11, { A: traffic(6) }), sample(20, { B: traffic(9) })];
    expect(chartColumns(samples, ['A', 'B'], ({ rps }) => Math.round(rps * 10) / 10)).toEqual([
      [10, 11, 15.5, 20],
      [3, 4.5, null, 3],
      [0, 0, null, 3],
    ]);
  });
});

describe('the time axis', () => {
  it.each([
    [0, 60],
    [59, 60],
    [61, 120],
    [190, 240],
    [299, 300],
    [900, 300],
  ])('after %i s shows %i s', (span, shown) => {
    expect(shownSeconds([sample(0, {}), sample(span, {})])).toBe(shown);
  });

  it('says how long ago', () => {
    expect(timeLabels(100, 60).map(([, label]) => label)).toEqual(['−1 min', '−45 s', '−30 s', '−15 s', 'now']);
    expect(timeLabels(100, 180)).toEqual([
      [-80, '−3 min'],
      [-20, '−2 min'],
      [40, '−1 min'],
      [100, 'now'],
    ]);
  });
});
