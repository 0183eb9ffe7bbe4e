// Workers without a process, and a pool of them. A fake worker is well-behaved (it boots, becomes ready, beats, leaves
// when told) as far as its manners do not say otherwise; the rest is the test's to `say` and `exit`.

import type { Socket } from 'node:net';
import { createLog } from '../../runtime/log.ts';
import type { Beat, ToPrimary, ToWorker } from '../../runtime/workers/messages.ts';
import type { Vitals } from '../../runtime/workers/vitals.ts';
import type { WorkerProcess } from '../../runtime/workers/worker-handle.ts';
import { WorkerPool } from '../../runtime/workers/worker-pool.ts';
import { HEARTBEAT_MS } from '../../runtime/workers/worker-state.ts';

/** What a process says that does nothing. */
export const RESTING: Vitals = { elu: 0, maxDelayS: 0, rssBytes: 0, heapBytes: 0 };

export interface Manners {
  /** What it does when it is to start. Default: it becomes ready. */
  readonly onStart?: 'become ready' | 'refuse' | 'die' | 'wait';
  /** What it does when it is to drain. Default: it leaves. */
  readonly onDrain?: 'leave' | 'stay';
}

export class FakeWorker implements WorkerProcess {
  readonly id: number;
  readonly pid: number;
  readonly manners: Manners;
  readonly sent: ToWorker[] = [];
  readonly sockets: (Socket | undefined)[] = [];
  readonly signals: NodeJS.Signals[] = [];
  counters: Readonly<Record<string, number>> = {};
  /** How long it has left a connection lying about. */
  waitingForMs = 0;
  connections = 0;
  isGone = false;
  #heartbeat: NodeJS.Timeout | undefined;
  #hear: (message: ToPrimary) => void = () => {};
  #leave: (how: string, undelivered: readonly Socket[]) => void = () => {};

  constructor(id: number, manners: Manners) {
    this.id = id;
    this.pid = 1000 + id;
    this.manners = manners;
    queueMicrotask(() => this.say({ type: 'booted' }));
  }

  /** The dataset, or whatever it was started with. */
  get payload(): unknown {
    return this.sent.find((message) => message.type === 'start')?.payload;
  }

  get isDraining(): boolean {
    return this.sent.some(({ type }) => type === 'drain');
  }

  say(message: ToPrimary): void {
    if (!this.isGone) this.#hear(message);
  }

  becomeReady(): void {
    this.beat();
    this.#heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS);
    this.say({ type: 'ready' });
  }

  fail(reason: string): void {
    this.say({ type: 'failing', reason, stack: null });
  }

  /** It is there, but does and says nothing any more. */
  hang(): void {
    clearInterval(this.#heartbeat);
  }

  beat(): void {
    this.say({ type: 'beat', beat: beat(this.counters, this.connections) });
  }

  exit(how = 'exited with code 1', undelivered: readonly Socket[] = []): void {
    if (this.isGone) return;
    this.isGone = true;
    clearInterval(this.#heartbeat);
    this.#leave(how, undelivered);
  }

  send(message: ToWorker, socket?: Socket): void {
    this.sent.push(message);
    this.sockets.push(socket);
    queueMicrotask(() => this.#obey(message));
  }

  waitingMs(): number {
    return this.waitingForMs;
  }

  kill(signal: NodeJS.Signals): void {
    this.signals.push(signal);
    queueMicrotask(() => this.exit(`killed by ${signal}`));
  }

  onMessage(listener: (message: ToPrimary) => void): void {
    this.#hear = listener;
  }

  onExit(listener: (how: string, undelivered: readonly Socket[]) => void): void {
    this.#leave = listener;
  }

  #obey({ type }: ToWorker): void {
    const { onStart = 'become ready', onDrain = 'leave' } = this.manners;
    if (type === 'drain' && onDrain === 'leave') this.exit('exited with code 0');
    if (type !== 'start') return;
    if (onStart === 'become ready') this.becomeReady();
    if (onStart === 'refuse') this.say({ type: 'refused', reason: 'the shard file is damaged' });
    if (onStart === 'refuse' || onStart === 'die') this.exit();
  }
}

export interface FakePool {
  readonly pool: WorkerPool<string>;
  /** All that were ever forked, in their order. */
  readonly workers: readonly FakeWorker[];
  /** Those not gone. */
  readonly living: () => readonly FakeWorker[];
  readonly events: readonly string[];
  /** Lets time pass without any timer: the process was stopped. */
  readonly skipTime: (ms: number) => void;
}

/** A pool whose n-th worker (from 1 on) has these manners; its payload is a word. */
export function createFakePool(mannersOf: (n: number) => Manners = () => ({})): FakePool {
  const workers: FakeWorker[] = [];
  const events: string[] = [];
  let skippedMs = 0;
  const pool = new WorkerPool<string>({
    fork: () => {
      const worker = new FakeWorker(workers.length + 1, mannersOf(workers.length + 1));
      workers.push(worker);
      return worker;
    },
    payload: 'old',
    graceMs: 10_000,
    log: createLog('test', 'silent'),
    now: () => performance.now() + skippedMs,
    onEvent: ({ kind, detail }) => events.push(`${kind}: ${detail}`),
  });
  return {
    pool,
    workers,
    events,
    living: () => workers.filter(({ isGone }) => !isGone),
    skipTime: (ms) => {
      skippedMs += ms;
    },
  };
}

function beat(counters: Beat['counters'], connections: number): Beat {
  return { counters, gauges: {}, requests: 0, inFlight: 0, connections, vitals: RESTING };
}
