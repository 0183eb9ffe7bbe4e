// The generator: a bounded number of connections, each with at most one request, for a bounded time. A thin shell that
// owns timers and connections; what is due is pace.ts' to say, what is asked letter-mix.ts'. Invariant: each request
// that was due has exactly one outcome, and when the promise resolves no connection or timer is left.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Letter } from '../../people/letter.ts';
import { pageTarget } from '../../people/page-request.ts';
import { type ExchangeEnd, LoadConnection, targetOf } from './exchange.ts';
import type { LetterMix } from './letter-mix.ts';
import { type Outcome, originOf } from './outcome.ts';
import { createPace, type Pace } from './pace.ts';

export interface LoadPlan {
  /** Like `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly mix: LetterMix;
  /** Requests due per second, in all; null: each connection sends when it is free. */
  readonly rate: number | null;
  readonly connections: number;
  readonly durationMs: number;
  /** Whether each request says `no-cache`. */
  readonly isFresh: boolean;
}

/** A request without a whole answer after this long has failed: longer than the router's deadline, in ms. */
const TIMEOUT_MS = 15_000;
const TIMEOUT_LOOK_MS = 250;
/** How long what is under way may take when the load is over. */
const LINGER_MS = 2_000;
/** A connection without a pace that failed waits this long: what is down is not to be hammered. */
const REST_MS = 100;
const SHORTEST_WAIT_MS = 1;

interface Lane {
  readonly connection: LoadConnection;
  asked: { readonly letter: Letter; readonly dueAt: number; readonly sentAt: number } | null;
}

/** Runs a load; resolves with how long it was sending, in ms. An abort of the signal ends it early. */
export async function runLoad(
  plan: LoadPlan,
  onOutcome: (outcome: Outcome) => void,
  signal: AbortSignal,
): Promise<number> {
  const load = new Load(plan, onOutcome);
  await sleep(plan.durationMs, undefined, { signal }).catch(() => {});
  return load.end();
}

class Load {
  readonly #plan: LoadPlan;
  readonly #onOutcome: (outcome: Outcome) => void;
  readonly #pace: Pace;
  readonly #lanes: readonly Lane[];
  /** Free lanes, the one free for longest first, so that all connections are used in turn. */
  readonly #free: Lane[];
  readonly #startedAt = performance.now();
  readonly #timeouts: NodeJS.Timeout;
  #wakeUp: NodeJS.Timeout | undefined;
  #sent = 0;
  #busy = 0;
  #isEnding = false;
  /** Called when nothing is under way any more. */
  #onIdle: () => void = () => {};

  constructor(plan: LoadPlan, onOutcome: (outcome: Outcome) => void) {
    this.#plan = plan;
    this.#onOutcome = onOutcome;
    this.#pace = createPace(plan.rate, plan.durationMs);
    const target = targetOf(plan.url, plan.isFresh ? { 'Cache-Control': 'no-cache' } : {});
    this.#lanes = Array.from({ length: plan.connections }, () => ({
      connection: new LoadConnection(target),
      asked: null,
    }));
    this.#free = [...this.#lanes];
    this.#timeouts = setInterval(() => this.#endTimedOut(), TIMEOUT_LOOK_MS);
    this.#sendDue();
  }

  /** Sends nothing more, waits a moment for what is under way, and closes. */
  async end(): Promise<number> {
    const endedAt = this.#elapsedMs();
    this.#sendDue();
    this.#isEnding = true;
    clearTimeout(this.#wakeUp);
    await Promise.race([this.#idle(), sleep(LINGER_MS, undefined, { ref: false })]);
    clearInterval(this.#timeouts);
    for (const lane of this.#lanes) {
      if (lane.asked) this.#finish(lane, { kind: 'unfinished' });
      lane.connection.close();
    }
    for (let missed = this.#pace.missedBy(endedAt, this.#sent); missed > 0; missed--) {
      const latencyMs = endedAt - this.#pace.dueAtMs(this.#sent++)!;
      this.#onOutcome({ kind: 'unsent', letter: this.#plan.mix(Math.random()), endedAtMs: endedAt, latencyMs });
    }
    return endedAt;
  }

  #sendDue(): void {
    if (this.#isEnding) return;
    const due = this.#pace.dueBy(this.#elapsedMs());
    while (this.#free.length > 0 && this.#sent < due) this.#send(this.#free.shift()!, this.#sent++);
    const next = this.#pace.dueAtMs(this.#sent);
    clearTimeout(this.#wakeUp);
    if (next === null || this.#free.length === 0) return; // an answer will wake us up
    const waitMs = Math.max(SHORTEST_WAIT_MS, next - this.#elapsedMs());
    this.#wakeUp = setTimeout(() => this.#sendDue(), waitMs);
  }

  #send(lane: Lane, index: number): void {
    const sentAt = this.#elapsedMs();
    const letter = this.#plan.mix(Math.random());
    lane.asked = { letter, dueAt: this.#pace.dueAtMs(index) ?? sentAt, sentAt };
    this.#busy++;
    lane.connection.send(pageTarget(letter, null, null), (end) => {
      if (!lane.asked) return; // given up
      this.#finish(lane, outcomeOf(end));
      if (end.isAnswered || this.#plan.rate !== null) this.#release(lane);
      else setTimeout(() => this.#release(lane), REST_MS).unref();
    });
  }

  #finish(lane: Lane, result: OutcomeKind): void {
    const { letter, dueAt } = lane.asked!;
    lane.asked = null;
    const endedAtMs = this.#elapsedMs();
    this.#onOutcome({ ...result, letter, endedAtMs, latencyMs: endedAtMs - dueAt });
    if (--this.#busy === 0) this.#onIdle();
  }

  #release(lane: Lane): void {
    this.#free.push(lane);
    this.#sendDue();
  }

  #idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#onIdle = resolve;
      if (this.#busy === 0) resolve();
    });
  }

  #endTimedOut(): void {
    const limit = this.#elapsedMs() - TIMEOUT_MS;
    for (const { asked, connection } of this.#lanes) if (asked && asked.sentAt < limit) connection.giveUp('timeout');
  }

  #elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }
}

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type OutcomeKind = Without<Outcome, 'letter' | 'endedAtMs' | 'latencyMs'>;

function outcomeOf(end: ExchangeEnd): OutcomeKind {
  if (!end.isAnswered) return { kind: 'failed', reason: end.reason };
  return { kind: 'answered', status: end.status, bytes: end.bytes, origin: originOf(end.headers) };
}
