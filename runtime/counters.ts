// Counting on the hot path: plain numbers in a Map, by ready-made series name. Rendering is the primary's business.

/** Counters and levels of one worker. */
export class Counters {
  readonly #counts = new Map<string, number>();
  readonly #gauges = new Map<string, () => number>();

  /** Adds to a series, e.g. `people_retries_total` or `people_requests_total{range="A-D",status="200"}`. */
  add(series: string, by = 1): void {
    this.#counts.set(series, (this.#counts.get(series) ?? 0) + by);
  }

  /** Registers a level that is read when it is reported. */
  gauge(series: string, read: () => number): void {
    this.#gauges.set(series, read);
  }

  counts(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }

  levels(): Record<string, number> {
    return Object.fromEntries([...this.#gauges].map(([series, read]) => [series, read()]));
  }
}
