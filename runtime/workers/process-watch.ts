// A primary's view of its processes for its metrics: its own vitals, read as often as its workers report theirs, and
// what those last said. It begins with the primary and ends with it.

import { Counters } from '../counters.ts';
import type { Series } from '../metrics.ts';
import { labelsOf, processSeries } from './process-metrics.ts';
import { cpuSeconds, VitalSigns } from './vitals.ts';
import type { WorkerHandle } from './worker-handle.ts';
import { HEARTBEAT_MS } from './worker-state.ts';

/** What it needs of a worker pool. */
export interface WatchedPool {
  readonly restarts: number;
  readonly current: readonly WorkerHandle<unknown>[];
}

export class ProcessWatch {
  readonly #labels: string;
  readonly #signs = new VitalSigns();
  readonly #counters = new Counters();
  readonly #startedAtMs = Date.now() - process.uptime() * 1000;
  #vitals = this.#signs.read();

  /** `labels` are those of every series, as `range="A-D"`; may be empty. */
  constructor(labels: string) {
    this.#labels = labels;
    this.#signs.countIn(this.#counters, labelsOf(labels, 'primary'));
    const timer = setInterval(() => {
      this.#vitals = this.#signs.read();
    }, HEARTBEAT_MS);
    timer.unref();
  }

  series({ restarts, current }: WatchedPool): Series {
    const facts = {
      labels: this.#labels,
      restarts,
      primary: { vitals: this.#vitals, cpuS: cpuSeconds(), startedAtMs: this.#startedAtMs },
      workers: current.map(({ state, beat }) => (state.kind === 'gone' ? null : (beat?.vitals ?? null))),
    };
    return [...Object.entries(this.#counters.counts()), ...processSeries(facts)];
  }
}
