// The lifecycle of a primary's workers, for shards and routers alike: start, replace the dead, scale, roll, drain.
// Invariants: there are as many slots as workers wanted, and each has a living worker or a replacement on its way; a
// roll changes a slot's worker only after the new one is ready; a failed roll leaves the old workers serving.
// The number of slots changes between rolls, never during one; crashes are answered at any time.

import type { Socket } from 'node:net';
import type { Logger } from '../log.ts';
import { WorkerCrew } from './worker-crew.ts';
import type { WorkerHandle, WorkerProcess } from './worker-handle.ts';
import { WorkerSlot } from './worker-slot.ts';
import { type WorkerStatus, workerStatus } from './worker-status.ts';

export type { WorkerStatus } from './worker-status.ts';

export interface WorkerPoolOptions<P> {
  /** Starts a process; it will say `booted` when it listens to us. */
  readonly fork: () => WorkerProcess;
  /** What the first workers are started with. */
  readonly payload: P;
  /** A draining worker is killed after this many ms. */
  readonly graceMs: number;
  readonly log: Logger;
  readonly now?: () => number;
  /** Something an operator would want to see happened. */
  readonly onEvent?: (event: WorkerPoolEvent) => void;
  readonly onCustom?: (worker: WorkerHandle<P>, body: unknown) => void;
  /** Sockets that a worker was to get when it died. */
  readonly onUndelivered?: (sockets: readonly Socket[]) => void;
  /** A worker became ready. */
  readonly onReady?: (worker: WorkerHandle<P>) => void;
}

export interface WorkerPoolEvent {
  readonly kind: 'ready' | 'crash' | 'hung' | 'scale' | 'reload' | 'reload-failed';
  readonly detail: string;
}

/** A new worker that died so often before it was ready makes its scaling a failed one. */
const DEATHS_UNTIL_FAILED = 3;
const ASK_AGAIN_MS = 100;
const LEAVING = 'this process is leaving';

export class WorkerPool<P> {
  readonly #options: WorkerPoolOptions<P>;
  readonly #now: () => number;
  readonly #crew: WorkerCrew<P>;
  readonly #slots: WorkerSlot<P>[] = [];
  #payload: P;
  #operation: Promise<unknown> = Promise.resolve();
  #restarts = 0;
  #hasStarted = false;
  #isDraining = false;

