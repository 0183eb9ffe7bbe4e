// Answering a request for a page: from the cache, from a flight somebody else has begun, or from a shard.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Letter } from '../../people/letter.ts';
import { type KeptPage, type Page, repeatPage, sendPage } from '../../people/page.ts';
import { PageKeys } from '../../people/page-keys.ts';
import { DEFAULT_LIMIT, type Encoding } from '../../people/page-request.ts';
import type { PeopleRequest } from '../../people/people-app.ts';
import type { KnownHeads, RepeatAnswer } from '../../runtime/known-heads.ts';
import { requestIdOf } from '../../runtime/problem.ts';
import type { Pool } from '../pool/pool.ts';
import { ROUTER_NAME, upstreamRequest } from '../upstream/upstream-request.ts';
import type { ForwardMeans } from './forward.ts';
import type { PageCache } from './page-cache.ts';
import { PageFlight } from './page-flight.ts';
import type { CacheOutcome, Traffic } from './traffic.ts';

export interface PageAnswererOptions {
  readonly means: ForwardMeans;
  /** The pool that owns a letter, by the table in force. */
  readonly poolOf: (letter: Letter) => Pool | undefined;
  readonly cache: PageCache;
  readonly traffic: Traffic;
  /** Takes requests that can be answered again without reading them. */
  readonly heads?: KnownHeads | undefined;
}

const NO_CACHE = /\bno-cache\b/i;

/** Answers pages; one per router worker. */
export class PageAnswerer {
  readonly #options: PageAnswererOptions;
  readonly #flights = new Map<string, PageFlight>();
  readonly #keys = new PageKeys();

  constructor(options: PageAnswererOptions) {
    this.#options = options;
  }

  /** Answers from the cache, if it can: at once, without a promise. */
  answerHit(pool: Pool, request: PeopleRequest, req: IncomingMessage, res: ServerResponse, startedAt: number): boolean {
    const { cache, traffic, heads } = this.#options;
    const kept = cache.isOn && !isFreshWanted(req) && this.#kept(pool, request);
    if (!kept) return false;
    const ifNoneMatch = req.headers['if-none-match'];
    const status = sendPage(res, kept, ifNoneMatch);
    traffic.count(pool.range, request.query.letter, status, 'hit', performance.now() - startedAt);
    heads?.remember(req, res, this.#repeat(request, ifNoneMatch));
    return true;
  }

  /** Answers the same request again, from the cache alone. */
  #repeat(request: PeopleRequest, ifNoneMatch: string | undefined): RepeatAnswer {
    const { isHead, query } = request;
    const { poolOf, traffic } = this.#options;
    return (socket) => {
      const startedAt = performance.now();
      const pool = poolOf(query.letter);
      const kept = pool && this.#kept(pool, request);
      const status = kept ? repeatPage(socket, kept, { ifNoneMatch, isHead }) : null;
      if (!pool || status === null) return false;
      traffic.count(pool.range, query.letter, status, 'hit', performance.now() - startedAt);
      return true;
    };
  }

  #kept({ dataset }: Pool, { query, representation }: PeopleRequest): KeptPage | undefined {
    return dataset === null
      ? undefined
      : this.#options.cache.get(this.#keys.of(query, representation.encoding, dataset));
  }

  /** Answers from a shard. Throws ForwardError; resolves early when the client left. */
  async answer(
    poolOf: () => Pool,
    request: PeopleRequest,
    req: IncomingMessage,
    res: ServerResponse,
    startedAt: number,
  ): Promise<void> {
    const { cache, traffic } = this.#options;
    const { range } = poolOf();
    const id = requestIdOf(req.headers['x-request-id']);
    const isFresh = isFreshWanted(req);
    const key = cache.isOn && !isFresh ? flightKey(request) : null;
    const running = key === null ? undefined : this.#joinable(key);
    const flight = running ?? this.#depart(poolOf, request, req, id, key);
    const leave = flight.join();
    res.once('close', () => {
      if (!res.writableFinished) leave();
    });
    const { page, servedBy, isStored } = await flight.landed;
    if (res.destroyed) return;
    const outcome = !cache.isOn ? 'bypass' : isFresh ? 'request' : running ? 'collapsed' : 'miss';
    const status = this.#send(res, page, req, servedBy, id, cacheStatus(outcome, isStored));
    traffic.count(range, request.query.letter, status, outcome, performance.now() - startedAt);
  }

  #joinable(key: string): PageFlight | undefined {
    const flight = this.#flights.get(key);
    return flight?.isCalledOff ? undefined : flight;
  }

  #depart(
    poolOf: () => Pool,
    request: PeopleRequest,
    req: IncomingMessage,
    id: string,
    key: string | null,
  ): PageFlight {
    const encoding: Encoding = request.representation.encoding;
    const { means, cache } = this.#options;
    const { query } = request;
    const keyOf = (dataset: string): string => this.#keys.of(query, encoding, dataset);
    const flight = new PageFlight({
      means,
      poolOf,
      encoding,
      request: upstreamRequest(request, req, id),
      keep: (page) => cache.set(keyOf(page.dataset), page),
      recall: (dataset) => (cache.isOn ? cache.original(keyOf(dataset)) : undefined),
    });
    if (key === null) return flight;
    this.#flights.set(key, flight);
    const end = (): void => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    flight.landed.then(end, end);
    return flight;
  }

  #send(
    res: ServerResponse,
    page: Page,
    req: IncomingMessage,
    servedBy: string,
    id: string,
    cacheStatus: string,
  ): number {
    const extra = ['Served-By', servedBy, 'X-Request-Id', id, 'Cache-Status', cacheStatus];
    return sendPage(res, page, req.headers['if-none-match'], extra);
  }
}

/** The headers of every hit of this process. */
export function hitHeaders(): readonly string[] {
  return ['Served-By', `router/${process.pid}`, 'Cache-Status', `${ROUTER_NAME}; hit`];
}

/** Requests with the same key can share a flight. */
function flightKey({ query, representation }: PeopleRequest): string {
  return `${query.letter} ${query.limit ?? DEFAULT_LIMIT} ${query.cursor?.token ?? ''} ${representation.encoding}`;
}

function isFreshWanted(req: IncomingMessage): boolean {
  const value = req.headers['cache-control'];
  return value !== undefined && NO_CACHE.test(value);
}

function cacheStatus(outcome: CacheOutcome, isStored: boolean): string {
  switch (outcome) {
    case 'miss':
      return `${ROUTER_NAME}; fwd=uri-miss${isStored ? '; stored' : ''}`;
    case 'collapsed':
      return `${ROUTER_NAME}; fwd=uri-miss; collapsed`;
    case 'request':
      return `${ROUTER_NAME}; fwd=request${isStored ? '; stored' : ''}`;
    default:
      return `${ROUTER_NAME}; fwd=bypass`;
  }
}
