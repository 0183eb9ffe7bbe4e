// What all outcomes of a load come to: counts, percentiles, shares. Its size depends on who answered and what, not on
// how many requests there were. Who still waited at the end counts with the time waited so far, so that a stall at the
// end shows in the percentiles too.

import { Latencies, type LatencySummary } from './latencies.ts';
import type { CacheOutcome, Outcome } from './outcome.ts';

export interface RangeShare {
  readonly range: string;
  readonly answers: number;
  /** Of all answers, 0 to 1. */
  readonly share: number;
  readonly latencyMs: LatencySummary;
}

export interface WorkerShare {
  /** `router` for an answer from a cache. */
  readonly instance: string;
  readonly pid: string;
  readonly range: string | null;
  readonly answers: number;
  readonly share: number;
}

export interface LoadSummary {
  /** Whole answers, of any status. */
  readonly answered: number;
  /** Requests without a whole answer: by error code. */
  readonly failed: number;
  /** Sent, and not answered at the end. */
  readonly unfinished: number;
  /** Due, and not sent at the end. */
  readonly unsent: number;
  /** Answers; least and most in a full second (the mean, when it took less than one). */
  readonly perSecond: { readonly mean: number; readonly min: number; readonly max: number };
  readonly latencyMs: LatencySummary;
  /** Bytes of bodies. */
  readonly bytes: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly failures: Readonly<Record<string, number>>;
  readonly cache: Readonly<Partial<Record<CacheOutcome, number>>>;
  readonly ranges: readonly RangeShare[];
  readonly workers: readonly WorkerShare[];
}

interface AtWork {
  range: string | null;
  answers: number;
}

export class Tally {
  readonly #latencies = new Latencies();
  readonly #bySecond: number[] = [];
  readonly #statuses = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  readonly #cache = new Map<string, number>();
  readonly #ranges = new Map<string, Latencies>();
  readonly #workers = new Map<string, AtWork>();
  #answered = 0;
  #lastAnswerAtMs = 0;
  #failed = 0;
  #unfinished = 0;
  #unsent = 0;
  #bytes = 0;

  add(outcome: Outcome): void {
    switch (outcome.kind) {
      case 'answered':
        this.#addAnswer(outcome);
        break;
      case 'failed':
        this.#failed++;
        increment(this.#failures, outcome.reason);
        return; // how soon a refusal comes says nothing about answers
      case 'unfinished':
        this.#unfinished++;
        break;
      case 'unsent':
        this.#unsent++;
    }
    this.#latencies.record(outcome.latencyMs);
  }

  /** What has come together so far; `elapsedMs` is how long requests have been sent. */
  summary(elapsedMs: number): LoadSummary {
    return {
      answered: this.#answered,
      failed: this.#failed,
      unfinished: this.#unfinished,
      unsent: this.#unsent,
      perSecond: this.#perSecond(elapsedMs),
      latencyMs: this.#latencies.summary(),
      bytes: this.#bytes,
      statuses: asRecord(this.#statuses),
      failures: asRecord(this.#failures),
      cache: asRecord(this.#cache),
      ranges: [...this.#ranges].sort(byKey).map(([range, latencies]) => ({
        range,
        answers: latencies.count,
        share: latencies.count / this.#answered,
        latencyMs: latencies.summary(),
      })),
      workers: [...this.#workers].sort(byRangeAndName).map(([name, { range, answers }]) => {
        const slash = name.lastIndexOf('/');
        const [instance, pid] = [name.slice(0, slash), name.slice(slash + 1)];
        return { instance, pid, range, answers, share: answers / this.#answered };
      }),
    };
  }

  #addAnswer({ status, bytes, origin, endedAtMs, latencyMs }: Outcome & { readonly kind: 'answered' }): void {
    this.#answered++;
    this.#bytes += bytes;
    this.#lastAnswerAtMs = endedAtMs;
    const second = Math.floor(endedAtMs / 1_000);
    this.#bySecond[second] = (this.#bySecond[second] ?? 0) + 1;
    increment(this.#statuses, String(status));
    if (origin.cache) increment(this.#cache, origin.cache);
    if (origin.range) {
      const latencies = this.#ranges.get(origin.range) ?? new Latencies();
      latencies.record(latencyMs);
      this.#ranges.set(origin.range, latencies);
    }
    if (origin.servedBy) {
      const isFromCache = origin.cache === 'hit';
      const worker = this.#workers.get(origin.servedBy) ?? { range: isFromCache ? null : origin.range, answers: 0 };
      worker.answers++;
      this.#workers.set(origin.servedBy, worker);
    }
  }

  #perSecond(elapsedMs: number): LoadSummary['perSecond'] {
    const ms = Math.max(elapsedMs, this.#lastAnswerAtMs);
    const mean = ms > 0 ? Math.round((this.#answered / ms) * 10_000) / 10 : 0;
    const full = Array.from({ length: Math.floor(elapsedMs / 1_000) }, (_, second) => this.#bySecond[second] ?? 0);
    return full.length === 0
      ? { mean, min: mean, max: mean }
      : { mean, min: Math.min(...full), max: Math.max(...full) };
  }
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function asRecord(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(byKey));
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Ranges first, in order; the router's caches after them. */
function byRangeAndName([a, one]: [string, AtWork], [b, other]: [string, AtWork]): number {
  return byKey([`${one.range ?? '~'} ${a}`, one], [`${other.range ?? '~'} ${b}`, other]);
}
