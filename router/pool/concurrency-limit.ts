// How many requests a pool is given at once. `--max-in-flight` is the most; below it the limit follows the pool's
// answers, as TCP's window follows the network (additive increase, multiplicative decrease; Chiu and Jain 1989). A
// drowning pool would otherwise hold requests until their attempts time out, and do their work for nobody. Pure.

export interface ConcurrencyLimit {
  /** Requests allowed in flight; a fraction counts towards the next whole one. */
  readonly limit: number;
  /** Until the first decrease the limit doubles, as in TCP's slow start. */
  readonly isProbing: boolean;
  /** When it was last decreased, in ms; one decrease per round trip is enough. */
  readonly decreasedAt: number;
}

export interface ConcurrencyBounds {
  readonly max: number;
  /** Answers slower than this, in ms, mean that the pool has too much. */
  readonly targetMs: number;
}

/** A finished attempt. */
export interface ConcurrencySample {
  readonly nowMs: number;
  readonly latencyMs: number;
  /** Whether it got an answer in time. */
  readonly isTimeout: boolean;
  /** Requests in flight when it finished, itself included. */
  readonly inFlight: number;
}

const FIRST_LIMIT = 32;
const MIN_LIMIT = 4;
const DECREASE = 0.8;

export function firstLimit({ max }: ConcurrencyBounds): ConcurrencyLimit {
  return { limit: Math.min(FIRST_LIMIT, max), isProbing: true, decreasedAt: Number.NEGATIVE_INFINITY };
}

/** The limit after an answer. It never leaves `[min(4, max), max]`, and grows only while it is what limits. */
export function nextLimit(
  current: ConcurrencyLimit,
  { nowMs, latencyMs, isTimeout, inFlight }: ConcurrencySample,
  { max, targetMs }: ConcurrencyBounds,
): ConcurrencyLimit {
  if (isTimeout || latencyMs > targetMs) {
    if (nowMs - current.decreasedAt < latencyMs) return current; // sent before the last decrease: old news
    const limit = Math.max(Math.min(MIN_LIMIT, max), current.limit * DECREASE);
    return { limit, isProbing: false, decreasedAt: nowMs };
  }
  if (inFlight < Math.floor(current.limit) - 1 || current.limit >= max) return current;
  const grown = current.limit + (current.isProbing ? 1 : 1 / current.limit);
  return { limit: Math.min(max, grown), isProbing: current.isProbing, decreasedAt: current.decreasedAt };
}
