// One worker process as its primary sees it: state, last report, and the promises others wait on.
// Invariant: `state` only moves along worker-state.ts; `ready` and `gone` settle once.

import type { Socket } from 'node:net';
import type { Beat, ToPrimary, ToWorker } from './messages.ts';
import { nextWorkerState, type WorkerEvent, type WorkerState } from './worker-state.ts';

/** What a worker pool needs of a process; tests use a fake one. */
export interface WorkerProcess {
  readonly id: number;
  readonly pid: number;
  /** A socket stays ours until the worker says that it has taken it. */
  send(message: ToWorker, socket?: Socket): void;
  /** How long the oldest socket sent has been waiting to be taken, in ms; 0 when there is none. */
  waitingMs(): number;
  kill(signal: NodeJS.Signals): void;
  onMessage(listener: (message: ToPrimary) => void): void;
  /** `undelivered` are the sockets sent and not taken: nothing was read of them. */
  onExit(listener: (how: string, undelivered: readonly Socket[]) => void): void;
}

export class WorkerHandle<P> {
  readonly process: WorkerProcess;
  /** What it was started with. */
  readonly payload: P;
  /** Workers that were lost in its place before it. */
  readonly restarts: number;
  readonly bornAt: number;
  /** Resolves true when it is ready, false when it ended before. */
  readonly ready: Promise<boolean>;
  readonly gone: Promise<void>;
  beat: Beat | null = null;
  heardAt: number;
  /** Connections handed over since the last report. */
  handedOver = 0;
  /** Why it refused to start or failed, in its own words. */
  reason: string | null = null;
  #state: WorkerState;
  readonly #settleReady: (isReady: boolean) => void;
  readonly #settleGone: () => void;

  constructor(process: WorkerProcess, payload: P, restarts: number, nowMs: number) {
    this.process = process;
    this.payload = payload;
    this.restarts = restarts;
    this.bornAt = nowMs;
    this.heardAt = nowMs;
    this.#state = { kind: 'starting', since: nowMs };
    const ready = withResolver<boolean>();
    const gone = withResolver<void>();
    this.ready = ready.promise;
    this.gone = gone.promise;
    this.#settleReady = ready.resolve;
    this.#settleGone = gone.resolve;
  }

  get state(): WorkerState {
    return this.#state;
  }

  /** Connections it has, as far as its primary knows. */
  get connections(): number {
    return (this.beat?.connections ?? 0) + this.handedOver;
  }

  /** How it ended: in its own words where it had any. */
  get end(): string {
    return this.reason ?? (this.#state.kind === 'gone' ? this.#state.how : 'it was given up');
  }

  apply(event: WorkerEvent, nowMs: number): void {
    this.#state = nextWorkerState(this.#state, event, nowMs);
    if (this.#state.kind === 'ready') this.#settleReady(true);
    if (this.#state.kind === 'gone') {
      this.#settleReady(false);
      this.#settleGone();
    }
  }
}

function withResolver<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((onResolve) => {
    resolve = onResolve;
  });
  return { promise, resolve };
}
