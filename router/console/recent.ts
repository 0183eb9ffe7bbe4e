// Traffic of right now, from the last few samples: a single second is too nervous to read. Pure.

import type { TrafficSample } from './wire.ts';

export interface RecentTraffic {
  readonly rps: number;
  readonly failedPs: number;
  /** Share of answers from the router's cache, 0 to 1; null without requests. */
  readonly hitShare: number | null;
  /** The highest of the samples'; null without requests. */
  readonly p99Ms: number | null;
}

const SAMPLES = 4;

/** The traffic of a range. */
export function recentOfRange(traffic: readonly TrafficSample[], range: string): RecentTraffic {
  const samples = traffic.slice(-SAMPLES);
  const entries = samples.flatMap(({ ranges }) => ranges[range] ?? []);
  const sum = (of: (entry: (typeof entries)[number]) => number): number =>
    entries.reduce((total, entry) => total + of(entry), 0);
  const requests = sum(({ rps }) => rps);
  const latencies = entries.flatMap(({ p99Ms }) => p99Ms ?? []);
  return {
    rps: requests / Math.max(1, samples.length),
    failedPs: sum(({ failedPs }) => failedPs) / Math.max(1, samples.length),
    hitShare: requests > 0 ? sum(({ rps, hitShare }) => rps * hitShare) / requests : null,
    p99Ms: latencies.length > 0 ? Math.max(...latencies) : null,
  };
}

/** Requests a second for a letter. */
export function recentOfLetter(traffic: readonly TrafficSample[], letter: string): number {
  const samples = traffic.slice(-SAMPLES);
  return samples.reduce((total, { letters }) => total + (letters[letter] ?? 0), 0) / Math.max(1, samples.length);
}

/** The traffic of all ranges together, and the range with the highest p99. */
export function recentOfAll(
  traffic: readonly TrafficSample[],
): Omit<RecentTraffic, 'hitShare'> & { readonly slowest: string | null } {
  const ranges = [...new Set(traffic.slice(-SAMPLES).flatMap((sample) => Object.keys(sample.ranges)))];
  let all = { rps: 0, failedPs: 0, p99Ms: null as number | null, slowest: null as string | null };
  for (const range of ranges) {
    const { rps, failedPs, p99Ms } = recentOfRange(traffic, range);
    const isSlower = p99Ms !== null && p99Ms > (all.p99Ms ?? -1);
    all = {
      rps: all.rps + rps,
      failedPs: all.failedPs + failedPs,
      p99Ms: isSlower ? p99Ms : all.p99Ms,
      slowest: isSlower ? range : all.slowest,
    };
  }
  return all;
}
