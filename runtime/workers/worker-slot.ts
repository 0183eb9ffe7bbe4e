// One of the places of a worker pool: it keeps a worker, and gets a new one when that is lost: at once after a healthy
// life, later each time when they die early. Invariant: a worker, or a replacement on its way, never two of those.

import { countEarlyDeaths, restartDelayMs } from '../restart-delay.ts';
import type { WorkerHandle } from './worker-handle.ts';

export class WorkerSlot<P> {
  #current: WorkerHandle<P>;
  #restarts = 0;
  #earlyDeaths = 0;
  #retry: NodeJS.Timeout | null = null;

  constructor(first: WorkerHandle<P>) {
    this.#current = first;
  }

  /** The worker in this place; gone or draining while its replacement waits. */
  get current(): WorkerHandle<P> {
    return this.#current;
  }

  /** Workers that were lost here. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Workers in a row that were lost before, or just after, they were ready. */
  get earlyDeaths(): number {
    return this.#earlyDeaths;
  }

  /** Whether the worker is lost and its replacement still waits. */
  get isWaiting(): boolean {
    return this.#retry !== null;
  }

  /**
   * The worker is lost; `readyForMs` is null when it never was ready. Gives the ms after which `fork` starts its
   * replacement; 0: it has.
   */
  replace(readyForMs: number | null, fork: (restarts: number) => WorkerHandle<P>): number {
    this.#restarts++;
    this.#earlyDeaths = countEarlyDeaths(this.#earlyDeaths, readyForMs);
    const delayMs = restartDelayMs(this.#earlyDeaths);
    const refill = (): void => {
      this.#retry = null;
      this.#current = fork(this.#restarts);
    };
    if (delayMs === 0) refill();
    else this.#retry = setTimeout(refill, delayMs);
    return delayMs;
  }

  /** Puts a worker in the place of the current one, which is returned. */
  exchange(next: WorkerHandle<P>): WorkerHandle<P> {
    this.cancel();
    this.#earlyDeaths = 0;
    const old = this.#current;
    this.#current = next;
    return old;
  }

  /** No replacement comes any more. */
  cancel(): void {
    if (this.#retry) clearTimeout(this.#retry);
    this.#retry = null;
  }
}
