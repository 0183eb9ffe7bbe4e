// The router's app: requests for people go to the pool that owns the letter, as a page or as a stream.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Letter } from '../people/letter.ts';
import { createEndpoint, createPeopleApp, type PeopleRequest } from '../people/people-app.ts';
import type { Counters } from '../runtime/counters.ts';
import type { Handler } from '../runtime/door.ts';
import type { KnownHeads } from '../runtime/known-heads.ts';
import { sendProblem } from '../runtime/problem.ts';
import { hitHeaders, PageAnswerer } from './answer/answer-page.ts';
import { answerStream } from './answer/answer-stream.ts';
import { ForwardError, type ForwardLimits, type ForwardMeans, unavailable } from './answer/forward.ts';
import { PageCache } from './answer/page-cache.ts';
import { RetryBudget } from './answer/retry-budget.ts';
import { Traffic } from './answer/traffic.ts';
import type { Member, Pool } from './pool/pool.ts';
import { Upstream } from './upstream/upstream.ts';

export interface RouterAppOptions {
  /** The pool that owns a letter, by the table in force. */
  readonly poolOf: (letter: Letter) => Pool | undefined;
  readonly limits: ForwardLimits;
  /** 0 turns the cache off. */
  readonly cacheMb: number;
  readonly counters: Counters;
  readonly onError: (error: unknown) => void;
  /** Takes requests that can be answered again without reading them. */
  readonly heads?: KnownHeads;
  readonly onSuspect?: (member: Member) => void;
  readonly onEjected?: (pool: Pool, member: Member) => void;
}

export interface RouterApp {
  /** Hits are answered before Express is asked. */
  readonly handler: Handler;
  /** To be told of what the door refused. */
  onRefused(status: number): void;
  /** Requests answered. */
  requests(): number;
  /** Ends the upstream connections. */
  close(): void;
}

const INTERNAL = { status: 500, detail: 'Something went wrong here; it is in the log.' };

/** Creates the app of a router worker. */
export function createRouterApp(options: RouterAppOptions): RouterApp {
  const { poolOf, limits, counters, onError, onSuspect = () => {}, onEjected = () => {} } = options;
  const upstream = new Upstream();
  const means: ForwardMeans = { upstream, budget: new RetryBudget(), limits, counters, onSuspect, onEjected };
  const cache = new PageCache(options.cacheMb, hitHeaders());
  counters.gauge('people_cache_bytes', () => cache.bytes);
  const traffic = new Traffic(counters);
  const pages = new PageAnswerer({ means, poolOf, cache, traffic, heads: options.heads });

  const answer = (request: PeopleRequest, req: IncomingMessage, res: ServerResponse): void => {
    const startedAt = performance.now();
    const { letter } = request.query;
    const pool = poolOf(letter);
    if (!pool) {
      traffic.countRefused(503);
      sendProblem(res, unavailable(`a range that holds letter ${letter}`));
      return;
    }
    const isStream = request.representation.type === 'ndjson';
    if (!isStream && pages.answerHit(pool, request, req, res, startedAt)) return;
    const poolNow = (): Pool => poolOf(letter) ?? pool;
    const answered = isStream
      ? answerStream(means, poolNow, request, req, res, () =>
          traffic.count(pool.range, letter, 200, 'bypass', performance.now() - startedAt),
        )
      : pages.answer(poolNow, request, req, res, startedAt);
    answered.catch((error: unknown) => {
      const problem = error instanceof ForwardError ? error.problem : INTERNAL;
      if (problem === INTERNAL) onError(error);
      if (res.destroyed) return; // the client left, and its request was called off: no failure of the pool's
      traffic.count(pool.range, letter, problem.status, 'none', performance.now() - startedAt);
      sendProblem(res, problem);
    });
  };

  const onProblem = (status: number): void => traffic.countRefused(status);
  const endpoint = createEndpoint(answer, onProblem);
  const app = createPeopleApp(endpoint, { onError, onProblem });
  return {
    handler: (req, res) => {
      if (!endpoint(req, res)) app(req, res);
    },
    onRefused: onProblem,
    requests: () => traffic.requests,
    close: () => upstream.close(),
  };
}
