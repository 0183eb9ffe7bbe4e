// Traffic of a moment, from the few samples up to it: a single second is too nervous to read. Pure. Every number and
// line of the page is of this kind, so that they agree with each other.

import type { TrafficSample } from './wire.ts';

export interface RecentTraffic {
  readonly rps: number;
  readonly failedPs: number;
  /** Share of answers from the router's cache, 0 to 1; null without requests. */
  readonly hitShare: number | null;
  /** The highest of the samples'; null without requests. */
  readonly p99Ms: number | null;
}

const SAMPLES = 3;

/** The traffic of a range at the end of `traffic`, or up to the sample at `end` (exclusive). */
export function recentOfRange(traffic: readonly TrafficSample[], range: string, end = traffic.length): RecentTraffic {
  const samples = traffic.slice(Math.max(0, end - SAMPLES), end);
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
  const recents = ranges.map((range) => ({ range, ...recentOfRange(traffic, range) }));
  const slowest = recents
    .filter(({ p99Ms }) => p99Ms !== null)
    .reduce<(typeof recents)[number] | null>(
      (most, each) => (most === null || each.p99Ms! > most.p99Ms! ? each : most),
      null,
    );
  return {
    rps: recents.reduce((total, { rps }) => total + rps, 0),
    failedPs: recents.reduce((total, { failedPs }) => total + failedPs, 0),
    p99Ms: slowest?.p99Ms ?? null,
    slowest: slowest?.range ?? null,
  };
}
