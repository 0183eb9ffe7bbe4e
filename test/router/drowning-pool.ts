// A pool of fixed capacity on a clock of its own: workers take requests in order, clients ask again as soon as they are
// answered, and the concurrency limit under test decides how many of them may be in the pool at once.

import { type ConcurrencyBounds, firstLimit, nextLimit } from '../../router/pool/concurrency-limit.ts';

export interface Drowning {
  /** Requests worked on at once. */
  readonly workers: number | ((nowMs: number) => number);
  readonly workMs: number | (() => number);
  /** Requests that want in at all times. */
  readonly clients: number;
  readonly bounds: ConcurrencyBounds;
  /** What is measured: the time from `fromMs` (default 10 s) to `untilMs` (default 40 s). */
  readonly fromMs?: number;
  readonly untilMs?: number;
}

export interface Drowned {
  readonly answersPerS: number;
  /** From admission to answer. */
  readonly latenciesMs: readonly number[];
  readonly timeouts: number;
}

const TIMEOUT_MS = 2_000;
const STEP_MS = 1;

/** Lets a pool drown, step by step. */
export function drown({ workers, workMs, clients, bounds, fromMs = 10_000, untilMs = 40_000 }: Drowning): Drowned {
  const workersAt = typeof workers === 'number' ? () => workers : workers;
  const costOf = typeof workMs === 'number' ? () => workMs : workMs;
  const waiting: number[] = [];
  let working: { readonly since: number; readonly doneAt: number }[] = [];
  let limit = firstLimit(bounds);
  const latenciesMs: number[] = [];
  let timeouts = 0;
  for (let nowMs = 0; nowMs < untilMs; nowMs += STEP_MS) {
    const done = working.filter(({ doneAt }) => doneAt <= nowMs);
    working = working.filter(({ doneAt }) => doneAt > nowMs);
    for (const [i, { since }] of done.entries()) {
      const latencyMs = nowMs - since;
      const inFlight = waiting.length + working.length + done.length - i;
      limit = nextLimit(limit, { nowMs, latencyMs, isTimeout: latencyMs > TIMEOUT_MS, inFlight }, bounds);
      if (nowMs < fromMs) continue;
      if (latencyMs > TIMEOUT_MS) timeouts++;
      else latenciesMs.push(latencyMs);
    }
    while (waiting.length + working.length < Math.min(clients, Math.floor(limit.limit))) waiting.push(nowMs);
    while (working.length < workersAt(nowMs) && waiting.length > 0) {
      working.push({ since: waiting.shift()!, doneAt: nowMs + costOf() });
    }
  }
  return { answersPerS: (latenciesMs.length / (untilMs - fromMs)) * 1_000, latenciesMs, timeouts };
}
