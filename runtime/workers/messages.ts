// What a primary and its workers say to each other over IPC. Plain values; `custom` is each house's own.

import type { Vitals } from './vitals.ts';

/** What a worker reports with every heartbeat. */
export interface Beat {
  /** Monotonic counters by series (`people_requests_total{range="A-D"}`), since the worker began. */
  readonly counters: Readonly<Record<string, number>>;
  /** Levels by series, right now. */
  readonly gauges: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly inFlight: number;
  readonly connections: number;
  readonly vitals: Vitals;
}

export type ToWorker =
  | { readonly type: 'start'; readonly payload: unknown }
  /** Sent with a socket. */
  | { readonly type: 'connection' }
  | { readonly type: 'drain' }
  | { readonly type: 'custom'; readonly body: unknown };

export type ToPrimary =
  | { readonly type: 'booted' }
  /** It has the oldest connection not yet taken, and has read nothing of it so far. */
  | { readonly type: 'taken' }
  | { readonly type: 'ready' }
  /** It cannot start, in words for people. */
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'beat'; readonly beat: Beat }
  /** It hit an error it cannot go on from: told to drain, it finishes its answers; a replacement should start now. */
  | { readonly type: 'failing'; readonly reason: string; readonly stack: string | null }
  | { readonly type: 'custom'; readonly body: unknown };
