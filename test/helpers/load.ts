// Load as many patient clients make it: so many keep-alive connections, on each one request after the other, for random
// letters and, from there, next pages, past the router's cache. Every answer is held against the files: it must be whole,
// and of one dataset. Bounded by time, whatever a test forgets.

import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ALPHABET, type Page } from './people-api.ts';
import type { PeopleFiles } from './people-files.ts';

export interface LoadOptions {
  readonly url: string;
  readonly files: PeopleFiles;
  /** Default 50. */
  readonly connections?: number;
  /** Letters asked for. Default: all. */
  readonly letters?: readonly string[];
  /** Between an answer and the next request of a connection; default 0: as fast as it goes. */
  readonly pauseMs?: number;
}

/** What came of it so far. */
export interface LoadReport {
  readonly requests: number;
  /** What failed, each in a sentence: no answer, another status than 200, an answer that is not whole or not true. */
  readonly failures: readonly string[];
  /** Answers by `Served-By`. */
  readonly byServer: ReadonlyMap<string, number>;
  readonly byDataset: ReadonlyMap<string, number>;
  /** Connections opened. */
  readonly connections: number;
  readonly slowestMs: number;
}

const LIMIT = 10;
const LONGEST_MS = 60_000;
/** The clients' own patience. */
const TIMEOUT_MS = 20_000;

export class Load {
  readonly #options: LoadOptions;
  readonly #agent: Agent;
  readonly #endAt = performance.now() + LONGEST_MS;
  readonly #failures: string[] = [];
  readonly #byServer = new Map<string, number>();
  readonly #byDataset = new Map<string, number>();
  readonly #clients: readonly Promise<void>[];
  #requests = 0;
  #connections = 0;
  #slowestMs = 0;
  #isOver = false;

  constructor(options: LoadOptions) {
    const { connections = 50 } = options;
    this.#options = options;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.#clients = Array.from({ length: connections }, () => this.#client());
  }

  get report(): LoadReport {
    return {
      requests: this.#requests,
      failures: this.#failures,
      byServer: new Map(this.#byServer),
      byDataset: new Map(this.#byDataset),
      connections: this.#connections,
      slowestMs: Math.round(this.#slowestMs),
    };
  }

  /** Asks no more, waits for the answers under way. */
  async stop(): Promise<LoadReport> {
    this.#isOver = true;
    await Promise.all(this.#clients);
    this.#agent.destroy();
    return this.report;
  }

  async #client(): Promise<void> {
    const { letters = ALPHABET, pauseMs = 0 } = this.#options;
    let next: string | null = null;
    let letter = '';
    while (!this.#isOver && performance.now() < this.#endAt) {
      if (next === null) letter = letters[Math.floor(Math.random() * letters.length)]!;
      const target: string = next ?? `/api/people/byFirstName/${letter}?limit=${LIMIT}`;
      const sentAt = performance.now();
      try {
        next = await this.#ask(target, letter);
      } catch (error) {
        next = null;
        this.#failures.push(`${target}: ${error instanceof Error ? error.message : error}`);
      }
      this.#requests++;
      this.#slowestMs = Math.max(this.#slowestMs, performance.now() - sentAt);
      if (pauseMs > 0) await sleep(pauseMs * (0.5 + Math.random()));
    }
  }

  /** The target of the next page; throws what is wrong with the answer. */
  async #ask(target: string, letter: string): Promise<string | null> {
    const { status, headers, body } = await this.#get(target);
    if (status !== 200) throw new Error(`${status} ${body}`);
    const page = JSON.parse(body) as Page;
    const dataset = String(headers.dataset);
    const fault = this.#options.files.faultOf(dataset, letter, LIMIT, page);
    if (fault) throw new Error(`a page of ${headers['served-by']} is not true: ${fault}`);
    add(this.#byServer, String(headers['served-by']));
    add(this.#byDataset, dataset);
    return page.next;
  }

  #get(target: string): Promise<{ status: number; headers: IncomingMessage['headers']; body: string }> {
    return new Promise((resolve, reject) => {
      const asked = request(this.#options.url + target, {
        agent: this.#agent,
        headers: { 'Cache-Control': 'no-cache' },
        timeout: TIMEOUT_MS,
      });
      asked.on('timeout', () => asked.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
      asked.on('socket', () => {
        if (!asked.reusedSocket) this.#connections++;
      });
      asked.on('error', reject);
      asked.on('response', (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        answer.on('error', reject);
        answer.on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers, body }));
      });
      asked.end();
    });
  }
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
