// How an instance is, from what probes and requests say. Pure functions over values and `nowMs` (DESIGN §9):
// probes take it down after three failures and up after two answers; five timeouts or bad answers in a row eject it for
// a while, longer each time; who is new or back gets its share slowly.

import type { ProbeResult } from './probe.ts';

/** What probes say of an instance; `availableSince` in ms of the caller's clock. */
export type Health =
  /** Known, and not yet probed with success. */
  | { readonly kind: 'starting'; readonly fails: number }
  | { readonly kind: 'available'; readonly fails: number; readonly availableSince: number }
  | { readonly kind: 'down'; readonly passes: number }
  | { readonly kind: 'draining' };

const FALL = 3;
const RISE = 2;

export const NEW_INSTANCE: Health = { kind: 'starting', fails: 0 };

/** The health after a probe. Draining is believed at once: the instance says so itself. */
export function afterProbe(health: Health, result: ProbeResult['kind'], nowMs: number): Health {
  if (result === 'draining') return { kind: 'draining' };
  if (result === 'ready') {
    if (health.kind === 'available') return health.fails === 0 ? health : { ...health, fails: 0 };
    const passes = health.kind === 'down' ? health.passes + 1 : RISE;
    return passes >= RISE ? { kind: 'available', fails: 0, availableSince: nowMs } : { kind: 'down', passes };
  }
  if (health.kind === 'down' || health.kind === 'draining') return { kind: 'down', passes: 0 };
  const fails = health.fails + 1;
  return fails >= FALL ? { kind: 'down', passes: 0 } : { ...health, fails };
}

/** Time from the start of a probe to the next one, in ms: short while the answer is in doubt. */
export function probeIntervalMs(health: Health): number {
  return health.kind === 'available' && health.fails === 0 ? 1_000 : 250;
}

/** Failures of requests at an instance, as one router worker saw them. */
export interface Ejection {
  /** Timeouts and bad answers in a row. */
  readonly consecutive: number;
  /** Ejections so far; forgotten after a quiet while. */
  readonly count: number;
  /** Ejected until then; minus infinity when it never was. */
  readonly until: number;
}

export const NEVER_EJECTED: Ejection = { consecutive: 0, count: 0, until: Number.NEGATIVE_INFINITY };

const EJECT_AFTER = 5;
const EJECT_MS = 5_000;
const LONGEST_EJECTION_MS = 60_000;
const FORGET_MS = 60_000;

/** After a timeout or a bad answer. The last available instance is never ejected. */
export function afterFailure(ejection: Ejection, nowMs: number, isLast: boolean): Ejection {
  const consecutive = ejection.consecutive + 1;
  if (consecutive < EJECT_AFTER || isLast || isEjected(ejection, nowMs)) return { ...ejection, consecutive };
  const count = nowMs - ejection.until > FORGET_MS ? 1 : ejection.count + 1;
  return { consecutive: 0, count, until: nowMs + Math.min(EJECT_MS * count, LONGEST_EJECTION_MS) };
}

/** After a good answer. */
export function afterSuccess(ejection: Ejection): Ejection {
  return ejection.consecutive === 0 ? ejection : { ...ejection, consecutive: 0 };
}

export function isEjected({ until }: Ejection, nowMs: number): boolean {
  return nowMs < until;
}

const RAMP_MS = 10_000;
const RAMP_FROM = 0.1;

/** The share of its turn that an instance gets, 0.1 to 1: new and recovered ones ramp up over ten seconds. */
export function rampWeight(availableForMs: number): number {
  const done = Math.min(1, Math.max(0, availableForMs) / RAMP_MS);
  return RAMP_FROM + (1 - RAMP_FROM) * done;
}
