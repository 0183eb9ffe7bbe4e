// The lifecycle of a primary's workers, for shards and routers alike: start, replace the dead, scale, roll, drain.
// Invariants: there are as many slots as workers wanted, and each has a living worker or a replacement on its way;
// a slot changes its worker only after the new one is ready; a failed roll leaves the old workers serving.
// Operations (scale, reload, drain) run one after the other; crashes are answered at any time.

import type { Socket } from 'node:net';
import type { Logger } from '../log.ts';
import { countEarlyDeaths, restartDelayMs } from '../restart-delay.ts';
import { CounterSums } from './counter-sums.ts';
import type { ToPrimary } from './messages.ts';
import { WorkerHandle, type WorkerProcess } from './worker-handle.ts';
import { HEARTBEAT_MS, isHung } from './worker-state.ts';

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

/** A worker as `status` shows it. */
export interface WorkerStatus {
  readonly pid: number;
  readonly state: 'starting' | 'ready' | 'draining' | 'gone';
  readonly ageS: number;
  readonly restarts: number;
  readonly requests: number | null;
  readonly inFlight: number | null;
  readonly elu: number | null;
  readonly rssMb: number | null;
}

interface Slot<P> {
  current: WorkerHandle<P>;
  restarts: number;
  earlyDeaths: number;
  retry: NodeJS.Timeout | null;
}

export class WorkerPool<P> {
  readonly #options: WorkerPoolOptions<P>;
  readonly #now: () => number;
  readonly #slots: Slot<P>[] = [];
  /** Every process not yet gone, with the slot it serves or served. */
  readonly #workers = new Map<WorkerHandle<P>, Slot<P> | null>();
  readonly #counters = new CounterSums();
  #payload: P;
  #operation: Promise<unknown> = Promise.resolve();
  #isDraining = false;
  #lastLook: number;
  readonly #watch: NodeJS.Timeout;

  constructor(options: WorkerPoolOptions<P>) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#payload = options.payload;
    this.#lastLook = this.#now();
    this.#watch = setInterval(() => this.#lookForHung(), HEARTBEAT_MS / 2);
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
  async start(count: number): Promise<void> {
    const handles = Array.from({ length: count }, () => this.#addSlot().current);
    const areReady = await Promise.all(handles.map(({ ready }) => ready));
    const failed = handles.find((_, i) => !areReady[i]);
    if (!failed) return;
    await this.drain();
    throw new Error(endOf(failed));
  }

  /** Changes the number of workers; resolves when the new ones are ready and the surplus is drained. */
  scale(count: number): Promise<void> {
    return this.#enqueue(async () => {
      const before = this.#slots.length;
      if (before === count) return;
      this.#event('scale', `${before} → ${count} workers`);
      const added = Array.from({ length: Math.max(0, count - before) }, () => this.#addSlot());
      const removed = this.#slots.splice(count);
      await Promise.all([
        ...removed.map((slot) => this.#release(slot)),
        ...added.map((slot) => this.#untilReady(slot)),
      ]);
    });
  }

  /**
   * Replaces every worker by one started with `payload`, one after the other, without losing a request. Rejects with
   * the reason when a new worker does not become ready; the workers not yet replaced then keep serving.
   */
  reload(payload: P): Promise<void> {
    return this.#enqueue(async () => {
      for (const slot of [...this.#slots]) {
        const next = this.#fork(payload, slot);
        if (!(await next.ready)) {
          const reason = `the new worker did not become ready: ${endOf(next)}`;
          this.#event('reload-failed', reason);
          throw new Error(reason);
        }
        if (this.#isDraining) return;
        const old = slot.current;
        if (slot.retry) clearTimeout(slot.retry);
        slot.retry = null;
        slot.earlyDeaths = 0;
        slot.current = next;
        await this.#drainWorker(old);
      }
      this.#payload = payload;
      this.#event('reload', `${this.#slots.length} workers replaced`);
    });
  }

  /** Ends all workers after their answers under way. No operation after it has an effect. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    for (const { retry } of this.#slots) if (retry) clearTimeout(retry);
    await Promise.all([...this.#workers.keys()].map((worker) => this.#drainWorker(worker)));
    clearInterval(this.#watch);
  }

  /** Ends all workers now: this process exits and leaves nobody behind. */
  kill(): void {
    for (const { process } of this.#workers.keys()) process.kill('SIGKILL');
  }

  broadcast(body: unknown): void {
    for (const { process, state } of this.#workers.keys()) {
      if (state.kind !== 'gone') process.send({ type: 'custom', body });
    }
  }

  status(): WorkerStatus[] {
    const nowMs = this.#now();
    return [...this.#workers].map(([{ process, state, bornAt, beat }, slot]) => ({
      pid: process.pid,
      state: state.kind,
      ageS: Math.round((nowMs - bornAt) / 1000),
      restarts: slot?.restarts ?? 0,
      requests: beat?.requests ?? null,
      inFlight: beat?.inFlight ?? null,
      elu: beat?.elu ?? null,
      rssMb: beat?.rssMb ?? null,
    }));
  }

  #addSlot(): Slot<P> {
    const slot: Slot<P> = { current: undefined as never, restarts: 0, earlyDeaths: 0, retry: null };
    slot.current = this.#fork(this.#payload, slot);
    this.#slots.push(slot);
    return slot;
  }

