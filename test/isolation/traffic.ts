// Clients: so many keep-alive connections, on each one request after the other, past the router's cache. What came of
// each request is written down, with its times.

import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Outcome {
  readonly letter: string;
  /** 0: no answer at all. */
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: string;
  /** By performance.now(). */
  readonly startedAt: number;
  readonly ms: number;
}

export interface TrafficOptions {
  readonly url: string;
  readonly letters: readonly string[];
  readonly connections: number;
  /** Between an answer and the next request of a connection. */
  readonly pauseMs: number;
  /** The same when the answer was no page. */
  readonly failedPauseMs?: number;
}

/** The clients' own patience: longer than all of the router's. */
const TIMEOUT_MS = 20_000;

export class Traffic {
  readonly outcomes: Outcome[] = [];
  readonly #options: TrafficOptions;
  readonly #agent: Agent;
  readonly #clients: readonly Promise<void>[];
  #isOver = false;

  constructor(options: TrafficOptions) {
    this.#options = options;
    this.#agent = new Agent({ keepAlive: true, maxSockets: options.connections });
    this.#clients = Array.from({ length: options.connections }, () => this.#client());
  }

  /** What came of the requests that began in a span of time. */
  between(fromMs: number, toMs = Number.POSITIVE_INFINITY): readonly Outcome[] {
    return this.outcomes.filter(({ startedAt }) => startedAt >= fromMs && startedAt < toMs);
  }

  /** Asks no more; waits for the answers under way. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#clients);
    this.#agent.destroy();
  }

  async #client(): Promise<void> {
    const { letters, pauseMs, failedPauseMs = pauseMs } = this.#options;
    while (!this.#isOver) {
      const letter = letters[Math.floor(Math.random() * letters.length)]!;
      const startedAt = performance.now();
      const answer = await this.#ask(letter);
      this.outcomes.push({ letter, ...answer, startedAt, ms: performance.now() - startedAt });
      await sleep((answer.status === 200 ? pauseMs : failedPauseMs) * (0.5 + Math.random()));
    }
  }

  #ask(letter: string): Promise<Pick<Outcome, 'status' | 'body' | 'retryAfter'>> {
    return new Promise((resolve) => {
      const asked = request(`${this.#options.url}/api/people/byFirstName/${letter}?limit=10`, {
        agent: this.#agent,
        headers: { 'Cache-Control': 'no-cache' },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const fail = (error: Error): void => resolve({ status: 0, body: error.message, retryAfter: null });
      asked.on('error', fail);
      asked.on('response', (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        answer.on('error', fail);
        answer.on('end', () =>
          resolve({ status: answer.statusCode!, body, retryAfter: answer.headers['retry-after'] ?? null }),
        );
      });
      asked.end();
    });
  }
}

/** Those not answered with 200, shortly. */
export function failuresOf(outcomes: readonly Outcome[]): readonly string[] {
  const failures = outcomes.filter(({ status }) => status !== 200);
  return failures.map(({ letter, status, body, ms }) => `${letter}: ${status} after ${Math.round(ms)} ms: ${body}`);
}

/** What such a share of the requests did not take longer than, in ms. */
export function percentileMs(outcomes: readonly Outcome[], share: number): number {
  const times = outcomes.map(({ ms }) => ms).sort((a, b) => a - b);
  return times[Math.max(0, Math.ceil(times.length * share) - 1)] ?? 0;
}
