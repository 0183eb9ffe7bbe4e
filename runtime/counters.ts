// Counting on the hot path: a cell is a plain number that its user keeps at hand; names are made once. Rendering is the
// primary's business (metrics.ts).

/** One monotonic series. */
export interface CounterCell {
  value: number;
}

/** Upper bounds of latency buckets, in seconds: from a kept page to the deadline. */
export const LATENCY_BUCKETS_S = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** Counters and levels of one worker. */
export class Counters {
  readonly #cells = new Map<string, CounterCell>();
  readonly #histograms = new Map<string, LatencyHistogram>();
  readonly #gauges = new Map<string, () => number>();

  /** The cell of a series, e.g. `people_requests_total{range="A-D",status="200"}`. */
  cell(series: string): CounterCell {
    let cell = this.#cells.get(series);
    if (!cell) {
      cell = { value: 0 };
      this.#cells.set(series, cell);
    }
    return cell;
  }

  /** Adds to a series; for what happens rarely. */
  add(series: string, by = 1): void {
    this.cell(series).value += by;
  }

  /** The histogram of a metric and its labels, e.g. `range="A-D"`. */
  histogram(name: string, labels: string): LatencyHistogram {
    const key = `${name}{${labels}}`;
    let histogram = this.#histograms.get(key);
    if (!histogram) {
      histogram = new LatencyHistogram(name, labels);
      this.#histograms.set(key, histogram);
    }
    return histogram;
  }

  /** Registers a level that is read when it is reported. */
  gauge(series: string, read: () => number): void {
    this.#gauges.set(series, read);
  }

  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const [series, { value }] of this.#cells) counts[series] = value;
    for (const histogram of this.#histograms.values()) histogram.writeTo(counts);
    return counts;
  }

  levels(): Record<string, number> {
    return Object.fromEntries([...this.#gauges].map(([series, read]) => [series, read()]));
  }
}

/** Latencies in buckets, as Prometheus wants them: cumulative when written. */
export class LatencyHistogram {
  readonly #name: string;
  readonly #labels: string;
  readonly #buckets = new Float64Array(LATENCY_BUCKETS_S.length + 1);
  #sum = 0;

  constructor(name: string, labels: string) {
    this.#name = name;
    this.#labels = labels;
  }

  observe(ms: number): void {
    const seconds = ms / 1000;
    this.#sum += seconds;
    let index = 0;
    while (index < LATENCY_BUCKETS_S.length && seconds > LATENCY_BUCKETS_S[index]!) index++;
    this.#buckets[index]!++;
  }

  writeTo(counts: Record<string, number>): void {
    let total = 0;
    for (const [index, count] of this.#buckets.entries()) {
      total += count;
      counts[`${this.#name}_bucket{${this.#labels},le="${LATENCY_BUCKETS_S[index] ?? '+Inf'}"}`] = total;
    }
    counts[`${this.#name}_sum{${this.#labels}}`] = this.#sum;
    counts[`${this.#name}_count{${this.#labels}}`] = total;
  }
}
