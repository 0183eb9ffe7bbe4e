// The life of a worker as a value, and its legal transitions. Pure: worker-pool.ts owns the process and the timers.

/** Each variant holds only what is true in it; times are ms of a steady clock. */
export type WorkerState =
  | { readonly kind: 'starting'; readonly since: number }
  | { readonly kind: 'ready'; readonly since: number }
  | { readonly kind: 'draining'; readonly since: number; readonly readySince: number | null }
  | { readonly kind: 'gone'; readonly since: number; readonly how: string; readonly readyForMs: number | null };

export type WorkerEvent =
  | { readonly kind: 'became-ready' }
  /** It was asked to drain, or drains by itself because it failed. */
  | { readonly kind: 'draining-began' }
  | { readonly kind: 'exited'; readonly how: string };

/** The state after an event; the same state where the event changes nothing (late messages of a leaving worker). */
export function nextWorkerState(state: WorkerState, event: WorkerEvent, nowMs: number): WorkerState {
  switch (event.kind) {
    case 'became-ready':
      return state.kind === 'starting' ? { kind: 'ready', since: nowMs } : state;
    case 'draining-began':
      if (state.kind !== 'starting' && state.kind !== 'ready') return state;
      return { kind: 'draining', since: nowMs, readySince: readySince(state) };
    case 'exited': {
      if (state.kind === 'gone') return state;
      const since = readySince(state);
      const end = state.kind === 'draining' ? state.since : nowMs;
      return { kind: 'gone', since: nowMs, how: event.how, readyForMs: since === null ? null : end - since };
    }
  }
}

/** When a worker counts as hung: it missed three heartbeats, or said nothing while it was starting. */
export function isHung(state: WorkerState, silentForMs: number): boolean {
  if (state.kind === 'gone') return false;
  return silentForMs > (readySince(state) === null ? START_SILENCE_MS : HEARTBEAT_MS * MISSED_BEATS);
}

export const HEARTBEAT_MS = 500;
const MISSED_BEATS = 3;
/** Loading a shard of gigabytes may block for long moments; a worker that never boots is still noticed. */
const START_SILENCE_MS = 15_000;

function readySince(state: WorkerState): number | null {
  if (state.kind === 'ready') return state.since;
  return state.kind === 'draining' ? state.readySince : null;
}
