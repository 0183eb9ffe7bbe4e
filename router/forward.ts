// One request to a pool: pick an instance, try it, and where that fails before the client has seen a byte, try again
// elsewhere: at most two retries, within the worker's retry budget and the request's deadline (DESIGN §9).
// A reset is a worker's death and is not the instance's fault. `abort` (the client left) ends whatever is under way.

import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Counters } from '../runtime/counters.ts';
import type { Problem } from '../runtime/problem.ts';
import type { Member, Pool } from './pool.ts';
import type { RetryBudget } from './retry-budget.ts';
import { type Attempt, AttemptError, type AttemptFailure, type Upstream, type UpstreamRequest } from './upstream.ts';

const MAX_RETRIES = 2;
/** After a 421 the new table is on its way from the primary. */
const TABLE_REFRESH_MS = 50;

export interface ForwardLimits {
  /** An attempt without a first byte after this many ms is abandoned. */
  readonly attemptTimeoutMs: number;
  /** First byte to the client within this many ms, retries included. */
  readonly deadlineMs: number;
}

/** What all requests of a router worker share. */
export interface ForwardMeans {
  readonly upstream: Upstream;
  readonly budget: RetryBudget;
  readonly limits: ForwardLimits;
  readonly counters: Counters;
}

/** Reads what is needed of an answer before the client gets its first byte; throws AttemptError to have it retried. */
export type ReadAnswer<T> = (answer: IncomingMessage, attempt: Attempt, remainingMs: number) => Promise<T>;

/** Why a request could not be answered, as the problem for the client. */
export class ForwardError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'ForwardError';
    this.problem = problem;
  }
}

/** A request on its way. */
export class Forward<T> {
  readonly #upstream: Upstream;
  readonly #budget: RetryBudget;
  readonly #limits: ForwardLimits;
  readonly #counters: Counters;
  readonly #startedAt = performance.now();
  #attempt: Attempt | undefined;
  #isAborted = false;

  constructor({ upstream, budget, limits, counters }: ForwardMeans) {
    this.#upstream = upstream;
    this.#budget = budget;
    this.#limits = limits;
    this.#counters = counters;
  }

  /**
   * Resolves with what `read` made of the first good answer. `poolOf` is asked again for each attempt: the table may
   * have changed. Throws ForwardError.
   */
  async run(poolOf: () => Pool, request: UpstreamRequest, read: ReadAnswer<T>): Promise<T> {
    this.#budget.countRequest();
    const tried = new Set<Member>();
    for (let retries = 0; ; retries++) {
      const pool = poolOf();
      const member = pool.pick(tried);
      if (!member) throw new ForwardError(unavailable(`range ${pool.range}`));
      tried.add(member);
      try {
        return await this.#tryAt(member, request, read, retries > 0);
      } catch (error) {
        if (!(error instanceof AttemptError)) throw error;
        const mayRetry = retries < MAX_RETRIES && !this.#isAborted && this.#remainingMs() > 0;
        if (!mayRetry || !this.#budget.takeRetry())
          throw new ForwardError(problemOf(error.failure, pool, this.#remainingMs()));
        this.#counters.add('people_retries_total');
        if (error.failure === 'misdirected') await sleep(TABLE_REFRESH_MS);
      }
    }
  }

  /** The client left: ends the attempt under way and makes no other. */
  abort(): void {
    this.#isAborted = true;
    this.#attempt?.abort();
  }

  async #tryAt(member: Member, request: UpstreamRequest, read: ReadAnswer<T>, isRetry: boolean): Promise<T> {
    if (this.#isAborted) throw new AttemptError('aborted');
    const timeoutMs = Math.min(this.#limits.attemptTimeoutMs, this.#remainingMs());
    const attempt = this.#upstream.attempt(member.target, request, timeoutMs, isRetry);
    this.#counters.add('people_upstream_attempts_total');
    this.#attempt = attempt;
    member.inFlight++;
    try {
      return await read(await attempt.answer, attempt, this.#remainingMs());
    } catch (error) {
      attempt.abort();
      throw error;
    } finally {
      member.inFlight--;
    }
  }

  #remainingMs(): number {
    return Math.max(0, this.#limits.deadlineMs - (performance.now() - this.#startedAt));
  }
}

/** 503 for what nothing is available of: `range A-D`. */
export function unavailable(what: string): Problem {
  return {
    status: 503,
    detail: `No instance of ${what} is available right now.`,
    headers: { 'Retry-After': '1' },
  };
}

function problemOf(failure: AttemptFailure, pool: Pool, remainingMs: number): Problem {
  if (failure === 'refused') return unavailable(`range ${pool.range}`);
  if (failure === 'timeout' || remainingMs <= 0) {
    return { status: 504, detail: `Range ${pool.range} did not answer in time.` };
  }
  return { status: 502, detail: `Range ${pool.range} gave no usable answer.` };
}
