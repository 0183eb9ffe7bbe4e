// Latencies as a histogram of constant size: three significant digits from a microsecond to an hour, however many are
// recorded (HdrHistogram, which Node has built in).

import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** In ms; all 0 when nothing was recorded. */
export interface LatencySummary {
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

const HIGHEST_US = 3_600_000_000;

export class Latencies {
  readonly #histogram: RecordableHistogram = createHistogram({ lowest: 1, highest: HIGHEST_US, figures: 3 });

  get count(): number {
    return this.#histogram.count;
  }

  record(ms: number): void {
    this.#histogram.record(Math.min(Math.max(1, Math.round(ms * 1_000)), HIGHEST_US));
  }

  /** The latency that so many percent do not exceed, in ms; 0 when nothing was recorded. */
  percentile(percent: number): number {
    return this.count === 0 ? 0 : this.#histogram.percentile(percent) / 1_000;
  }

  summary(): LatencySummary {
    if (this.count === 0) return { min: 0, mean: 0, p50: 0, p90: 0, p99: 0, max: 0 };
    const { min, mean, max } = this.#histogram;
    const [p50, p90, p99] = [50, 90, 99].map((percent) => this.percentile(percent)) as [number, number, number];
    return { min: min / 1_000, mean: rounded(mean / 1_000), p50, p90, p99, max: max / 1_000 };
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
