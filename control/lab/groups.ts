// Outcomes of one load, counted apart: by phase, by range, by whatever a lab wants to compare.

import type { Outcome } from '../load/outcome.ts';
import { type LoadSummary, Tally } from '../load/tally.ts';

export class Groups<K extends string> {
  readonly #keyOf: (outcome: Outcome) => K;
  readonly #tallies = new Map<K, Tally>();

  constructor(keyOf: (outcome: Outcome) => K) {
    this.#keyOf = keyOf;
  }

  readonly add = (outcome: Outcome): void => {
    this.#of(this.#keyOf(outcome)).add(outcome);
  };

  /** What a group came to so far; rates aside: a group knows nothing of its time. */
  summary(key: K): Omit<LoadSummary, 'perSecond'> {
    return this.#of(key).summary(0);
  }

  #of(key: K): Tally {
    const tally = this.#tallies.get(key) ?? new Tally();
    this.#tallies.set(key, tally);
    return tally;
  }
}
