// A worker as `status` shows it.

import type { WorkerHandle } from './worker-handle.ts';
import type { WorkerState } from './worker-state.ts';

const MIB = 1024 * 1024;

/** What its process is, and what it said of itself in its last report (null before the first). */
export interface WorkerStatus {
  readonly pid: number;
  readonly state: WorkerState['kind'];
  readonly ageS: number;
  /** Workers lost in its place. */
  readonly restarts: number;
  readonly requests: number | null;
  readonly inFlight: number | null;
  readonly elu: number | null;
  readonly rssMb: number | null;
}

export function workerStatus(worker: WorkerHandle<unknown>, nowMs: number): WorkerStatus {
  const { process, state, restarts, bornAt, beat } = worker;
  return {
    pid: process.pid,
    state: state.kind,
    ageS: Math.round((nowMs - bornAt) / 1000),
    restarts,
    requests: beat?.requests ?? null,
    inFlight: beat?.inFlight ?? null,
    elu: beat?.vitals.elu ?? null,
    rssMb: beat ? Math.round(beat.vitals.rssBytes / MIB) : null,
  };
}
