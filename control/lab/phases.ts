// The parts of an experiment in time. A request belongs to the phase in which it was due, however late its answer.

import type { Outcome } from '../load/outcome.ts';

export class Phases<P extends string> {
  readonly #startedAt = performance.now();
  /** Oldest first. */
  readonly #begun: { readonly phase: P; readonly fromMs: number }[];

  /** Begins the first phase; to be made right before the load whose outcomes it is asked about. */
  constructor(first: P) {
    this.#begun = [{ phase: first, fromMs: 0 }];
  }

  begin(phase: P): void {
    this.#begun.push({ phase, fromMs: performance.now() - this.#startedAt });
  }

  of({ endedAtMs, latencyMs }: Outcome): P {
    const dueAtMs = endedAtMs - latencyMs;
    return (this.#begun.findLast(({ fromMs }) => fromMs <= dueAtMs) ?? this.#begun[0]!).phase;
  }
}
