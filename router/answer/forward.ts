// One request to a pool: pick an instance, try it, and where that fails before the client has seen a byte, try again
// elsewhere: at most two retries, within the worker's retry budget and the request's deadline (DESIGN §9).
// A reset is a worker's death and is not the instance's fault. A refused connection is checked by a probe; if there is
// no other instance, the request waits for its result. `abort` (the client left) ends whatever is under way.

import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Counters } from '../../runtime/counters.ts';
import type { Problem } from '../../runtime/problem.ts';
import type { Admission } from '../pool/admission.ts';
import { type Member, type Pool, QUEUE_WAIT_MS } from '../pool/pool.ts';
import {
  type Attempt,
  AttemptError,
  type AttemptFailure,
  type Upstream,
  type UpstreamRequest,
} from '../upstream/upstream.ts';
import type { RetryBudget } from './retry-budget.ts';

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
  /** An instance refused a connection: somebody should probe it. */
  readonly onSuspect: (member: Member) => void;
  readonly onEjected: (pool: Pool, member: Member) => void;
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

const MAX_RETRIES = 2;
/** After a 421 the new table is on its way from the primary. */
const TABLE_REFRESH_MS = 50;

/** A request on its way. */
export class Forward<T> {
  readonly #means: ForwardMeans;
  readonly #admission: Admission;
  readonly #startedAt = performance.now();
  #attempt: Attempt | undefined;
  #isAborted = false;
  /** Ends a wait for news. */
  #wake: () => void = () => {};

  /** `admission` learns from the attempts how much the pool can take. */
  constructor(means: ForwardMeans, admission: Admission) {
    this.#means = means;
    this.#admission = admission;
  }

  /**
   * Resolves with what `read` made of the first good answer. `poolOf` is asked again for each attempt: the table may
   * have changed. Throws ForwardError.
   */
  async run(poolOf: () => Pool, request: UpstreamRequest, read: ReadAnswer<T>): Promise<T> {
    const { budget, counters } = this.#means;
    budget.countRequest();
    const tried = new Set<Member>();
    for (let retries = 0; ; retries++) {
      const pool = poolOf();
      const member = pool.pick(tried) ?? (await this.#waitForNews(pool, tried));
      if (!member) throw new ForwardError(unavailable(`range ${pool.range}`));
      tried.add(member);
      try {
        return await this.#tryAt(pool, member, request, read, retries > 0);
      } catch (error) {
        if (!(error instanceof AttemptError)) throw error;
        const mayRetry = retries < MAX_RETRIES && !this.#isAborted && this.#remainingMs() > 0;
        if (!mayRetry || !budget.takeRetry()) throw new ForwardError(this.#problemOf(error.failure, pool));
        counters.add('people_retries_total');
        if (error.failure === 'misdirected') await sleep(TABLE_REFRESH_MS);
      }
    }
  }

  /** The client left: ends the attempt under way and makes no other. */
  abort(): void {
    this.#isAborted = true;
    this.#attempt?.abort();
    this.#wake();
  }

  /** The only instances refuse connections: a moment later a probe tells whether they are gone or coming back. */
  async #waitForNews(pool: Pool, tried: ReadonlySet<Member>): Promise<Member | undefined> {
    const until = performance.now() + Math.min(QUEUE_WAIT_MS, this.#remainingMs());
    for (;;) {
      const leftMs = until - performance.now();
      if (!pool.hasSuspect || leftMs <= 0 || this.#isAborted) return undefined;
      await Promise.race([
        pool.news(leftMs),
        new Promise<void>((resolve) => {
          this.#wake = resolve;
        }),
      ]);
      const member = pool.pick(tried);
      if (member) return member;
    }
  }

  async #tryAt(
    pool: Pool,
    member: Member,
    request: UpstreamRequest,
    read: ReadAnswer<T>,
    isRetry: boolean,
  ): Promise<T> {
    if (this.#isAborted) throw new AttemptError('aborted');
    const { upstream, limits, counters } = this.#means;
    const timeoutMs = Math.min(limits.attemptTimeoutMs, this.#remainingMs());
    const sentAt = performance.now();
    const attempt = upstream.attempt(member.target, request, timeoutMs, isRetry);
    this.#attempt = attempt;
    counters.add('people_upstream_attempts_total');
    member.inFlight++;
    try {
      const result = await read(await attempt.answer, attempt, this.#remainingMs());
      pool.succeeded(member);
      this.#admission.learn(performance.now() - sentAt, false);
      return result;
    } catch (error) {
      attempt.abort();
      if (error instanceof AttemptError) this.#blame(error.failure, pool, member, performance.now() - sentAt);
      throw error;
    } finally {
      member.inFlight--;
    }
  }

  #blame(failure: AttemptFailure, pool: Pool, member: Member, tookMs: number): void {
    switch (failure) {
      case 'refused':
        if (member.isSuspect) return;
        member.isSuspect = true;
        this.#means.onSuspect(member);
        return;
      case 'timeout':
        this.#admission.learn(tookMs, true);
        if (pool.failed(member)) this.#means.onEjected(pool, member);
        return;
      case 'invalid':
        if (pool.failed(member)) this.#means.onEjected(pool, member);
    }
  }

  #problemOf(failure: AttemptFailure, { range }: Pool): Problem {
    if (failure === 'refused') return unavailable(`range ${range}`);
    if (failure === 'timeout' || this.#remainingMs() <= 0) {
      return { status: 504, detail: `Range ${range} did not answer in time.` };
    }
    return { status: 502, detail: `Range ${range} gave no usable answer.` };
  }

  #remainingMs(): number {
    return Math.max(0, this.#means.limits.deadlineMs - (performance.now() - this.#startedAt));
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

/** 503 for a request that a pool has no room for. */
export function shed(range: string): Problem {
  return {
    status: 503,
    detail: `Range ${range} has more requests than it can serve; try again later.`,
    headers: { 'Retry-After': '1' },
  };
}
