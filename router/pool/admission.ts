// Letting requests in to one pool: at most so many in flight, a short queue, the rest is shed at once. Thus a pool that
// drowns or hangs holds a bounded part of the router, and the others go on as before.
// Invariant: in flight ≤ limit ≤ max; whoever entered leaves exactly once; nobody queues longer than `waitMs`.

import { type ConcurrencyBounds, type ConcurrencyLimit, firstLimit, nextLimit } from './concurrency-limit.ts';

export interface AdmissionOptions extends ConcurrencyBounds {
  readonly maxQueue: number;
  /** Longest wait in the queue, in ms. */
  readonly waitMs: number;
}

/** A place in the queue. */
export interface Waiting {
  /** True when admitted, false when the wait was too long or was given up. */
  readonly admitted: Promise<boolean>;
  giveUp(): void;
}

interface Waiter {
  settle(isAdmitted: boolean): void;
}

export class Admission {
  #options: AdmissionOptions;
  #limit: ConcurrencyLimit;
  #inFlight = 0;
  readonly #queue = new Set<Waiter>();

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#limit = firstLimit(options);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get queued(): number {
    return this.#queue.size;
  }

  get limit(): number {
    return Math.floor(this.#limit.limit);
  }

  /** Enters at once if there is room and nobody waits. */
  tryEnter(): boolean {
    if (this.#inFlight >= this.limit || this.#queue.size > 0) return false;
    this.#inFlight++;
    return true;
  }

  /** Queues; null when the queue is full: shed. */
  wait(): Waiting | null {
    if (this.#queue.size >= this.#options.maxQueue) return null;
    let giveUp!: () => void;
    const admitted = new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => waiter.settle(false), this.#options.waitMs);
      const waiter: Waiter = {
        settle: (isAdmitted) => {
          clearTimeout(timer);
          if (this.#queue.delete(waiter)) resolve(isAdmitted);
        },
      };
      giveUp = () => waiter.settle(false);
      this.#queue.add(waiter);
    });
    return { admitted, giveUp };
  }

  /** Learns from an attempt how much the pool can take. */
  learn(latencyMs: number, isTimeout: boolean): void {
    const sample = { nowMs: performance.now(), latencyMs, isTimeout, inFlight: this.#inFlight };
    this.#limit = nextLimit(this.#limit, sample, this.#options);
  }

  /** Leaves, and lets in those for whom there is room now. */
  leave(): void {
    this.#inFlight--;
    for (const waiter of this.#queue) {
      if (this.#inFlight >= this.limit) return;
      this.#inFlight++;
      waiter.settle(true);
    }
  }
}
