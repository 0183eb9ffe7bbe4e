// The lifecycle of a primary's workers, for shards and routers alike: start, replace the dead, scale, roll, drain.
// Invariants: there are as many slots as workers wanted, and each has a living worker or a replacement on its way; a
// roll changes a slot's worker only after the new one is ready; a failed roll leaves the old workers serving.
// The number of slots changes between rolls, never during one; crashes are answered at any time.

import type { Socket } from 'node:net';
import type { Logger } from '../log.ts';
import { CounterSums } from './counter-sums.ts';
import { HangWatch } from './hang-watch.ts';
import type { ToPrimary } from './messages.ts';
import { WorkerHandle, type WorkerProcess } from './worker-handle.ts';
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
  readonly #slots: WorkerSlot<P>[] = [];
  /** Every process not yet gone, with the slot it serves or served. */
  readonly #workers = new Map<WorkerHandle<P>, WorkerSlot<P>>();
  readonly #counters = new CounterSums();
  readonly #watch: HangWatch;
  #payload: P;
  #operation: Promise<unknown> = Promise.resolve();
  #hasStarted = false;
  #isDraining = false;

  constructor(options: WorkerPoolOptions<P>) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#payload = options.payload;
    this.#watch = new HangWatch(
      () => this.#workers.keys(),
      this.#now,
      (worker, silentForMs) => this.#onHung(worker, silentForMs),
    );
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
    return [...this.#workers.keys()].filter(({ state }) => state.kind === 'ready');
  }

  get counters(): Map<string, number> {
    return this.#counters.totals();
  }

  /** Levels, summed over the living workers. */
  get gauges(): Map<string, number> {
    const sums = new Map<string, number>();
    for (const { beat } of this.#workers.keys()) {
      for (const [series, value] of Object.entries(beat?.gauges ?? {}))
        sums.set(series, (sums.get(series) ?? 0) + value);
    }
    return sums;
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
    await Promise.all([...this.#workers.keys()].map((worker) => this.#drainWorker(worker)));
    this.#watch.stop();
  }

  /** Ends all workers now: this process exits and leaves nobody behind. */
  kill(): void {
    for (const { process } of this.#workers.keys()) process.kill('SIGKILL');
  }

  broadcast(body: unknown): void {
    for (const { process } of this.#workers.keys()) process.send({ type: 'custom', body });
  }

  /** Every process, and those gone whose replacement waits. */
  status(): WorkerStatus[] {
    const lost = this.#slots.filter(({ isWaiting, current }) => isWaiting && current.state.kind === 'gone');
    const all = [...this.#workers, ...lost.map((slot) => [slot.current, slot] as const)];
    return all.map(([worker, { restarts }]) => workerStatus(worker, restarts, this.#now()));
  }

  #addSlot(): WorkerSlot<P> {
    const slot = new WorkerSlot<P>((self) => this.#fork(this.#payload, self));
    this.#slots.push(slot);
    return slot;
  }

  #fork(payload: P, slot: WorkerSlot<P>): WorkerHandle<P> {
    const worker = new WorkerHandle(this.#options.fork(), payload, this.#now());
    this.#workers.set(worker, slot);
    worker.process.onMessage((message) => this.#onMessage(worker, message));
    worker.process.onExit((how, undelivered) => {
      this.#onExit(worker, how);
      if (undelivered.length > 0) this.#options.onUndelivered?.(undelivered);
    });
    return worker;
  }

  #onMessage(worker: WorkerHandle<P>, message: ToPrimary): void {
    if (worker.state.kind === 'gone') return;
    worker.heardAt = this.#now();
    switch (message.type) {
      case 'booted':
        worker.process.send({ type: 'start', payload: worker.payload });
        return;
      case 'ready':
        worker.apply({ kind: 'became-ready' }, this.#now());
        if (worker.state.kind !== 'ready') return; // it was told to drain meanwhile
        this.#event('ready', `worker ${worker.process.pid} is ready`);
        this.#options.onReady?.(worker);
        return;
      case 'refused':
        worker.reason = message.reason;
        return;
      case 'beat':
        worker.beat = message.beat;
        worker.handedOver = 0;
        this.#counters.report(worker.process.id, message.beat.counters);
        return;
      case 'failing':
        worker.reason = message.reason;
        this.#options.log.error({ stack: message.stack }, `worker ${worker.process.pid} failed: ${message.reason}`);
        this.#onFailing(worker);
        return;
      case 'custom':
        this.#options.onCustom?.(worker, message.body);
    }
  }

  /** A worker that failed finishes its answers; its slot gets a new one meanwhile. */
  #onFailing(worker: WorkerHandle<P>): void {
    const { state } = worker;
    void this.#drainWorker(worker);
    this.#replace(worker, state.kind === 'ready' ? this.#now() - state.since : null, `failed (${worker.reason})`);
  }

  #onExit(worker: WorkerHandle<P>, how: string): void {
    worker.apply({ kind: 'exited', how }, this.#now());
    this.#counters.bury(worker.process.id);
    this.#workers.delete(worker);
    const { state } = worker;
    this.#replace(worker, state.kind === 'gone' ? state.readyForMs : null, endOf(worker));
  }

  #onHung(worker: WorkerHandle<unknown>, silentForMs: number): void {
    worker.reason = `hung: no heartbeat for ${Math.round(silentForMs)} ms`;
    this.#event('hung', `worker ${worker.process.pid} gave no heartbeat: killing it`);
    worker.process.kill('SIGKILL');
  }

  /** A worker that was lost is replaced in its slot, if it still had one. */
  #replace(worker: WorkerHandle<P>, readyForMs: number | null, why: string): void {
    const slot = this.#slots.find(({ current }) => current === worker);
    if (!slot || slot.isWaiting || this.#isDraining) return;
    if (!this.#hasStarted && readyForMs === null) return; // start() fails with it
    const delayMs = slot.replace(readyForMs, () => this.#fork(worker.payload, slot));
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
      if (slot.earlyDeaths >= DEATHS_UNTIL_FAILED) throw new Error(`a new worker keeps dying: ${endOf(current)}`);
      if (slot.current === current) await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
  }

  /** Gives a slot a worker started with `payload`, ready before the old one drains. */
  async #roll(slot: WorkerSlot<P>, payload: P): Promise<void> {
    if (this.#isDraining) throw new Error(LEAVING);
    const next = this.#fork(payload, slot);
    const isReady = (await next.ready) && next.state.kind === 'ready';
    if (this.#isDraining) throw new Error(LEAVING);
    if (!isReady) {
      const reason = `the new worker did not become ready: ${endOf(next)}`;
      this.#event('reload-failed', reason);
      throw new Error(reason);
    }
    await this.#drainWorker(slot.exchange(next));
  }

  async #release(slot: WorkerSlot<P>): Promise<void> {
    slot.cancel();
    await this.#drainWorker(slot.current);
  }

  async #drainWorker(worker: WorkerHandle<P>): Promise<void> {
    const { kind } = worker.state;
    worker.apply({ kind: 'draining-began' }, this.#now());
    // One that still starts may not hear us yet, and has nothing to finish.
    if (kind === 'starting') worker.process.kill('SIGKILL');
    if (kind === 'ready') {
      worker.process.send({ type: 'drain' });
      const timer = setTimeout(() => worker.process.kill('SIGKILL'), this.#options.graceMs);
      void worker.gone.then(() => clearTimeout(timer));
    }
    await worker.gone;
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
  if (!(await worker.ready)) throw new Error(endOf(worker));
}

/** How a worker ended: in its own words where it had any. */
function endOf({ reason, state }: WorkerHandle<unknown>): string {
  return reason ?? (state.kind === 'gone' ? state.how : 'it was given up');
}
