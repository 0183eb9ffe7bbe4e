// Traffic of one moment, from two readings of the counters: what live charts show. Pure.

import { LATENCY_BUCKETS_S } from '../../runtime/counters.ts';

/** Totals by series, as the primary sums them. */
export type Totals = ReadonlyMap<string, number>;

export interface RangeSample {
  /** Requests a second. */
  readonly rps: number;
  /** 5xx answers a second. */
  readonly failedPs: number;
  readonly hitShare: number;
  /** Upper bound of the bucket that holds the percentile, in ms; null without requests. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

export interface TrafficSample {
  /** ISO 8601. */
  readonly at: string;
  readonly ranges: Readonly<Record<string, RangeSample>>;
  /** Requests a second by letter. */
  readonly letters: Readonly<Record<string, number>>;
}

const REQUESTS = /^people_requests_total\{range="([^"]+)",status="(\d+)",cache="([^"]+)"\}$/;
const LETTER = /^people_letter_requests_total\{letter="(.)"\}$/;

/** What happened between two readings, `seconds` apart. */
export function trafficSample(before: Totals, after: Totals, seconds: number, at: string): TrafficSample {
  const counts = new Map<string, { all: number; failed: number; hits: number }>();
  const letters: Record<string, number> = {};
  for (const [series, total] of after) {
    const delta = total - (before.get(series) ?? 0);
    if (delta <= 0) continue;
    const [, range, status, cache] = REQUESTS.exec(series) ?? [];
    if (range !== undefined) {
      const count = counts.get(range) ?? { all: 0, failed: 0, hits: 0 };
      count.all += delta;
      if (Number(status) >= 500) count.failed += delta;
      if (cache === 'hit') count.hits += delta;
      counts.set(range, count);
    }
    const letter = LETTER.exec(series)?.[1];
    if (letter !== undefined) letters[letter] = delta / seconds;
  }
  const ranges = [...counts].map(([range, { all, failed, hits }]): [string, RangeSample] => [
    range,
    {
      rps: all / seconds,
      failedPs: failed / seconds,
      hitShare: hits / all,
      p50Ms: percentileMs(before, after, range, 0.5),
      p99Ms: percentileMs(before, after, range, 0.99),
    },
  ]);
  return { at, ranges: Object.fromEntries(ranges), letters };
}

function percentileMs(before: Totals, after: Totals, range: string, share: number): number | null {
  const countUpTo = (le: number | '+Inf'): number => {
    const series = `people_request_duration_seconds_bucket{range="${range}",le="${le}"}`;
    return (after.get(series) ?? 0) - (before.get(series) ?? 0);
  };
  const all = countUpTo('+Inf');
  if (all <= 0) return null;
  const bound = LATENCY_BUCKETS_S.find((le) => countUpTo(le) >= all * share) ?? LATENCY_BUCKETS_S.at(-1)!;
  return bound * 1000;
}
