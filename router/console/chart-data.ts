// Samples as the columns a chart wants, and the stretch of time it shows. Pure.

import { type RecentTraffic, recentOfRange } from './recent.ts';
import type { TrafficSample } from './wire.ts';

/** Times in s since 1970, then a column per range; null is a gap. */
export type ChartColumns = [number[], ...(number | null)[][]];

const SHORTEST_S = 60;
const LONGEST_S = 300;
const GAP_S = 3;

/** The columns of `ranges`; a break in the samples becomes a gap. */
export function chartColumns(
  samples: readonly TrafficSample[],
  ranges: readonly string[],
  read: (traffic: RecentTraffic) => number | null,
): ChartColumns {
  const times: number[] = [];
  const columns = ranges.map((): (number | null)[] => []);
  for (const [at, sample] of samples.entries()) {
    const time = Date.parse(sample.at) / 1000;
    const before = times.at(-1);
    if (before !== undefined && time - before > GAP_S) {
      times.push((before + time) / 2);
      for (const column of columns) column.push(null);
    }
    times.push(time);
    for (const [index, range] of ranges.entries()) columns[index]!.push(read(recentOfRange(samples, range, at + 1)));
  }
  return [times, ...columns];
}

/** How many seconds to show: whole minutes, from one to five, as there are samples. */
export function shownSeconds(samples: readonly TrafficSample[]): number {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last) return SHORTEST_S;
  const span = (Date.parse(last.at) - Date.parse(first.at)) / 1000;
  return Math.min(LONGEST_S, Math.max(SHORTEST_S, Math.ceil(span / 60) * 60));
}

/** Where the time axis has its labels, and what they say: `−2 min` … `now`. */
export function timeLabels(nowS: number, seconds: number): readonly (readonly [time: number, label: string])[] {
  const step = seconds <= 120 ? seconds / 4 : 60;
  const labels: (readonly [number, string])[] = [];
  for (let ago = seconds; ago > 0; ago -= step) {
    labels.push([nowS - ago, ago % 60 === 0 ? `−${ago / 60} min` : `−${ago} s`]);
  }
  return [...labels, [nowS, 'now']];
}
