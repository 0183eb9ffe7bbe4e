// A worker's side of the lifecycle: boot, start what the primary says, serve the connections it hands over, report,
// drain. It does not obey the terminal's signals (its primary does), leaves when its primary is gone, and after an
// error nobody caught it finishes its answers before it ends: state may be damaged, requests under way need not be.

import type { Socket } from 'node:net';
import type { Counters } from '../counters.ts';
import type { Door } from '../door.ts';
import { messageOf } from '../user-error.ts';
import type { Beat, ToPrimary, ToWorker } from './messages.ts';
import { labelsOf } from './process-metrics.ts';
import { VitalSigns, type Vitals } from './vitals.ts';
import { HEARTBEAT_MS } from './worker-state.ts';

/** What a house runs in its worker. */
export interface WorkerService {
  readonly door: Door;
  readonly counters: Counters;
  /** Labels of what this process counts of itself, as `range="A-D"`; may be empty. */
  readonly labels: string;
  requests(): number;
  inFlight(): number;
  /** Draining begins: stop telling others that we are ready. */
  onDrain?(): void;
  onCustom?(body: unknown): void;
  /** All connections are closed. */
  close?(): void;
}

/** The worker's line to its primary. */
export interface PrimaryLink {
  send(body: unknown): void;
}

/** Runs a worker; `start` gets the payload its primary chose and resolves when it can serve. */
export function runWorker<P>(start: (payload: P, primary: PrimaryLink) => Promise<WorkerService>): void {
  let service: WorkerService | null = null;
  const signs = new VitalSigns();
  let isLeaving = false;
  let exitCode = 0;

  const tell = (message: ToPrimary, sent: () => void = () => {}): void => {
    if (process.connected) process.send?.(message, undefined, {}, sent);
    else sent();
  };
  const begin = async (payload: P): Promise<void> => {
    try {
      service = await start(payload, { send: (body) => tell({ type: 'custom', body }) });
      signs.countIn(service.counters, labelsOf(service.labels, 'workers')); // loading was no work that anybody waited for
      tell({ type: 'beat', beat: beatOf(service, signs.read()) });
      tell({ type: 'ready' });
    } catch (error) {
      tell({ type: 'refused', reason: messageOf(error) }, () => process.exit(1));
    }
  };
  const drain = async (): Promise<void> => {
    if (isLeaving) return;
    isLeaving = true;
    service?.onDrain?.();
    await service?.door.drain();
    service?.close?.();
    tell({ type: 'beat', beat: beatOf(service, signs.read()) }, () => process.exit(exitCode));
  };
  const onMessage = (message: ToWorker, socket?: Socket): void => {
    switch (message.type) {
      case 'start':
        void begin(message.payload as P);
        return;
      case 'connection':
        tell({ type: 'taken' }); // before a byte is read: if we die first, another worker gets it
        if (!socket) return; // its client left on the way
        if (service) service.door.accept(socket);
        else socket.destroy();
        return;
      case 'drain':
        void drain();
        return;
      case 'custom':
        service?.onCustom?.(message.body);
    }
  };
  /** The primary answers with `drain`: behind the last connection it had for us. */
  const fail = (error: unknown): void => {
    exitCode = 1;
    tell({ type: 'failing', reason: messageOf(error), stack: error instanceof Error ? (error.stack ?? null) : null });
  };

  process.on('message', onMessage);
  process.on('disconnect', () => process.exit(0));
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => fail(new Error('SIGTERM')));
  process.on('SIGUSR2', () => {}); // a reload is the primary's business

  setInterval(() => tell({ type: 'beat', beat: beatOf(service, signs.read()) }), HEARTBEAT_MS);
  tell({ type: 'booted' });
}

function beatOf(service: WorkerService | null, vitals: Vitals): Beat {
  return {
    counters: service?.counters.counts() ?? {},
    gauges: service?.counters.levels() ?? {},
    requests: service?.requests() ?? 0,
    inFlight: service?.inFlight() ?? 0,
    connections: service?.door.connections() ?? 0,
    vitals,
  };
}
