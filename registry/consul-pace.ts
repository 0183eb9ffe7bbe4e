// How fast Consul is asked: what follows an answer to a blocking query, and what follows a failure. Pure.
// The rules are those of "Blocking Queries" in Consul's API documentation: an index that goes backwards, or is none,
// starts the query anew, and no answer, however early, may turn the loop into a busy one.

/** Queries that bring changes follow one another at this distance at least: a burst of changes is a few answers. */
const CHANGES_EVERY_MS = 100;

/** An early answer without news, or with an index that cannot be, is no reason to hurry. */
const NOTHING_EVERY_MS = 1_000;

const RETRY_MS = 1_000;
const LONGEST_BACKOFF_MS = 10_000;
const LONGEST_RETRY_AFTER_MS = 60_000;
const JITTER = 0.2;

/** What to ask next, and when. Index 0 asks for the present state at once. */
export interface NextQuery {
  readonly index: bigint;
  readonly pauseMs: number;
}

/** What follows an answer: `asked` is the index of the query, `answered` the X-Consul-Index it came back with. */
export function afterAnswer(asked: bigint, answered: string | undefined, tookMs: number): NextQuery {
  const index = answered !== undefined && /^\d{1,20}$/.test(answered) ? BigInt(answered) : 0n;
  const isNews = index > 0n && index !== asked;
  const pauseMs = Math.max(0, (isNews ? CHANGES_EVERY_MS : NOTHING_EVERY_MS) - tookMs);
  return { index: index < asked ? 0n : index, pauseMs };
}

/** Why a call failed, as far as pacing goes. */
export interface Failure {
  /** HTTP status; null when there was no answer at all: nobody there, a broken connection, out of time. */
  readonly status: number | null;
  /** What a Retry-After said, in ms. */
  readonly retryAfterMs: number | null;
}

/**
 * Wait before the next call, in ms, after so many failures in a row (1 at the first). An agent that is not there is
 * asked every second, so that its return is noticed; one that refuses is asked ever more rarely, and not before it
 * wants to be. `random` is 0 to 1: callers must not come in step.
 */
export function retryMs({ status, retryAfterMs }: Failure, failuresInRow: number, random: number): number {
  const backoff = status === null ? RETRY_MS : Math.min(RETRY_MS * 2 ** (failuresInRow - 1), LONGEST_BACKOFF_MS);
  const wanted = Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS);
  return Math.max(backoff * (1 - JITTER + 2 * JITTER * random), wanted);
}