  /** Waits until a slot has a ready worker, over crashes; ends when the slot was given up. */
  async #untilReady(slot: Slot<P>): Promise<void> {
    while (this.#slots.includes(slot) && !this.#isDraining) {
      const { current } = slot;
      if (await current.ready) return;
      if (slot.current === current) await new Promise((resolve) => setTimeout(resolve, HEARTBEAT_MS / 5));
    }
  }

  #fork(payload: P, slot: Slot<P>): WorkerHandle<P> {
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
    worker.heardAt = this.#now();
    switch (message.type) {
      case 'booted':
        worker.process.send({ type: 'start', payload: worker.payload });
        return;
      case 'ready':
        worker.apply({ kind: 'became-ready' }, this.#now());
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
        this.#onFailing(worker);
        return;
      case 'custom':
        this.#options.onCustom?.(worker, message.body);
    }
  }

  /** A worker that failed finishes its answers; its slot gets a new one meanwhile. */
  #onFailing(worker: WorkerHandle<P>): void {
    const { state } = worker;
    worker.apply({ kind: 'draining-began' }, this.#now());
    this.#killAfterGrace(worker);
    this.#replace(worker, state.kind === 'ready' ? this.#now() - state.since : null, `failed (${worker.reason})`);
  }

  #onExit(worker: WorkerHandle<P>, how: string): void {
    worker.apply({ kind: 'exited', how }, this.#now());
    this.#counters.bury(worker.process.id);
    this.#workers.delete(worker);
    const { state } = worker;
    this.#replace(worker, state.kind === 'gone' ? state.readyForMs : null, endOf(worker));
  }

  /** Gives a slot whose worker was lost a new one: at once, or later when it keeps dying early. */
  #replace(worker: WorkerHandle<P>, readyForMs: number | null, why: string): void {
    const slot = this.#slots.find(({ current }) => current === worker);
    if (!slot || slot.retry || this.#isDraining) return;
    slot.restarts++;
    slot.earlyDeaths = countEarlyDeaths(slot.earlyDeaths, readyForMs);
    const delayMs = restartDelayMs(slot.earlyDeaths);
    const when = delayMs === 0 ? 'now' : `in ${delayMs} ms (early death ${slot.earlyDeaths} in a row)`;
    this.#event('crash', `worker ${worker.process.pid} ${why}; its replacement starts ${when}`);
    const refill = (): void => {
      slot.retry = null;
      slot.current = this.#fork(worker.payload, slot);
    };
    if (delayMs === 0) refill();
    else slot.retry = setTimeout(refill, delayMs);
  }

  async #release(slot: Slot<P>): Promise<void> {
    if (slot.retry) clearTimeout(slot.retry);
    await this.#drainWorker(slot.current);
  }

  async #drainWorker(worker: WorkerHandle<P>): Promise<void> {
    if (worker.state.kind === 'gone') return;
    if (worker.state.kind !== 'draining') {
      const isStarting = worker.state.kind === 'starting';
      worker.apply({ kind: 'draining-began' }, this.#now());
      // One that is still booting may not hear us yet, and has nothing to finish.
      if (isStarting) worker.process.kill('SIGKILL');
      else worker.process.send({ type: 'drain' });
      this.#killAfterGrace(worker);
    }
    await worker.gone;
  }

  #killAfterGrace(worker: WorkerHandle<P>): void {
    const timer = setTimeout(() => worker.process.kill('SIGKILL'), this.#options.graceMs);
    worker.gone.then(() => clearTimeout(timer));
  }

  /** Kills workers that stopped reporting. A primary that itself ran late (SIGCONT) starts the count anew. */
  #lookForHung(): void {
    const nowMs = this.#now();
    const wasLate = nowMs - this.#lastLook > HEARTBEAT_MS * 2;
    this.#lastLook = nowMs;
    for (const worker of this.#workers.keys()) {
      if (wasLate) worker.heardAt = nowMs;
      if (!isHung(worker.state, nowMs - worker.heardAt)) continue;
      worker.reason = `hung: no heartbeat for ${Math.round(nowMs - worker.heardAt)} ms`;
      worker.heardAt = nowMs;
      this.#event('hung', `worker ${worker.process.pid} gave no heartbeat: killing it`);
      worker.process.kill('SIGKILL');
    }
  }

  #enqueue<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#operation.then(() => {
      if (this.#isDraining) throw new Error('this process is leaving');
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

/** How a worker ended: in its own words where it had any. */
function endOf({ reason, state }: WorkerHandle<unknown>): string {
  return reason ?? (state.kind === 'gone' ? state.how : 'it was given up');
}