  constructor(options: WorkerPoolOptions<P>) {
    const { fork, payload, graceMs, log, now = () => performance.now() } = options;
    this.#options = options;
    this.#now = now;
    this.#payload = payload;
    this.#crew = new WorkerCrew({
      ...{ fork, graceMs, log, now },
      onReady: (worker) => {
        this.#event('ready', `worker ${worker.process.pid} is ready`);
        options.onReady?.(worker);
      },
      onHung: ({ process }) => this.#event('hung', `worker ${process.pid} gave no heartbeat: killing it`),
      onLost: (worker, readyForMs, why) => this.#replace(worker, readyForMs, why),
      onCustom: (worker, body) => options.onCustom?.(worker, body),
      onUndelivered: (sockets) => options.onUndelivered?.(sockets),
    });
  }

  /** What every worker is running, or will be when the roll under way ends well. */
  get payload(): P {
    return this.#payload;
  }

  /** Workers wanted. */
  get size(): number {
    return this.#slots.length;
  }

  /** Workers that take work now. */
  get ready(): WorkerHandle<P>[] {
    return this.#crew.ready;
  }

  /** Workers that were lost and replaced, in all places that ever were. */
  get restarts(): number {
    return this.#restarts;
  }

  /** The workers of all places, in their order; who drains has none any more. */
  get current(): readonly WorkerHandle<P>[] {
    return this.#slots.map(({ current }) => current);
  }

  get counters(): Map<string, number> {
    return this.#crew.counters;
  }

  get gauges(): Map<string, number> {
    return this.#crew.gauges;
  }

  /** Starts the first workers. Rejects with the reason, and leaves none, when one of them does not become ready. */
  start(count: number): Promise<void> {
    return this.#enqueue(async () => {
      const slots = Array.from({ length: count }, () => this.#addSlot());
      try {
        await Promise.all(slots.map(({ current }) => untilReady(current)));
        this.#hasStarted = true;
      } catch (error) {
        await this.drain();
        throw error;
      }
    });
  }

  /**
   * Changes the number of workers; resolves when the new ones are ready and the surplus is drained. Rejects with the
   * reason when a new one keeps dying before it is ready; it is tried again all the same, until the number changes.
   */
  async scale(count: number): Promise<void> {
    const { added, removed } = await this.#enqueue(async () => this.#resize(count));
    await Promise.all([...removed.map((slot) => this.#release(slot)), ...added.map((slot) => this.#untilServed(slot))]);
  }

  /**
   * Replaces every worker by one started with `payload`, one after the other, without losing a request. Rejects with
   * the reason when a new worker does not become ready; the workers not yet replaced then keep serving.
   */
  reload(payload: P): Promise<void> {
    return this.#enqueue(async () => {
      for (const slot of [...this.#slots]) await this.#roll(slot, payload);
      this.#payload = payload;
      this.#event('reload', `${this.#slots.length} workers replaced`);
    });
  }

  /** Ends all workers after their answers under way. No operation after it has an effect. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    for (const slot of this.#slots) slot.cancel();
    await this.#crew.drainAll();
  }

  /** Ends all workers now: this process exits and leaves nobody behind. */
  kill(): void {
    this.#crew.kill();
  }

  broadcast(body: unknown): void {
    this.#crew.broadcast(body);
  }

  /** Every process, and those gone whose replacement waits. */
  status(): WorkerStatus[] {
    const lost = this.#slots.flatMap(({ isWaiting, current }) =>
      isWaiting && current.state.kind === 'gone' ? [current] : [],
    );
    return [...this.#crew.all, ...lost].map((worker) => workerStatus(worker, this.#now()));
  }

  #addSlot(): WorkerSlot<P> {
    const slot = new WorkerSlot<P>(this.#crew.fork(this.#payload, 0));
    this.#slots.push(slot);
    return slot;
  }

  /** A worker that was lost is replaced in its slot, if it still had one. */
  #replace(worker: WorkerHandle<P>, readyForMs: number | null, why: string): void {
    const slot = this.#slots.find(({ current }) => current === worker);
    if (!slot || slot.isWaiting || this.#isDraining) return;
    if (!this.#hasStarted && readyForMs === null) return; // start() fails with it
    this.#restarts++;
    const delayMs = slot.replace(readyForMs, (restarts) => this.#crew.fork(worker.payload, restarts));
    const when = delayMs === 0 ? 'now' : `in ${delayMs} ms (early death ${slot.earlyDeaths} in a row)`;
    this.#event('crash', `worker ${worker.process.pid} ${why}; its replacement starts ${when}`);
  }

  #resize(count: number): { added: readonly WorkerSlot<P>[]; removed: readonly WorkerSlot<P>[] } {
    const before = this.#slots.length;
    if (before !== count) this.#event('scale', `${before} → ${count} workers`);
    const added = Array.from({ length: Math.max(0, count - before) }, () => this.#addSlot());
    return { added, removed: this.#slots.splice(count) };
  }

  /** Waits until a slot has a ready worker, over a few crashes; ends when the slot was given up. */
  async #untilServed(slot: WorkerSlot<P>): Promise<void> {
    while (this.#slots.includes(slot) && !this.#isDraining) {
      const { current } = slot;
      if (await current.ready) return;
      if (slot.earlyDeaths >= DEATHS_UNTIL_FAILED) throw new Error(`a new worker keeps dying: ${current.end}`);
      if (slot.current === current) await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
  }

  /** Gives a slot a worker started with `payload`, ready before the old one drains. */
  async #roll(slot: WorkerSlot<P>, payload: P): Promise<void> {
    if (this.#isDraining) throw new Error(LEAVING);
    const next = this.#crew.fork(payload, slot.restarts);
    const isReady = (await next.ready) && next.state.kind === 'ready';
    if (this.#isDraining) throw new Error(LEAVING);
    if (!isReady) {
      const reason = `the new worker did not become ready: ${next.end}`;
      this.#event('reload-failed', reason);
      throw new Error(reason);
    }
    await this.#crew.drain(slot.exchange(next));
  }

  async #release(slot: WorkerSlot<P>): Promise<void> {
    slot.cancel();
    await this.#crew.drain(slot.current);
  }

  #enqueue<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#operation.then(() => {
      if (this.#isDraining) throw new Error(LEAVING);
      return operation();
    });
    this.#operation = result.catch(() => {});
    return result;
  }

  #event(kind: WorkerPoolEvent['kind'], detail: string): void {
    const level =
      kind === 'crash' || kind === 'hung' || kind === 'reload-failed' ? 'warn' : kind === 'ready' ? 'debug' : 'info';
    this.#options.log[level](`${kind}: ${detail}`);
    this.#options.onEvent?.({ kind, detail });
  }
}

async function untilReady(worker: WorkerHandle<unknown>): Promise<void> {
  if (!(await worker.ready)) throw new Error(worker.end);
}
