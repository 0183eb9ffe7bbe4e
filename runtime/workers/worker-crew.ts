// The processes of a worker pool, whatever they are for: forks them, hears them, drains them, kills those that hang, and
// counts what they counted. Invariant: it knows every process not yet gone, and `onLost` is told of each that goes.

import type { Socket } from 'node:net';
import type { Logger } from '../log.ts';
import { CounterSums } from './counter-sums.ts';
import { HangWatch } from './hang-watch.ts';
import type { ToPrimary } from './messages.ts';
import { WorkerHandle, type WorkerProcess } from './worker-handle.ts';

export interface WorkerCrewOptions<P> {
  /** Starts a process; it will say `booted` when it listens to us. */
  readonly fork: () => WorkerProcess;
  /** A draining worker is killed after this many ms. */
  readonly graceMs: number;
  readonly log: Logger;
  readonly now: () => number;
  readonly onReady: (worker: WorkerHandle<P>) => void;
  readonly onCustom: (worker: WorkerHandle<P>, body: unknown) => void;
  /** A worker gave no heartbeat, and is being killed. */
  readonly onHung: (worker: WorkerHandle<P>) => void;
  /** A worker failed and finishes its answers, or it is gone; so it may be told twice. */
  readonly onLost: (worker: WorkerHandle<P>, readyForMs: number | null, why: string) => void;
  /** Sockets that a worker had not taken when it died. */
  readonly onUndelivered: (sockets: readonly Socket[]) => void;
}

export class WorkerCrew<P> {
  readonly #options: WorkerCrewOptions<P>;
  readonly #workers = new Set<WorkerHandle<P>>();
  readonly #counters = new CounterSums();
  readonly #watch: HangWatch<P>;

  constructor(options: WorkerCrewOptions<P>) {
    this.#options = options;
    this.#watch = new HangWatch(this.#workers, options.now, (worker, silentForMs) => {
      worker.reason = `hung: no heartbeat for ${Math.round(silentForMs)} ms`;
      options.onHung(worker);
      worker.process.kill('SIGKILL');
    });
  }

  /** Every process not yet gone, oldest first. */
  get all(): readonly WorkerHandle<P>[] {
    return [...this.#workers];
  }

  /** Those that take work now. */
  get ready(): WorkerHandle<P>[] {
    return this.all.filter(({ state }) => state.kind === 'ready');
  }

  /** What all counted, also those that are gone. */
  get counters(): Map<string, number> {
    return this.#counters.totals();
  }

  /** Levels, summed over the living. */
  get gauges(): Map<string, number> {
    const sums = new Map<string, number>();
    for (const { beat } of this.#workers) {
      for (const [series, value] of Object.entries(beat?.gauges ?? {}))
        sums.set(series, (sums.get(series) ?? 0) + value);
    }
    return sums;
  }

  /** Starts a worker with a payload; `restarts` were lost in its place before it. */
  fork(payload: P, restarts: number): WorkerHandle<P> {
    const worker = new WorkerHandle(this.#options.fork(), payload, restarts, this.#options.now());
    this.#workers.add(worker);
    worker.process.onMessage((message) => this.#onMessage(worker, message));
    worker.process.onExit((how, undelivered) => {
      this.#onExit(worker, how);
      if (undelivered.length > 0) this.#options.onUndelivered(undelivered);
    });
    return worker;
  }

  /** Has a worker finish its answers and leave; resolves when it is gone. */
  async drain(worker: WorkerHandle<P>): Promise<void> {
    const { kind } = worker.state;
    worker.apply({ kind: 'draining-began' }, this.#options.now());
    // One that still starts may not hear us yet, and has nothing to finish.
    if (kind === 'starting') worker.process.kill('SIGKILL');
    if (kind === 'ready') {
      worker.process.send({ type: 'drain' });
      const timer = setTimeout(() => worker.process.kill('SIGKILL'), this.#options.graceMs);
      void worker.gone.then(() => clearTimeout(timer));
    }
    await worker.gone;
  }

  /** Drains all; there must be none forked after it. */
  async drainAll(): Promise<void> {
    await Promise.all(this.all.map((worker) => this.drain(worker)));
    this.#watch.stop();
  }

  /** Ends all now: this process exits and leaves nobody behind. */
  kill(): void {
    for (const { process } of this.#workers) process.kill('SIGKILL');
  }

  broadcast(body: unknown): void {
    for (const { process } of this.#workers) process.send({ type: 'custom', body });
  }

  #onMessage(worker: WorkerHandle<P>, message: ToPrimary): void {
    if (worker.state.kind === 'gone') return;
    const { now, log } = this.#options;
    worker.heardAt = now();
    switch (message.type) {
      case 'booted':
        worker.process.send({ type: 'start', payload: worker.payload });
        return;
      case 'ready':
        worker.apply({ kind: 'became-ready' }, now());
        if (worker.state.kind === 'ready') this.#options.onReady(worker); // else it was told to drain meanwhile
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
        log.error({ stack: message.stack }, `worker ${worker.process.pid} failed: ${message.reason}`);
        this.#onFailing(worker);
        return;
      case 'custom':
        this.#options.onCustom(worker, message.body);
    }
  }

  #onFailing(worker: WorkerHandle<P>): void {
    const { state } = worker;
    void this.drain(worker);
    const readyForMs = state.kind === 'ready' ? this.#options.now() - state.since : null;
    this.#options.onLost(worker, readyForMs, `failed (${worker.reason})`);
  }

  #onExit(worker: WorkerHandle<P>, how: string): void {
    worker.apply({ kind: 'exited', how }, this.#options.now());
    this.#counters.bury(worker.process.id);
    this.#workers.delete(worker);
    const { state } = worker;
    this.#options.onLost(worker, state.kind === 'gone' ? state.readyForMs : null, worker.end);
  }
}
