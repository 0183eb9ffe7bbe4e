// What the router counts of each request: range, status, cache outcome, letter, time. Cells are looked up by small
// integers and kept, so that counting costs a few additions on the hot path.

import { LETTERS, type Letter, letterIndex } from '../../people/letter.ts';
import type { CounterCell, Counters, LatencyHistogram } from '../../runtime/counters.ts';

/** How the cache took part (RFC 9211), as metrics call it. */
export type CacheOutcome = 'hit' | 'miss' | 'collapsed' | 'request' | 'bypass' | 'none';

/** Counts for requests of one range. */
export class RangeTraffic {
  readonly #counters: Counters;
  readonly #range: string;
  readonly #cells = new Map<CacheOutcome, Map<number, CounterCell>>();
  readonly #latency: LatencyHistogram;

  constructor(counters: Counters, range: string) {
    this.#counters = counters;
    this.#range = range;
    this.#latency = counters.histogram('people_request_duration_seconds', `range="${range}"`);
  }

  count(status: number, outcome: CacheOutcome, tookMs: number): void {
    const cell = this.#cells.get(outcome)?.get(status) ?? this.#newCell(status, outcome);
    cell.value++;
    this.#latency.observe(tookMs);
  }

  #newCell(status: number, outcome: CacheOutcome): CounterCell {
    const labels = `range="${this.#range}",status="${status}",cache="${outcome}"`;
    const cell = this.#counters.cell(`people_requests_total{${labels}}`);
    const byStatus = this.#cells.get(outcome) ?? new Map<number, CounterCell>();
    this.#cells.set(outcome, byStatus.set(status, cell));
    return cell;
  }
}

/** Counts of a router worker. */
export class Traffic {
  readonly #counters: Counters;
  readonly #ranges = new Map<string, RangeTraffic>();
  readonly #letters: readonly CounterCell[];
  #requests = 0;

  constructor(counters: Counters) {
    this.#counters = counters;
    this.#letters = LETTERS.map((letter) => counters.cell(`people_letter_requests_total{letter="${letter}"}`));
  }

  get requests(): number {
    return this.#requests;
  }

  /** Counts an answer to a request for a letter of a range. */
  count(range: string, letter: Letter, status: number, outcome: CacheOutcome, tookMs: number): void {
    this.#letters[letterIndex(letter)]!.value++;
    this.#of(range).count(status, outcome, tookMs);
    this.#requests++;
  }

  /** Counts an answer to a request that is for nobody's people. */
  countRefused(status: number): void {
    this.#of('none').count(status, 'none', 0);
    this.#requests++;
  }

  #of(range: string): RangeTraffic {
    const known = this.#ranges.get(range);
    if (known) return known;
    const traffic = new RangeTraffic(this.#counters, range);
    this.#ranges.set(range, traffic);
    return traffic;
  }
}
