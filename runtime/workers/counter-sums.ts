// Counters of workers, summed so that no series ever falls: a worker's last report is kept when it dies.

type Counters = Readonly<Record<string, number>>;

/** Sums counters over living and dead workers. */
export class CounterSums {
  readonly #living = new Map<number, Counters>();
  readonly #dead = new Map<string, number>();
  /** The last totals: fractions (seconds) added in another order can come to a little less. */
  readonly #told = new Map<string, number>();

  /** Takes a worker's latest report. */
  report(worker: number, counters: Counters): void {
    this.#living.set(worker, counters);
  }

  /** Keeps what a worker had counted, for ever. */
  bury(worker: number): void {
    for (const [series, value] of Object.entries(this.#living.get(worker) ?? {})) add(this.#dead, series, value);
    this.#living.delete(worker);
  }

  /** All series with their totals. */
  totals(): Map<string, number> {
    const totals = new Map(this.#dead);
    for (const counters of this.#living.values()) {
      for (const [series, value] of Object.entries(counters)) add(totals, series, value);
    }
    for (const [series, total] of totals) {
      const told = Math.max(total, this.#told.get(series) ?? 0);
      this.#told.set(series, told);
      totals.set(series, told);
    }
    return totals;
  }
}

function add(sums: Map<string, number>, series: string, value: number): void {
  sums.set(series, (sums.get(series) ?? 0) + value);
}
